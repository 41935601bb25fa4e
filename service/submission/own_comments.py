"""Comments of a signed user, in every status, on every device: the token takes the place of the receipts."""

from flask import Blueprint, Response, request
from pydantic import Field

from comments.drafts import AuthorView
from comments.markdown import html
from comments.storage.codec import draft_id
from comments.validation import LENGTHS
from service.deps import deps
from service.web import site_cache
from service.web.operations import Header, json_response, operation
from service.web.schemas import THREAD_EXAMPLE, CommentStatus, Wire
from service.web.site_access import add_cors_headers
from service.web.thread_links import requested_thread

from .author_edits import comment_status
from .signed_users import USER_HEADER, require_user

blueprint = Blueprint("own_comments", __name__, url_prefix="/v1/sites/<site>")
blueprint.after_request(add_cors_headers)

#: Newest comments of a user that are searched for those of one thread.
OWN_SEARCHED = 200


class OwnComment(CommentStatus):
    """A comment of the signed user, in any status."""

    thread: str = Field(examples=[THREAD_EXAMPLE])
    parent: str = Field(description="Id of the comment it replies to; empty for a top-level comment.", examples=[""])
    html: str = Field(description="Sanitized HTML of `content`.", examples=["<p>Well said.</p>\n"])


class OwnComments(Wire):
    """Comments of the signed user, the newest first."""

    comments: list[OwnComment]


class OwnQuery(Wire):
    """Thread of the comments; all threads of the site without one."""

    thread: str = Field(default="", max_length=LENGTHS["thread"], examples=[THREAD_EXAMPLE])


@blueprint.get("/own-comments")
@operation(
    summary="List the signed user's own comments",
    description=f"In every status, the newest first, among the user's latest {OWN_SEARCHED} comments on the site. The "
    "answer is private: caches must not keep it.",
    query=OwnQuery,
    answers={200: OwnComments},
    headers=(Header(USER_HEADER, "Signed token of the site's user."),),
    tags=("submission",),
)
def own_comments(site: str, query: OwnQuery) -> Response:
    found = site_cache.get_site(site)
    user = require_user(deps(), found, request)
    thread, storage = requested_thread(found, query.thread) if query.thread else "", deps().storage
    own = [c for c in storage.comments.by_user(found.id, user.id, OWN_SEARCHED) if thread in ("", c.thread)]
    drafts = storage.comments.load(found.id, [draft_id(comment.id) for comment in own])
    views = [AuthorView(found, comment, draft, deps().now()) for comment, draft in zip(own, drafts, strict=True)]
    return json_response(OwnComments(comments=[_own_comment(view) for view in views]))


def _own_comment(view: AuthorView) -> OwnComment:
    status = comment_status(view).model_dump()
    return OwnComment(**status, thread=view.comment.thread, parent=view.comment.parent, html=html(view.content))
