"""Map errors to HTTP answers in one table: problem details (RFC 9457) for programs, a page for people."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException

from comments.errors import (
    ActionNotAllowed,
    Busy,
    CommentsPaused,
    IntakePaused,
    Invalid,
    KeyReused,
    NotAllowed,
    NotFound,
    Problem,
    Refused,
    ReplygateError,
    SignInNeeded,
    SiteDeleted,
    StaleVersion,
    StorageDown,
    TooLate,
    TooMany,
)

from .page_language import error_title
from .schemas import FieldProblem, ProblemDetails

PROBLEM_JSON = "application/problem+json"
#: Seconds after which to retry while storage is down. A restart takes about one.
RETRY_STORAGE = 2


@dataclass(frozen=True, slots=True)
class ErrorMapping:
    """`public_detail` replaces the error's message where that is not meant for clients."""

    status: int
    type: str
    title: str
    public_detail: str = ""


MAPPINGS: Mapping[type[ReplygateError], ErrorMapping] = {
    NotFound: ErrorMapping(404, "not-found", "Not found", "It does not exist, or you do not have access to it."),
    SiteDeleted: ErrorMapping(410, "site-deleted", "Site deleted", "The owner of this site deleted it."),
    SignInNeeded: ErrorMapping(401, "sign-in-needed", "Sign in first"),
    NotAllowed: ErrorMapping(403, "not-allowed", "Not allowed"),
    ActionNotAllowed: ErrorMapping(422, "action-not-allowed", "Not possible"),
    TooLate: ErrorMapping(409, "too-late", "Too late to edit"),
    StaleVersion: ErrorMapping(409, "stale-version", "Changed in the meantime"),
    Invalid: ErrorMapping(422, "invalid", "Some fields are not valid"),
    CommentsPaused: ErrorMapping(403, "comments-paused", "Comments are paused"),
    IntakePaused: ErrorMapping(503, "comments-paused", "Comments are paused"),
    KeyReused: ErrorMapping(422, "key-reused", "Idempotency-Key already used"),
    TooMany: ErrorMapping(429, "too-many", "Too many requests"),
    Busy: ErrorMapping(503, "busy", "Too busy"),
    StorageDown: ErrorMapping(
        503, "storage-down", "Temporarily unavailable", "Storage does not respond. Try again in a few seconds."
    ),
}

#: Details of Flask's and Werkzeug's own errors, in place of their standard descriptions.
HTTP_DETAILS: Mapping[int, str] = {
    400: "The server cannot read this request.",
    404: "There is no page at this address.",
    405: "This address does not accept this method.",
    413: "The request is too large.",
    500: "Something went wrong on the server. Try again in a moment.",
}


#: Names the error forms in `app.extensions`.
ERROR_FORMS = "replygate.error_forms"


def register_error_handlers(app: Flask, forms: Sequence["ErrorForm"] = ()) -> None:
    """Answer all errors. `forms` are those of addresses with a protocol of their own."""
    app.extensions[ERROR_FORMS] = forms
    app.register_error_handler(ReplygateError, handle_error)
    app.register_error_handler(HTTPException, handle_http_error)


class ErrorBoundary:
    """Answers errors of a WSGI application in front of Flask exactly as Flask answers those of its views.

    The request is matched to its route first, so error handlers, CORS headers and logging are the same. The view is
    not called: nothing is done twice.
    """

    def __init__(self, app: WSGIApplication, flask: Flask) -> None:
        self._app, self._flask = app, flask

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            return self._app(environ, start_response)
        except Exception as error:  # as Flask does: an unexpected error is logged and answered with 500
            with self._flask.request_context(environ):
                return self._response(error)(environ, start_response)

    def _response(self, error: Exception) -> Response:
        if isinstance(error, HTTPException) or (isinstance(error, ReplygateError) and _mapping(error)):
            return self._flask.finalize_request(self._flask.handle_user_exception(error))
        return self._flask.handle_exception(error)


