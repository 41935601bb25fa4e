"""Which error becomes which answer: one table, as problem details (RFC 9457) or as a page for people."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from comments.errors import (
    ActionNotAllowed,
    Busy,
    Invalid,
    KeyReused,
    NotAllowed,
    NotFound,
    Problem,
    Refused,
    ReplygateError,
    SignInNeeded,
    StaleVersion,
    StorageDown,
    TooLate,
    TooMany,
)

from .schemas import FieldProblem, ProblemDetails

PROBLEM_JSON = "application/problem+json"
#: Seconds after which it is worth while to try a server again whose storage is away; it restarts in about one.
RETRY_STORAGE = 2


@dataclass(frozen=True, slots=True)
class ErrorMapping:
    """`public_detail` replaces the error's own words where these are not meant for the outside."""

    status: int
    type: str
    title: str
    public_detail: str = ""


TABLE: Mapping[type[ReplygateError], ErrorMapping] = {
    NotFound: ErrorMapping(404, "not-found", "Not found", "There is nothing here, or nothing that you may see."),
    SignInNeeded: ErrorMapping(401, "sign-in-needed", "Sign in first"),
    NotAllowed: ErrorMapping(403, "not-allowed", "Not allowed"),
    ActionNotAllowed: ErrorMapping(422, "action-not-allowed", "Not possible in this state"),
    TooLate: ErrorMapping(409, "too-late", "Too late to edit it"),
    StaleVersion: ErrorMapping(409, "stale-version", "Changed meanwhile"),
    Invalid: ErrorMapping(422, "invalid", "Some fields need another look"),
    KeyReused: ErrorMapping(422, "key-reused", "Idempotency-Key used for something else"),
    TooMany: ErrorMapping(429, "too-many", "Too many requests"),
    Busy: ErrorMapping(503, "busy", "Too busy"),
    StorageDown: ErrorMapping(
        503, "storage-down", "Temporarily unavailable", "The storage does not answer. Please try again shortly."
    ),
}


def install(app: Flask) -> None:
    app.register_error_handler(ReplygateError, handle_error)
    app.register_error_handler(HTTPException, handle_http_error)


def error_mapping(error: ReplygateError) -> ErrorMapping:
    """The table's row for `error`; one that is not in the table is a fault, and is raised again."""
    found = next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), None)
    if found is None:
        raise error
    return found


def retry_after(error: ReplygateError) -> dict[str, str]:
    """The header that says when to come again, for errors that pass."""
    if isinstance(error, Refused):
        return {"Retry-After": str(max(1, error.retry_after))}
    return {"Retry-After": str(RETRY_STORAGE)} if isinstance(error, StorageDown) else {}


def handle_error(error: ReplygateError) -> Response:
    """The answer to a deliberate error."""
    found = error_mapping(error)
    problems = error.problems if isinstance(error, Invalid) else ()
    detail = found.public_detail or ("" if problems else str(error))
    answer = _answer(found.status, found.type, found.title, detail, problems)
    answer.headers.update(retry_after(error))
    return answer


def handle_http_error(error: HTTPException) -> HTTPException | Response:
    """The answer to what Flask and Werkzeug raise: unknown addresses, wrong methods, unreadable bodies, faults."""
    if error.response is not None or error.code is None or error.code < 400:
        return error
    answer = _answer(error.code, "about:blank", error.name, error.description or "", ())
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            answer.headers[name] = value
    return answer


def prefers_html() -> bool:
    """Whether a person's browser asks, rather than a program; without a preference it is a program."""
    accepted = request.accept_mimetypes
    return accepted["text/html"] > accepted["application/json"]


def _answer(status: int, type: str, title: str, detail: str, problems: tuple[Problem, ...]) -> Response:
    if prefers_html():
        page = render_template("error.html", status=status, title=title, detail=detail, problems=problems)
        return Response(page, status, mimetype="text/html")
    details = ProblemDetails(
        type=type if ":" in type else f"urn:replygate:{type}",
        title=title,
        status=status,
        detail=detail,
        problems=[FieldProblem(field=p.field, code=p.code, message=p.message) for p in problems],
    )
    return Response(details.model_dump_json(), status, mimetype=PROBLEM_JSON)
