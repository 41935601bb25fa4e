"""Isso's rules between browser and server: its CORS headers, its form of errors, and the cookies of authors.

Isso's client sends cookies to another host, so answers allow credentials: for the origins of the site, and no others.
"""

import json
import re
from typing import Any

from flask import Blueprint, Response, request
from flask.globals import request_ctx
from werkzeug.exceptions import BadRequest, Forbidden
from werkzeug.http import dump_cookie

from comments.errors import NotAllowed, NotFound, StorageDown
from comments.site import Site
from service.deps import deps
from service.web import site_access, site_cache
from service.web.errors import Refusal
from service.web.request_body import JSON, json_object

ISSO_ADDRESS = re.compile(r"/isso/[^/]+(?:/|$)")
#: Isso's own list.
ALLOWED_METHODS, ALLOWED_HEADERS = "HEAD, GET, POST, PUT, DELETE", "Origin, Referer, Content-Type"
EXPOSED_HEADERS = "X-Set-Cookie, Date"

#: Isso's client knows only these: 400 for a text to change, 403 for what its author may not do.
ISSO_STATUSES = {409: 403, 422: 400}

#: Seconds for which the client offers to edit and delete, if the site allows no edits: Isso's default.
LEAST_COOKIE_SECONDS = 900


def add_credentials_headers(response: Response) -> Response:
    """Let scripts on pages of the site read the answer, with cookies; for `after_request`."""
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    try:
        listed = site_cache.get_site(request.path.split("/")[2]).origins if origin else ()
    except (NotFound, StorageDown):
        return response  # the answer already reports the error
    if origin and origin in listed:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
        response.headers["Access-Control-Allow-Methods"] = ALLOWED_METHODS
        response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
        response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
        if request.method == "OPTIONS":
            response.headers["Access-Control-Max-Age"] = site_access.PREFLIGHT_SECONDS
    return response


def add_headers_to_unmatched(response: Response) -> Response:
    """Add the headers to an error at an address or for a method that no blueprint has."""
    sent = request_ctx.request
    is_unmatched = sent.url_rule is None and ISSO_ADDRESS.match(sent.path)
    return add_credentials_headers(response) if is_unmatched else response


def isso_blueprint(name: str) -> Blueprint:
    """Return a blueprint for addresses of Isso's API, with its headers."""
    blueprint = Blueprint(name, __name__, url_prefix="/isso/<site>")
    blueprint.after_request(add_credentials_headers)
    return blueprint


def requested_uri() -> str:
    """Return the name of the thread, as Isso's client sends it. Raises BadRequest without one."""
    if "uri" not in request.args:
        raise BadRequest("missing uri query")
    return request.args["uri"]


def is_plain() -> bool:
    """Return True if the client asks for texts as they were written, not as HTML."""
    return request.args.get("plain", "0") != "0"


def sent_text(missing: str) -> str:
    """Return the text in the body. Raises BadRequest, with the message `missing` if there is none."""
    text = json_object(request.get_data()).get("text")
    if not isinstance(text, str):
        raise BadRequest(missing if text is None else "text must be a string or null")
    return text


def json_text(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False)


def json_answer(body: Any, status: int = 200) -> Response:
    return Response(json_text(body), status, mimetype=JSON)


def isso_error(refused: Refusal) -> Response:
    """Answer an error as Isso does for programs: `{"message": …}`. The client shows the texts without field names."""
    message = " ".join(problem.message for problem in refused.problems) or refused.detail or refused.title
    response = json_answer({"message": message}, ISSO_STATUSES.get(refused.status, refused.status))
    response.headers.update(refused.headers)
    return response


def check_content_type() -> None:
    """Refuse bodies that a form on a page of another site could send, as Isso does. Raises Forbidden."""
    if request.content_type and request.mimetype != JSON:
        raise Forbidden("Send application/json.")


def give_rights(response: Response, site: Site, number: int, id: str) -> Response:
    """Set the cookies with which the author may edit and delete the comment: the right is that of the receipt.

    The first cookie is sent back to this service. The client copies the second into the cookies of the page, only to
    see whether to offer the buttons. So it holds no right, unlike Isso's, and scripts on the page cannot take one.
    """
    receipt = deps().pseudonyms.receipt(site.id, id)
    return _set_cookies(response, site, number, f"{id}.{receipt}", site.edit_seconds or LEAST_COOKIE_SECONDS)


def end_rights(response: Response, site: Site, number: int) -> Response:
    """Delete both cookies."""
    return _set_cookies(response, site, number, "", 0)


def _set_cookies(response: Response, site: Site, number: int, value: str, seconds: int) -> Response:
    """Set or delete both cookies. A partitioned one also reaches us from browsers that block cookies of other sites."""
    secure, expires = deps().settings.secure, None if seconds else 0
    own = dump_cookie(
        str(number), value, seconds, expires, cookie_path(site), secure=secure, httponly=True,
        samesite="None" if secure else "Lax", partitioned=secure,
    )  # fmt: skip
    page_is_secure = request.headers.get("Origin", "").startswith("https:")
    note = "1" if value else ""
    copied = dump_cookie(f"isso-{number}", note, seconds, expires, secure=page_is_secure, samesite="Lax")
    response.headers.add("Set-Cookie", own)
    response.headers.add("X-Set-Cookie", copied)
    return response


def cookie_path(site: Site) -> str:
    return f"{deps().settings.public_path}/isso/{site.id}/"


def given_rights(number: int) -> tuple[str, str]:
    """Return id and receipt from the author's cookie. Raises NotAllowed without one."""
    id, _, receipt = request.cookies.get(str(number), "").partition(".")
    if not id or not receipt:
        raise NotAllowed("Only the author may do this, in the browser that sent the comment, for a short time.")
    return id, receipt
