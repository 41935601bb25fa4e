"""Hand receipts to authors of plain forms: by a one-time code, or in a cookie. An address never has the receipt.

Addresses end up in the logs of the site, in the Referer of its other requests, and in bookmarks that people share.
A code is signed, so that a form waits for no second write. Storage only notes that a code was used.
"""

import hmac
import re
import secrets
from datetime import datetime
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from pydantic import Field
from werkzeug.http import dump_cookie

from comments.errors import NotFound
from comments.pseudonyms import Pseudonyms
from comments.site import Site
from comments.storage.codec import milliseconds
from service.deps import deps
from service.web import site_access, site_cache
from service.web.operations import operation
from service.web.page_language import LANGUAGE_FIELD, linking_language
from service.web.schemas import ID_EXAMPLE, Wire

blueprint = Blueprint("receipts", __name__, url_prefix="/v1/sites/<site>")
blueprint.after_request(site_access.add_cors_headers)

#: A code is used when the page behind the form has loaded.
RECEIPT_CODE_SECONDS = 300
#: When it was issued, random letters and the seal.
RECEIPT_CODE = re.compile(r"([0-9a-f]{1,12})\.[\w-]{6}\.[\w-]{22}", re.ASCII)
#: The cookie opens the status page of one comment, and allows no change: its forms send the receipt themselves.
RECEIPT_COOKIE, RECEIPT_COOKIE_SECONDS = "replygate_receipt", 30 * 86_400


class ReceiptCode(Wire):
    """A comment, and the one-time code that a plain form's redirect added to the address."""

    comment: str = Field(max_length=100, examples=[ID_EXAMPLE])
    code: str = Field(max_length=100, examples=["19ad5b0f3c1.t0Vq1A.8h2nO3ySQ4mFqkKQx0Zc1g"])


class IssuedReceipt(Wire):
    """Receipt of a comment."""

    receipt: str = Field(examples=["3q2-7wH0mVnU5a8LxO1cYd_k"])


@blueprint.post("/receipts")
@operation(
    summary="Exchange a one-time code for the receipt",
    description="A plain form with `redirect_to` leads to that page with `comment` and `code` in its address. The "
    "code is valid once, for five minutes. A wrong, used or expired one is answered like a missing comment.",
    body=ReceiptCode,
    answers={200: IssuedReceipt},
    errors=(403,),
    tags=("submission",),
)
def exchange_code(site: str, body: ReceiptCode) -> IssuedReceipt:
    found = site_cache.get_site(site)
    site_access.check_site_origin(found, request, deps().settings)
    if receipt := redeemed_receipt(found, body.comment, body.code):
        return IssuedReceipt(receipt=receipt)
    raise NotFound("no comment with this code")


def redeemed_receipt(site: Site, comment: str, code: str) -> str:
    """Use up the code and return the receipt; "" for a code that is wrong, used or expired."""
    app = deps()
    if not is_code(app.pseudonyms, site.id, comment, code, app.now()):
        return ""
    # Clocks of web processes differ a little: a code counts for as long before it was issued as after.
    if not app.storage.receipt_codes.use(site.id, code, 2 * RECEIPT_CODE_SECONDS):
        return ""
    return app.pseudonyms.receipt(site.id, comment)


def new_code(pseudonyms: Pseudonyms, site: str, comment: str, now: datetime) -> str:
    """Sign a code. Its random letters are for two codes of one millisecond."""
    stamp = f"{milliseconds(now):x}.{secrets.token_urlsafe(4)}"
    return f"{stamp}.{pseudonyms.seal('receipt code', site, comment, stamp)}"


def is_code(pseudonyms: Pseudonyms, site: str, comment: str, code: str, now: datetime) -> bool:
    """Return True if the code was issued for this comment in the last five minutes. It may have been used."""
    match = RECEIPT_CODE.fullmatch(code)
    if not match or abs(milliseconds(now) - int(match[1], 16)) > RECEIPT_CODE_SECONDS * 1000:
        return False
    stamp, _, seal = code.rpartition(".")
    return hmac.compare_digest(pseudonyms.seal("receipt code", site, comment, stamp), seal)


def code_for(site: Site, comment: str) -> dict[str, str]:
    """Return the query parameter with a new code."""
    return {"code": new_code(deps().pseudonyms, site.id, comment, deps().now())}


def receipt_in_cookie(site: Site, comment: str) -> str:
    """Return the receipt from the cookie; "" without a valid one."""
    receipt = request.cookies.get(RECEIPT_COOKIE, "")
    return receipt if deps().pseudonyms.is_receipt(site.id, comment, receipt) else ""


def set_cookie(response: Response, site: Site, comment: str) -> Response:
    """Let this browser open the comment's status page again."""
    app = deps()
    cookie = dump_cookie(
        RECEIPT_COOKIE,
        app.pseudonyms.receipt(site.id, comment),
        max_age=RECEIPT_COOKIE_SECONDS,
        path=app.settings.comment_path(site.id, comment),
        secure=app.settings.secure,
        httponly=True,
        samesite="Lax",
        sync_expires=False,  # browsers follow the age
    )
    response.headers.add("Set-Cookie", cookie)
    return response


def comment_url(site: Site, id: str) -> str:
    return deps().settings.comment_path(site.id, id)


def redirect_to_status(site: Site, comment: str, code: bool = True) -> Response:
    """Redirect an author to the status page. The code is for browsers that keep no cookies."""
    language = linking_language()
    query = ({LANGUAGE_FIELD: language} if language else {}) | (code_for(site, comment) if code else {})
    response = Response(status=303)
    response.headers["Location"] = comment_url(site, comment) + (f"?{urlencode(query)}" if query else "")
    return set_cookie(response, site, comment)
