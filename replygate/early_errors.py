"""Errors that the web server answers before the application gets the request."""

from collections.abc import Iterable, Sequence

from comments.errors import Problem
from service.web.errors import ErrorForm, Refusal, problem_response, response_in_form

from .open_connections import Headers

TOO_SLOW = Refusal(408, "about:blank", "Request Timeout", "The body of the request did not arrive in time.")
BUSY = Refusal(
    503,
    "busy",
    "Too busy",
    "Too many requests are waiting in this process. Try again in a moment.",
    headers={"Retry-After": "1"},
)


def unreadable(names: Iterable[str]) -> Refusal:
    """Describe headers that cannot be read."""
    problems = tuple(Problem(name, "ascii", "must contain ASCII characters only") for name in names)
    return Refusal(400, "invalid", "Some headers are not valid", "", problems)


def early_answer(
    refused: Refusal, path: str, forms: Sequence[ErrorForm], public_path: str
) -> tuple[int, Headers, bytes]:
    """Return status, headers and body, in the form of the protocol to which the path belongs.

    A proxy may pass on the public path, or take it away.
    """
    below = path.removeprefix(public_path) if path.startswith(f"{public_path}/") else path
    response = response_in_form(forms, below, refused) or problem_response(refused)
    headers = [(name.lower(), value) for name, value in response.headers.items()]
    return response.status_code, [*headers, ("cache-control", "no-store")], response.get_data()
