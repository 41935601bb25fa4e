"""Read request bodies strictly: JSON objects and forms, or a 4xx that describes the problem."""

import json
import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from comments.errors import Invalid, Problem

JSON = "application/json"
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
PLAIN_TEXT = "text/plain"
FORM_TYPES = (URLENCODED, MULTIPART)

MAX_DEPTH = 20
#: More fields than any form has, few enough to count cheaply.
MAX_FIELDS = 100
#: The longest 64-bit integer has 20 characters. Longer ones are not converted, since that takes quadratic time.
MAX_DIGITS = 20
#: Characters of a field's name that an answer repeats.
MAX_PRINTED_NAME = 60

SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class RequestBody:
    """Fields of a body. `form`: they came from a form, where every value is text."""

    fields: dict[str, Any]
    form: bool


def read_request_body(request: Request, forms: bool = False) -> RequestBody:
    """Read the body. Raises BadRequest, RequestEntityTooLarge, UnsupportedMediaType, or Invalid for unstorable text."""
    kind = request.mimetype
    if request.headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
        raise UnsupportedMediaType("Send the body without Content-Encoding.")
    if request.mimetype_params.get("charset", "utf-8").lower().replace("_", "-") not in ("utf-8", "utf8"):
        raise UnsupportedMediaType("Send the body in UTF-8.")
    if kind == JSON:
        return RequestBody(json_object(request.get_data()), form=False)
    if forms and kind == URLENCODED:
        return RequestBody(_form(_urlencoded(request.get_data())), form=True)
    if forms and kind == MULTIPART:
        return RequestBody(
            _form(_multipart(request.get_data(), request.mimetype_params.get("boundary", ""))), form=True
        )
    raise UnsupportedMediaType(f"Send {JSON}{f', {URLENCODED} or {MULTIPART}' if forms else ''}.")