def _mapping(error: ReplygateError) -> ErrorMapping | None:
    return next((MAPPINGS[kind] for kind in type(error).__mro__ if kind in MAPPINGS), None)


def error_mapping(error: ReplygateError) -> ErrorMapping:
    """Return the table's row for `error`. An error without a row is a fault, and is raised again."""
    found = _mapping(error)
    if found is None:
        raise error
    return found


def retry_after(error: ReplygateError) -> dict[str, str]:
    """Return the Retry-After header of a temporary error."""
    if isinstance(error, Refused | IntakePaused):
        return {"Retry-After": str(max(1, error.retry_after))}
    return {"Retry-After": str(RETRY_STORAGE)} if isinstance(error, StorageDown) else {}


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as it is answered."""

    status: int
    type: str
    title: str
    detail: str
    problems: tuple[Problem, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The detail and all problems in one text, for protocols that have a single field."""
        problems = (f"{problem.field}: {problem.message}." for problem in self.problems)
        return " ".join([self.detail, *problems]).strip() or self.title


@dataclass(frozen=True, slots=True)
class ErrorForm:
    """Errors at the addresses of a protocol, also for unknown ones, are answered in the form of that protocol."""

    address: re.Pattern[str]  # fits the beginning of a path
    response: Callable[[Refusal], Response]  # needs no request


def response_in_form(forms: Iterable[ErrorForm], path: str, refused: Refusal) -> Response | None:
    """Return the answer in the form of the path's protocol; None for an address of our own."""
    return next((form.response(refused) for form in forms if form.address.match(path)), None)


def refusal(error: ReplygateError | HTTPException) -> Refusal:
    """Describe an error for its answer."""
    if isinstance(error, HTTPException):
        return _http_refusal(error)
    mapping = error_mapping(error)
    problems = error.problems if isinstance(error, Invalid) else ()
    detail = mapping.public_detail or ("" if problems else str(error))
    return Refusal(mapping.status, mapping.type, mapping.title, detail, problems, retry_after(error))


def _http_refusal(error: HTTPException) -> Refusal:
    status = error.code or 500
    detail = error.description or ""
    if detail == type(error).description:
        detail = HTTP_DETAILS.get(status, detail)
    headers = {name: value for name, value in error.get_headers() if name not in ("Content-Type", "Content-Length")}
    kind = MAPPINGS[SignInNeeded].type if status == 401 else "about:blank"
    return Refusal(status, kind, error.name, detail, headers=headers)


def handle_error(error: ReplygateError) -> Response:
    """Answer a deliberate error."""
    return _error_response(refusal(error))


def handle_http_error(error: HTTPException) -> HTTPException | Response:
    """Answer errors of Flask and Werkzeug: unknown addresses, wrong methods, unreadable bodies, faults."""
    if error.response is not None or error.code is None or error.code < 400:
        return error
    return _error_response(_http_refusal(error))


def prefers_html() -> bool:
    """Return True for a browser. A client without a preference is a program."""
    accepted = request.accept_mimetypes
    return accepted["text/html"] > accepted["application/json"]


def _error_response(refused: Refusal) -> Response:
    if response := response_in_form(current_app.extensions[ERROR_FORMS], request.path, refused):
        return response
    return _html_page(refused) if prefers_html() else problem_response(refused)


def _html_page(refused: Refusal) -> Response:
    title = error_title(refused.type, refused.title)
    page = render_template(
        "error.html", status=refused.status, title=title, detail=refused.detail, problems=refused.problems
    )
    return Response(page, refused.status, refused.headers, mimetype="text/html")


def problem_response(refused: Refusal) -> Response:
    """Answer with problem details."""
    details = ProblemDetails(
        type=refused.type if ":" in refused.type else f"urn:replygate:{refused.type}",
        title=refused.title,
        status=refused.status,
        detail=refused.detail,
        problems=[FieldProblem(field=p.field, code=p.code, message=p.message) for p in refused.problems],
    )
    return Response(details.model_dump_json(), refused.status, refused.headers, mimetype=PROBLEM_JSON)
