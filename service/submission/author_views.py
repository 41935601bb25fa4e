"""API and pages for authors: a comment's status, edits and withdrawal, authorized by the receipt."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from comments.drafts import AuthorView
from comments.errors import ActionNotAllowed, Invalid, Refused, ReplygateError, StaleVersion, TooLate
from comments.lifecycle import Outcome
from comments.site import Site
from service.deps import deps
from service.web import errors, site_cache
from service.web.errors import prefers_html
from service.web.operations import Header, json_response, operation
from service.web.schemas import CommentEdit, CommentStatus, ReceiptQuery, StatusQuery
from service.web.security_headers import framed_by
from service.web.site_access import add_cors_headers
from service.web.thread_links import back_link, thread_back_link

from . import form_bodies, receipts, refused_forms
from .author_edits import AuthorProof, apply_edit, author_view, comment_status, withdraw
from .receipts import comment_url
from .signed_users import USER_HEADER, require_user

blueprint = Blueprint("author_views", __name__, url_prefix="/v1/sites/<site>")
blueprint.after_request(add_cors_headers)

RECEIPT = Header("Replygate-Receipt", "The receipt from the 202 answer.")
USER = Header(USER_HEADER, "Signed token of the site's user, in place of the receipt of a comment by this user.")
SUBMISSION_TAGS = ("submission",)
#: Errors that the page shows next to the form.
SHOWN_ERRORS = (ActionNotAllowed, Invalid, Refused, StaleVersion, TooLate)


def _receipt(query: ReceiptQuery) -> str:
    return request.headers.get("Replygate-Receipt", query.receipt)


def _proof(site: Site, query: ReceiptQuery) -> AuthorProof:
    """Read the receipt and the signed user. Raises Invalid for a bad token, which never counts as no token."""
    user = require_user(deps(), site, request).id if USER_HEADER in request.headers else ""
    return AuthorProof(_receipt(query), user)


@blueprint.get("/comments/<id>")
@operation(
    summary="Get a comment's status",
    description="For its author, authorized by the receipt. A wrong receipt is answered like a missing comment. A "
    "browser gets a page with the thread and forms to edit and withdraw the comment; it may send a one-time code.",
    query=StatusQuery,
    answers={200: CommentStatus},
    headers=(RECEIPT, USER),
    tags=SUBMISSION_TAGS,
)
def status(site: str, id: str, query: StatusQuery) -> ResponseReturnValue:
    found = site_cache.get_site(site)
    if not prefers_html():
        return json_response(comment_status(author_view(deps(), found, id, _proof(found, query))))
    receipt = _receipt(query) or receipts.redeemed_receipt(found, id, query.code)
    kept = receipts.receipt_in_cookie(found, id)
    if kept and (query.receipt or query.code):
        return receipts.redirect_to_status(found, id, code=False)
    view = author_view(deps(), found, id, AuthorProof(receipt or kept))
    return receipts.set_cookie(_page(view, receipt or kept), found, id)


@blueprint.patch("/comments/<id>")
@operation(
    summary="Edit a comment",
    description="For its author, while `seconds_to_edit` is above 0. 202 means that the edit is stored and will be "
    "judged. A pending comment gets the new text at once. A published comment keeps its text until the edit is "
    "approved (see `edit`). Repeating an edit changes nothing. 409 means that the time to edit is over.",
    body=CommentEdit,
    query=ReceiptQuery,
    answers={202: CommentStatus},
    headers=(RECEIPT, USER),
    errors=(409, 429),
    tags=SUBMISSION_TAGS,
)
def edit_comment(site: str, id: str, query: ReceiptQuery, body: CommentEdit) -> Response:
    found = site_cache.get_site(site)
    view = apply_edit(deps(), found, id, _proof(found, query), body.content)
    return json_response(comment_status(view), 202)


@blueprint.delete("/comments/<id>")
@operation(
    summary="Withdraw a comment",
    description="For its author, at any time. The comment disappears for readers, permanently. Published replies to it "
    "stay below a stub without name and text, unless the site hides them. Repeating it changes nothing. A refused "
    "comment cannot be withdrawn: 422.",
    query=ReceiptQuery,
    answers={200: CommentStatus},
    headers=(RECEIPT, USER),
    errors=(409,),
    tags=SUBMISSION_TAGS,
)
def withdraw_comment(site: str, id: str, query: ReceiptQuery) -> Response:
    found = site_cache.get_site(site)
    return json_response(comment_status(withdraw(deps(), found, id, _proof(found, query))))


@blueprint.post("/comments/<id>/own")
def submit_author_form(site: str, id: str) -> ResponseReturnValue:
    """Edit (with `content`) or withdraw (without) from the page's forms, which work without scripts."""
    try:
        return _apply_author_form(site, id)
    except (ReplygateError, HTTPException) as error:
        return refused_forms.show_text(error)


def _apply_author_form(site: str, id: str) -> Response:
    found, fields = site_cache.get_site(site), form_bodies.read_form().fields
    receipt, content = (str(fields.get(name, "")) for name in ("receipt", "content"))
    try:
        if "content" in fields:
            apply_edit(deps(), found, id, AuthorProof(receipt), content)
        else:
            withdraw(deps(), found, id, AuthorProof(receipt))
    except SHOWN_ERRORS as error:
        return _page(author_view(deps(), found, id, AuthorProof(receipt)), receipt, error, content)
    return receipts.redirect_to_status(found, id)


def _page(view: AuthorView, receipt: str, error: ReplygateError | None = None, content: str = "") -> Response:
    """Render the status page, with `error` if the author's last action failed."""
    site, comment, shown = view.site, view.comment, comment_status(view)
    back = thread_back_link(site, comment.thread)
    way_back = back or back_link(site, comment.referrer) or next(iter(site.origins), "")
    if back and comment.outcome is Outcome.PUBLISHED:
        back = f"{back}#comment-{comment.id}"
    page = render_template(
        "submission/status.html",
        site=site, view=view, status=shown, outcome=comment.outcome, reason=shown.reason, back=back or way_back,
        action=f"{comment_url(site, comment.id)}/own", receipt=receipt,
        content=content or view.content, problem=_error_message(error) if error else "",
    )  # fmt: skip
    headers = {"Referrer-Policy": "no-referrer"} | framed_by(site) | (errors.retry_after(error) if error else {})
    return Response(page, errors.error_mapping(error).status if error else 200, headers, mimetype="text/html")


def _error_message(error: ReplygateError) -> str:
    if isinstance(error, Invalid):
        return " ".join(problem.message for problem in error.problems)
    return errors.error_mapping(error).public_detail or str(error)
