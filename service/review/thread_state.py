"""Closing and opening the thread of a comment: from a card's form, without JavaScript, and by API."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from comments.audit import AuditAction
from service.accounts import sessions
from service.accounts.audit_trail import entry
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web.operations import json_response, parsed_body, validated
from service.web.schemas import ThreadState

from .form_actions import CardForm, return_to_view
from .schemas import review_operation

blueprint = Blueprint("thread_state", __name__)


class ThreadStateForm(CardForm):
    closed: bool


@blueprint.put("/v1/sites/<site>/review/comments/<id>/thread")
@review_operation(
    summary="Close or open the thread of a comment",
    description="A closed thread refuses new comments and keeps its published ones.",
    body=ThreadState,
    answers={200: ThreadState},
)
def set_state_by_api(site: str, id: str) -> Response:
    signed, state = sessions.require_change(site), parsed_body(ThreadState)
    set_thread_state(site, id, state.closed, signed)
    return json_response(state)


@blueprint.post("/review/<site>/<id>/thread")
def set_state_by_form(site: str, id: str) -> ResponseReturnValue:
    signed = sessions.require_change(site)
    form = validated(ThreadStateForm, request.form.to_dict(), strict=False)
    set_thread_state(site, id, form.closed, signed)
    return return_to_view(site, id, form.model_copy(update={"thread_state": "closed" if form.closed else "open"}))


def set_thread_state(site: str, id: str, closed: bool, signed: SignedIn) -> None:
    """Close or open the thread of the comment `id`, and record a change in the audit log. Raises NotFound."""
    storage = deps().storage
    thread = storage.comments.get(site, id).thread
    if storage.threads.is_closed(site, thread) == closed:
        return
    storage.threads.set_closed(site, thread, closed)
    action = AuditAction.THREAD_CLOSE if closed else AuditAction.THREAD_OPEN
    storage.audit.append(entry(signed, action, thread, site=site))
