"""Declare the parameters and answers of API operations, and check requests against them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_origin

from flask import Response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ValidationError
from werkzeug.datastructures import Headers

from comments.errors import Invalid, Problem

from .request_body import MAX_FIELDS, printable_name, read_request_body

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

M = TypeVar("M", bound=BaseModel)

#: "site-key?": open to everyone; a site's own server may send more fields.
Auth = Literal["none", "site-key", "site-key?", "session", "ops"]

#: The attribute of a view function that holds its Operation.
ATTRIBUTE = "operation"

CODES = {"missing": "required", "extra_forbidden": "unknown"}
MESSAGES = {
    "missing": "is required",
    "extra_forbidden": "is not a known field",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
}

#: Beginning of most other messages of pydantic.
_LIBRARY_WORDS = re.compile(r"^\w+ should ")

#: Fields that the server sets. Sending one is refused with its own message.
SERVER_SET = frozenset(
    {
        *("id", "site", "status", "version", "received", "origin", "decisions", "decision", "decided_by", "decided_at"),
        *("receipt", "trap", "score", "points", "signals", "policy", "verdict", "masked", "attempts", "role", "html"),
    }
)


@dataclass(frozen=True, slots=True)
class Header:
    """A request header that an operation understands."""

    name: str
    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True, slots=True)
class Operation:
    """Documentation of one method of one address.

    `answers` maps a status to the model of its JSON body, or to a sentence; `errors` lists statuses answered with
    problem details, apart from those that follow from the rest (see `openapi_document.errors_of`).
    """

    summary: str
    answers: Mapping[int, type[BaseModel] | str]
    media: str = ""  # of successful answers described by a sentence; "": they have no body
    description: str = ""
    body: type[BaseModel] | None = None
    forms: bool = False
    query: type[BaseModel] | None = None
    headers: tuple[Header, ...] = ()
    answer_headers: Mapping[str, str] = field(default_factory=dict)  # of successful answers: name -> meaning
    errors: tuple[int, ...] = ()
    auth: Auth = "none"
    tags: tuple[str, ...] = ()


ViewFunction = Callable[..., ResponseReturnValue | BaseModel]


def operation(
    *,
    summary: str,
    answers: Mapping[int, type[BaseModel] | str],
    parse: bool = True,
    **declared: Any,
) -> Callable[[ViewFunction], Callable[..., ResponseReturnValue]]:
    """Declare a view; `declared` are further fields of Operation.

    The view gets `query` and `body` as validated models, and the parts of its address. It may return a model,
    which becomes the first of `answers`. With `parse=False` it calls `parsed_query` and `parsed_body` itself, for
    example to authenticate first.
    """
    spec = Operation(summary=summary, answers=answers, **declared)
    status = next(iter(answers))

    def declare(view: ViewFunction) -> Callable[..., ResponseReturnValue]:
        @wraps(view)
        def serve(**arguments: Any) -> ResponseReturnValue:
            if parse and spec.query:
                arguments["query"] = parsed_query(spec.query)
            if parse and spec.body:
                arguments["body"] = parsed_body(spec.body)
            result = view(**arguments)
            return json_response(result, status) if isinstance(result, BaseModel) else result

        setattr(serve, ATTRIBUTE, spec)
        return serve

    return declare


class PreparedResponse(Response):
    """JSON with complete headers: skips Werkzeug's pass over them, which takes 20 µs."""

    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> Headers:
        return self.headers


def json_response(model: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return PreparedResponse(model.model_dump_json(by_alias=True), status, headers, mimetype="application/json")


def parsed_body(model: type[M]) -> M:
    """Parse the JSON body as `model`, with strict types ("1" is not 1). Raises Invalid and read errors."""
    return validated(model, read_request_body(request).fields, strict=True)


def parsed_query(model: type[M]) -> M:
    """Parse the query parameters as `model`. Raises Invalid for unknown, repeated and malformed ones."""
    names = {f.alias or name: f for name, f in model.model_fields.items()}
    problems: list[Problem] = []
    values: dict[str, str | list[str]] = {}
    for name, given in request.args.lists():
        if name in names and get_origin(names[name].annotation) in (list, tuple):
            values[name] = given
        elif len(given) > 1:
            problems.append(Problem(printable_name(name), "repeated", "must appear only once"))
        else:
            values[name] = given[0]
        if any("\0" in text for text in given):
            problems.append(Problem(printable_name(name), "nul", "must not contain the character NUL"))
    if problems:
        raise Invalid(problems)
    return validated(model, values, strict=False)


def validated(model: type[M], values: Mapping[str, Any], strict: bool) -> M:
    """Raises Invalid with every problem."""
    try:
        return model.model_validate(values, strict=strict)
    except ValidationError as error:
        raise Invalid(problems_of(error)) from error


def problems_of(error: ValidationError) -> tuple[Problem, ...]:
    """Convert pydantic's errors to problems, without the input, which may be anything."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return tuple(_problem(e["type"], ".".join(str(part) for part in e["loc"]), e["msg"]) for e in found[:MAX_FIELDS])


def _problem(kind: str, name: str, message: str) -> Problem:
    if kind == "extra_forbidden" and name in SERVER_SET:
        return Problem(name, "read-only", "is set by the server")
    return Problem(printable_name(name) or "body", CODES.get(kind, kind), MESSAGES.get(kind) or _plain_message(message))


def _plain_message(message: str) -> str:
    """Return pydantic's message in the form of ours: "Input should be 'a' or 'b'" becomes "must be 'a' or 'b'"."""
    return _LIBRARY_WORDS.sub("must ", message.removeprefix("Value error, ")).replace("''", "empty")
