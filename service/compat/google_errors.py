"""Errors as Google's APIs answer them, so that their clients read the reason."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response

from service.web.errors import Refusal
from service.web.request_body import JSON

ERROR_TYPE = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"
INFO_TYPE = "type.googleapis.com/google.rpc.ErrorInfo"
#: Status names by the HTTP status.
GOOGLE_STATUSES: Mapping[int, str] = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    408: "DEADLINE_EXCEEDED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
#: The status to answer with for one that Google's APIs do not use here.
OTHER_STATUSES: Mapping[int, int] = {413: 400, 415: 400, 422: 400, 409: 400, 410: 404}


class GoogleError(Exception):
    """Raised to answer with one of the Perspective API's errors. `details` explain it to programs."""

    def __init__(self, message: str, code: int = 400, details: Iterable[Mapping[str, Any]] = ()) -> None:
        self.code, self.details = code, [*details]
        super().__init__(message)


def api_error(message: str, error_type: str, **more: Any) -> GoogleError:
    """Return an error of the Perspective API with its error type."""
    return GoogleError(message, 400, [{"@type": ERROR_TYPE, "errorType": error_type, **more}])


def key_error(given: str) -> GoogleError:
    """Return the error for a request without a key, or with one that no site has."""
    if not given:
        return GoogleError("The request is missing a valid API key.", 403)
    info = {"@type": INFO_TYPE, "reason": "API_KEY_INVALID", "domain": "googleapis.com"}
    return GoogleError("API key not valid. Please pass a valid API key.", 400, [info])


def google_error(refused: Refusal) -> Response:
    """Answer an error of the service in Google's form."""
    status = OTHER_STATUSES.get(refused.status, refused.status)
    return _error_answer(status, refused.message, refused.headers)


def google_error_response(error: GoogleError) -> Response:
    return _error_answer(error.code, str(error), {}, error.details)


def google_answer(value: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), status, headers, content_type=f"{JSON}; charset=UTF-8")


def _error_answer(
    code: int, message: str, headers: Mapping[str, str], details: Iterable[Mapping[str, Any]] = ()
) -> Response:
    error: dict[str, Any] = {"code": code, "message": message, "status": GOOGLE_STATUSES.get(code, "UNKNOWN")}
    if details:
        error["details"] = details
    return google_answer({"error": error}, code, headers)
