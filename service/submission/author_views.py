"""The public API of those who wrote: what became of a comment, saying it in other words, taking it back."""

from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from comments.errors import ActionNotAllowed, Invalid, Refused, ReplygateError, StaleVersion, TooLate
from comments.lifecycle import Outcome
from comments.site import Site
from service.deps import deps
from service.web import errors, request_body, site_cache
from service.web.errors import prefers_html
from service.web.operations import Header, json_response, operation
from service.web.schemas import CommentEdit, CommentStatus, ReceiptQuery
from service.web.site_access import add_cors_headers
from service.web.thread_links import back_link

from .author_edits import AuthorView, apply_edit, author_view, withdraw

blueprint = Blueprint("author_views", __name__, url_prefix="/v1/sites/<site>")
blueprint.after_request(add_cors_headers)

RECEIPT = Header("Replygate-Receipt", "The receipt that came with 202.")
TAGS = ("submission",)
#: What keeps somebody from changing their comment, and is told on the page.
EXPECTED = (ActionNotAllowed, Invalid, Refused, StaleVersion, TooLate)


def _receipt(query: ReceiptQuery) -> str:
    return request.headers.get("Replygate-Receipt", query.receipt)


@blueprint.get("/comments/<id>")
@operation(
    summary="What became of a comment",
    description="For its author, who holds the receipt. A wrong receipt is answered as if there were no such comment. "
    "A browser gets a page, on which the comment can be changed and withdrawn too.",
    query=ReceiptQuery,
    answers={200: CommentStatus},
    headers=(RECEIPT,),
    tags=TAGS,
)
def status(site: str, id: str, query: ReceiptQuery) -> ResponseReturnValue:
    found = author_view(deps(), site_cache.get_site(site), id, _receipt(query))
    return _page(found, _receipt(query)) if prefers_html() else json_response(found.status)


@blueprint.patch("/comments/<id>")
@operation(
    summary="Say a comment in other words",
    description="For its author, while `seconds_to_edit` is above 0. 202 means that the edit is safe and will be "
    "judged as the comment was. A published comment stays as it is until its edit is approved (see `edit`), and for "
    "good if that is refused. A comment that waits has the new words at once, and goes on waiting. Sending the same "
    "again changes nothing. 409 says that the time for it is over.",
    body=CommentEdit,
    query=ReceiptQuery,
    answers={202: CommentStatus},
    headers=(RECEIPT,),
    errors=(409, 429),
    tags=TAGS,
)
def change(site: str, id: str, query: ReceiptQuery, body: CommentEdit) -> Response:
    return json_response(apply_edit(deps(), site_cache.get_site(site), id, _receipt(query), body.content).status, 202)


@blueprint.delete("/comments/<id>")
@operation(
    summary="Withdraw a comment",
    description="For its author, at any time. It is gone from everything readers get, with all answers to it, and "
    "nobody can bring it back. Doing it again changes nothing. What was refused cannot be withdrawn: 422.",
    query=ReceiptQuery,
    answers={200: CommentStatus},
    headers=(RECEIPT,),
    errors=(409,),
    tags=TAGS,
)
def take_back(site: str, id: str, query: ReceiptQuery) -> Response:
    return json_response(withdraw(deps(), site_cache.get_site(site), id, _receipt(query)).status)


@blueprint.post("/comments/<id>/own")
def submit(site: str, id: str) -> ResponseReturnValue:
    """The same two from the page's forms, without any script: `content` to change, nothing to withdraw."""
    found, fields = site_cache.get_site(site), request_body.read_body(request, forms=True).fields
    receipt, content = (str(fields.get(name, "")) for name in ("receipt", "content"))
    try:
        if "content" in fields:
            apply_edit(deps(), found, id, receipt, content)
        else:
            withdraw(deps(), found, id, receipt)
    except EXPECTED as error:
        return _page(author_view(deps(), found, id, receipt), receipt, error, content)
    return redirect(f"{address(found, id)}?{urlencode({'receipt': receipt})}", 303)


def address(site: Site, id: str) -> str:
    return f"/v1/sites/{site.id}/comments/{id}"


def _page(found: AuthorView, receipt: str, error: ReplygateError | None = None, content: str = "") -> Response:
    """What became of a comment, for people, with what they may do about it; and what was wrong with what they did."""
    site, comment = found.site, found.comment
    back = back_link(site, comment.thread)
    if back and comment.outcome is Outcome.PUBLISHED:
        back = f"{back}#comment-{comment.id}"
    page = render_template(
        "submission/status.html",
        site=site, view=found, status=found.status, outcome=comment.outcome, reason=found.status.reason, back=back,
        action=f"{address(site, comment.id)}/own", receipt=receipt,
        content=content or found.content, problem=_words(error) if error else "",
    )  # fmt: skip
    headers = errors.retry_after(error) if error else {}
    return Response(page, errors.error_mapping(error).status if error else 200, headers, mimetype="text/html")


def _words(error: ReplygateError) -> str:
    if isinstance(error, Invalid):
        return " ".join(problem.message for problem in error.problems)
    return f"{errors.error_mapping(error).title}: {error}."
