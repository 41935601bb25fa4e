"""Convert values to JSON and back. Defaults are left out, and unknown fields are ignored.

Web and worker processes of two versions run together during an upgrade, so a record may have fields of a later version.
Objects are stored by field name. Decisions and signals are stored by position, which halves their size: new fields of
these must come last and have a default.
"""

import json
import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from comments.model import Comment, Decision, Signal
from comments.validation import ID

T = TypeVar("T")
Maker = Callable[[Any], Any]

#: Types stored by position.
ROW_TYPES = (Decision, Signal)
#: The fields of a Comment that every decision replaces.
STATE_FIELDS = ("status", "version", "decisions", "text_kept_days")
#: Fields that are part of the key.
NAMED = ("id", "site", "draft_of")
#: The fields of a submission, with their defaults.
SUBMISSION = tuple((f.name, f.default) for f in fields(Comment) if f.name not in (*STATE_FIELDS, *NAMED))
_submitted_values = attrgetter(*[name for name, _ in SUBMISSION])
UNDECIDED = b"{}\n"
#: Position of the status in a stored decision.
_STATUS_COLUMN = [f.name for f in fields(Decision)].index("status")

#: End of a draft's id, after its comment's id. A comment has one draft at most.
DRAFT_SUFFIX = "-edit"
#: The id of a comment or of a draft.
ANY_ID = re.compile(rf"{ID.pattern}(?:{DRAFT_SUFFIX})?")


def draft_id(id: str) -> str:
    """Return the id of a comment's draft."""
    return id + DRAFT_SUFFIX


def milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def moment(ms: float) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _plain(value: Any) -> Any:
    """Convert a value for JSON. A dataclass becomes an object without its defaults."""
    if isinstance(value, datetime):
        return milliseconds(value)
    if isinstance(value, ROW_TYPES):
        return _row(value)
    if is_dataclass(value):
        pairs = ((stored, f, getattr(value, f.name)) for stored, f in _stored_fields(cast(Hashable, type(value))))
        return {stored: v for stored, f, v in pairs if not _is_default(f, v)}
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be stored")


_DECODER = json.JSONDecoder()
#: Made once: `json.dumps` with options makes an encoder in each call.
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)


def _row(value: Any) -> list[Any]:
    """Return the fields in order, without those at the end that have their default."""
    read, columns = _columns(cast(Hashable, type(value)))
    row = list(read(value))
    while row and _is_default(columns[len(row) - 1], row[-1]):
        row.pop()
    return row


@cache
def _columns(cls: Any) -> tuple[Callable[[Any], tuple[Any, ...]], tuple[Field[Any], ...]]:
    """Return a function that reads all fields of a value, and the fields."""
    columns = fields(cls)
    return attrgetter(*[column.name for column in columns]), columns


def _is_default(field: Field[Any], value: Any) -> bool:
    """True if the value is left out. A field whose default changed later has the first one as `stored_default`."""
    if field.metadata and "stored_default" in field.metadata:
        return bool(value == field.metadata["stored_default"])
    if field.default is not MISSING:
        return bool(value == field.default)
    return field.default_factory is not MISSING and bool(value == field.default_factory())


@cache
def _stored_fields(cls: Any) -> tuple[tuple[str, Field[Any]], ...]:
    """Fields with their keys in JSON. A key differs from the name of a field that was renamed after it was stored."""
    return tuple((f.metadata.get("stored", f.name), f) for f in fields(cls))


def unpack(cls: type[T], packed: Mapping[str, Any]) -> T:
    """Make a value from its fields. Raises TypeError if a field without a default is missing."""
    makers, given = _makers(cast(Hashable, cls)), dict(_stored_defaults(cast(Hashable, cls)))
    for stored, value in packed.items():
        if stored in makers:
            name, make = makers[stored]
            given[name] = make(value) if make else value
    return cls(**given)


def _unpack_row(cls: type[T], values: list[Any]) -> T:
    makers = _makers(cast(Hashable, cls)).values()
    return cls(*[make(value) if make else value for (_, make), value in zip(makers, values, strict=False)])


@cache
def _stored_defaults(cls: Any) -> Mapping[str, Any]:
    """Values of fields that records leave out although their default is another one now."""
    return {f.name: f.metadata["stored_default"] for f in fields(cls) if "stored_default" in f.metadata}


@cache
def _makers(cls: Any) -> Mapping[str, tuple[str, Maker | None]]:
    """Return name and converter of each field, by its stored name and in order."""
    hints = get_type_hints(cls)
    return {stored: (f.name, _maker(hints[f.name])) for stored, f in _stored_fields(cls)}


def _maker(hint: Any) -> Maker | None:
    """Return the converter of stored values; None for values that are stored as they are."""
    if hint in (datetime, datetime | None):
        return moment
    if is_optional(hint):
        inner = _maker(get_args(hint)[0])
        return inner and (lambda value: None if value is None else inner(value))
    if get_origin(hint) is tuple:
        element = _maker(get_args(hint)[0])
        return (lambda values: tuple([element(value) for value in values])) if element else tuple
    if get_origin(hint) is Mapping:
        of_value = _maker(get_args(hint)[1])
        return of_value and (lambda values: {name: of_value(value) for name, value in values.items()})
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    if hint in ROW_TYPES:
        return lambda values: _unpack_row(hint, values)
    if isinstance(hint, type) and is_dataclass(hint):
        return lambda values: unpack(hint, values)
    return None


def is_optional(hint: Any) -> bool:
    """Return True for the type of a value that may be None."""
    return get_origin(hint) is UnionType and get_args(hint)[1:] == (NoneType,)


def dump(value: Any) -> bytes:
    return ENCODER.encode(value).encode()


def load(cls: type[T], text: bytes) -> T:
    return unpack(cls, json.loads(text))


def dump_submission(comment: Comment) -> bytes:
    """Return the submission as stored. Only an edit by the author replaces it."""
    given = zip(SUBMISSION, _submitted_values(comment), strict=True)
    return dump({name: value for (name, default), value in given if value != default})


def dump_state(comment: Comment) -> bytes:
    """Return the state line: all decisions. Equal lines mean equal states, so compare-and-set compares lines.

    It does not repeat the status, which is that of the last decision, or the version, which is their number.
    """
    if not comment.decisions:
        return UNDECIDED
    deleted = {} if comment.has_text else {"text_kept_days": comment.text_kept_days}
    return dump({"decisions": comment.decisions, **deleted}) + b"\n"


def load_comment(site: str, id: str, record: bytes) -> Comment:
    """Make a comment from its state line and its submission. JSON escapes newlines, so the first one separates them."""
    state, _, submission = record.decode().partition("\n")
    draft_of = id.removesuffix(DRAFT_SUFFIX) if id.endswith(DRAFT_SUFFIX) else ""
    packed = {"id": id, "site": site, "draft_of": draft_of, **_DECODER.decode(submission), **_DECODER.decode(state)}
    if decisions := packed.get("decisions"):
        packed |= {"status": decisions[-1][_STATUS_COLUMN], "version": len(decisions)}
    return unpack(Comment, packed)
