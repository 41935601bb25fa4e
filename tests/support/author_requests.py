"""Requests of authors with their receipts, and decisions of the filters on their edits."""

from typing import Any

from werkzeug.test import TestResponse

from comments.lifecycle import Action, Role
from comments.model import Comment
from comments.storage.codec import draft_id
from comments.storage.values import CommentChange
from tests.support.builders import a_decision, a_site
from tests.support.public_app import PublicApp

SITE = a_site(required=("content",))


def comment_url(comment: Comment) -> str:
    return f"/v1/sites/blog/comments/{comment.id}"


def receipt(web: PublicApp, comment: Comment) -> dict[str, str]:
    return {"Replygate-Receipt": web.pseudonyms.receipt("blog", comment.id)}


def change(web: PublicApp, comment: Comment, content: Any = "Other words.") -> TestResponse:
    return web.client.patch(comment_url(comment), json={"content": content}, headers=receipt(web, comment))


def judge(web: PublicApp, comment: Comment, action: Action, role: Role = Role.FILTERS, **more: Any) -> Comment:
    """Decide the draft if there is one, otherwise the comment, as the filters do."""
    draft = web.storage.comments.load("blog", [draft_id(comment.id)])[0]
    before = draft or web.comment(comment.id)
    after = before.with_decision(a_decision(action, role, **more))
    assert web.storage.comments.decide("blog", [CommentChange(before, after)]) == [True]
    return after