def parse(raw: bytes) -> Any:
    """Parse strict JSON in UTF-8. Raises BadRequest."""
    try:
        return DECODER.decode(_text(raw))
    except json.JSONDecodeError as error:
        raise BadRequest(
            f"The body is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from error
    except RecursionError as error:
        raise BadRequest(f"The body is nested deeper than {MAX_DEPTH} levels.") from error


def json_object(raw: bytes) -> dict[str, Any]:
    """Parse a JSON object. Raises BadRequest, or Invalid for unstorable text."""
    value = parse(raw)
    if not isinstance(value, dict):
        raise BadRequest("The body must be a JSON object.")
    brackets = raw.count(b"{") + raw.count(b"[")  # at least as many as there are levels
    if brackets > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        raise BadRequest(f"The body is nested deeper than {MAX_DEPTH} levels.")
    # Without an escape, JSON in valid UTF-8 holds neither a lone surrogate nor a NUL.
    return _storable(value) if b"\\u" in raw else value


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise BadRequest("The body is not valid UTF-8.") from error


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadRequest("The same field appears twice.")
    return found


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS or not -(2**63) <= (number := int(digits)) < 2**63:
        raise BadRequest("Whole numbers must fit into 64 bits.")
    return number


def _float(digits: str) -> float:
    if math.isinf(number := float(digits)):
        raise BadRequest("Numbers must fit into 64 bits.")
    return number


def _constant(name: str) -> float:
    raise BadRequest(f"{name} is not valid JSON.")


DECODER = json.JSONDecoder(
    object_pairs_hook=_once_each, parse_int=_integer, parse_float=_float, parse_constant=_constant
)


def _depth(value: object) -> int:
    """Return the nesting depth of lists and objects."""
    level, depth = [value], 0
    while level := [v for v in level if isinstance(v, dict | list)]:
        depth += 1
        level = [inner for v in level for inner in (v.values() if isinstance(v, dict) else v)]
    return depth


def readable_fields(
    raw: bytes, kind: str, boundary: str, names: Collection[str], most: int = MAX_FIELDS
) -> dict[str, str]:
    """Return what can be read of a form, also of one that is refused: its first values, as browsers write them.

    `names` are those of the fields that a form in plain text may have. Parts of a multipart form after `most` are
    ignored.
    """
    pairs: Mapping[str, Callable[[bytes], Iterable[tuple[str, str]]]] = {
        URLENCODED: _urlencoded,
        MULTIPART: partial(_multipart, boundary=boundary, most=most),
        PLAIN_TEXT: partial(_plain_text, names=names),
    }
    fields: dict[str, str] = {}
    with suppress(BadRequest, RequestEntityTooLarge):
        for name, value in pairs[kind](raw) if kind in pairs else ():
            fields.setdefault(name, value.replace("\0", ""))
    return fields


def _plain_text(raw: bytes, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Read a form of the type text/plain. Nothing marks the end of a text: the next new name of a field ends it."""
    fields: dict[str, list[str]] = {}
    current: list[str] = []
    for line in _form_text(raw).removesuffix("\r\n").split("\r\n"):
        name, equals, rest = line.partition("=")
        if equals and name in names and name not in fields:
            current = fields[name] = [rest]
        else:
            current.append(line)
    for name, lines in fields.items():
        yield name, "\r\n".join(lines)


def _urlencoded(raw: bytes) -> Iterable[tuple[str, str]]:
    """Read a form. Latin-1 gives each byte one character, so that `_form_text` sees the bytes."""
    try:
        pairs = parse_qsl(raw.decode("latin-1"), True, encoding="latin-1", max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise BadRequest("The form has too many fields.") from error
    for name, value in pairs:
        yield _form_text(name.encode("latin-1")), _form_text(value.encode("latin-1"))


def _form_text(raw: bytes) -> str:
    """Decode a field. Browsers send a form in the encoding of its page: UTF-8, or Windows-1252 on old pages."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "ignore")


def _multipart(raw: bytes, boundary: str, most: int = MAX_FIELDS) -> Iterator[tuple[str, str]]:
    decoder = MultipartDecoder(boundary.encode("latin-1", "replace"), max_parts=most)
    name = ""
    value: bytes | None = b""
    try:
        decoder.receive_data(raw)
        decoder.receive_data(None)
        while not isinstance(event := decoder.next_event(), Epilogue | NeedData):
            if isinstance(event, File) and event.filename:
                raise BadRequest("Files are not accepted.")
            if isinstance(event, Field | File):
                # A file field in which no file was chosen has no name and no data.
                name, value = event.name or "", b"" if isinstance(event, Field) else None
            elif isinstance(event, Data) and value is not None:
                value += event.data
                if not event.more_data:
                    yield name, _form_text(value)
    except ValueError as error:
        raise BadRequest("The body is not a valid multipart form.") from error


def _form(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the fields of decoded pairs, whose texts hold no lone surrogate."""
    listed = list(pairs)
    fields: dict[str, str] = _once_each(listed)
    return _storable(fields) if any("\0" in text for pair in listed for text in pair) else fields


def _storable(value: Any) -> Any:
    """Return the value without NUL, which nobody types and storage does not hold. Raises Invalid."""
    if problems := tuple(_unstorable("", value)):
        raise Invalid(problems)
    return _without_nul(value)


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {name: _without_nul(inner) for name, inner in value.items()}
    return [_without_nul(inner) for inner in value] if isinstance(value, list) else value


def _unstorable(path: str, value: object) -> Iterator[Problem]:
    """Report every text and every field name that storage cannot hold."""
    if isinstance(value, str):
        if SURROGATE.search(value):
            yield Problem(path or "body", "surrogate", "must not contain an unpaired surrogate")
    elif isinstance(value, dict):
        for name, inner in value.items():
            if "\0" in name:
                yield Problem("body", "nul", "must not have a field with the character NUL in its name")
            yield from _unstorable("body", name)
            yield from _unstorable(f"{path}.{printable_name(name)}".lstrip("."), inner)
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from _unstorable(f"{path}.{n}".lstrip("."), inner)


def printable_name(name: str) -> str:
    """Return a field's name in a form that an answer may repeat."""
    return SURROGATE.sub("�", name)[:MAX_PRINTED_NAME]
