"""Replies of moderators, published at once with the staff badge: from a card's form, without JavaScript, and by API."""

from dataclasses import replace

from flask import Blueprint, Response
from flask import request as current_request
from flask.typing import ResponseReturnValue
from pydantic import Field

from comments.errors import ActionNotAllowed, Invalid
from comments.job_queue import JUDGE
from comments.lifecycle import Action, Role, Status
from comments.model import STAFF, Comment, Decision
from comments.pseudonyms import digest, new_id
from comments.site import Site
from comments.storage.values import CommentChange
from comments.validation import field_problems, tidied
from service.accounts import sessions
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.submission.acceptance import admission
from service.web import site_cache
from service.web.client_network import client_network
from service.web.operations import json_response, parsed_body, validated

from .decisions import CommentChanged, ModeratorDecision, decide_comment
from .form_actions import CardForm, return_to_view
from .presenter import ReviewedComment
from .queue_pages import comment_page
from .schemas import CommentResponse, Strict, Version, review_operation

blueprint = Blueprint("staff_replies", __name__)


class ReplyRequest(Strict):
    content: str = Field(description="text with a little Markdown")
    version: Version


class StaffReplyForm(CardForm):
    content: str


@blueprint.post("/v1/sites/<site>/review/comments/<id>/replies")
@review_operation(
    summary="Reply to a comment as the site's team",
    description="The reply is published at once, with the staff badge and the display name of the moderator. A comment "
    "that needs review is approved first.",
    body=ReplyRequest,
    answers={201: CommentResponse},
    errors=(401, 403, 404, 409, 422),
)
def reply_by_api(site: str, id: str) -> Response:
    signed, found = sessions.require_change(site), site_cache.get_site(site)
    body = parsed_body(ReplyRequest)
    reply = post_reply(found, id, body.version, body.content, signed)
    return json_response(CommentResponse(comment=ReviewedComment.of(reply, found, signed)), 201)


@blueprint.post("/review/<site>/<id>/replies")
def reply_by_form(site: str, id: str) -> ResponseReturnValue:
    """Publish the reply, and return to the view. If the comment has changed, show it with the typed text."""
    signed, found = sessions.require_change(site), site_cache.get_site(site)
    form = validated(StaffReplyForm, current_request.form.to_dict(), strict=False)
    try:
        reply = post_reply(found, id, form.version, form.content, signed)
    except CommentChanged as error:
        return comment_page(error.comment, found, signed, changed=True, reply=form.content), 409
    except (ActionNotAllowed, Invalid) as error:
        parent = deps().storage.comments.get(site, id)
        message = " ".join(p.message for p in error.problems) if isinstance(error, Invalid) else str(error)
        return comment_page(parent, found, signed, reply=form.content, reply_problem=message), 422
    return return_to_view(site, reply.id, form)


def post_reply(site: Site, id: str, version: int, content: str, signed: SignedIn) -> Comment:
    """Store and publish the reply; approve the comment first if it needs review. Sending it twice stores it once.

    Raises NotFound, Invalid, ActionNotAllowed, CommentChanged, Busy, StorageDown.
    """
    text = tidied({"content": content})["content"]
    required = replace(site, required=("content",))
    if problems := [p for p in field_problems({"content": text}, required) if p.field == "content"]:
        raise Invalid(problems)
    parent = deps().storage.comments.get(site.id, id)
    if parent.draft_of:
        raise ActionNotAllowed("This is an edit. Reply to the published comment.")
    if parent.status is Status.HELD:
        decision = ModeratorDecision(id, version, Action.APPROVE)
        parent = decide_comment(deps(), site.id, decision, signed.person.name)
    if parent.status is not Status.APPROVED:
        raise ActionNotAllowed("Only a comment that is published or needs review can be answered.")
    stored, wakeup = _accept(site, _reply(site, parent, text, signed))
    reply = _publish(stored, signed)
    if wakeup:  # a judge that was woken before would compete with the publication
        deps().jobs.enqueue(JUDGE, site.id, wakeup)
    return reply


def _reply(site: Site, parent: Comment, text: str, signed: SignedIn) -> Comment:
    """Make the comment. The sign-in name is never public: without a display name, the site itself replies."""
    now = deps().now()
    return Comment(
        id=new_id(),
        site=site.id,
        thread=parent.thread,
        received=now.replace(microsecond=now.microsecond // 1000 * 1000),
        parent=parent.id,
        author=signed.person.display_name or site.name,
        content=text,
        origin=client_network(deps()),
        user=deps().pseudonyms.staff(site.id, signed.person.name),
        role=STAFF,
    )


def _accept(site: Site, reply: Comment) -> tuple[Comment, str]:
    """Store the reply without the limits of visitors. Return it, or the earlier one of a repeat, and a wake-up."""
    fingerprint = digest(STAFF, reply.user, reply.parent, reply.content)
    limits = replace(admission(deps(), site, fingerprint), per_minute=0, bytes_per_hour=0)
    accepted = deps().storage.comments.accept(reply, limits)
    return deps().storage.comments.get(site.id, accepted.id), accepted.wakeup


def _publish(reply: Comment, signed: SignedIn) -> Comment:
    """Publish the stored reply. If the filters were faster and held it, approve it as a moderator does."""
    by, comments = signed.person.name, deps().storage.comments
    if reply.status is Status.QUEUED:
        after = reply.with_decision(Decision(Action.REPLY, Status.APPROVED, Role.STAFF, by, deps().now()))
        comments.decide(reply.site, [CommentChange(reply, after, client_network(deps()))])
        comments.wait_for_replicas(reply.site)
        reply = comments.get(reply.site, reply.id)
    if reply.status in (Status.HELD, Status.SPAM):
        return decide_comment(deps(), reply.site, ModeratorDecision(reply.id, reply.version, Action.APPROVE), by)
    return reply
