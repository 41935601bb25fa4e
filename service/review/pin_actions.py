"""Pinning a comment to the top of its thread: from a card's form, without JavaScript, and by API."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from comments.audit import AuditAction
from service.accounts import sessions
from service.accounts.audit_trail import entry
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web.operations import json_response, parsed_body, validated
from service.web.schemas import Wire

from .form_actions import CardForm, return_to_row
from .schemas import review_operation

blueprint = Blueprint("pin_actions", __name__)


class PinState(Wire):
    """State of a comment: pinned to the top of its thread or not."""

    pinned: bool = Field(examples=[True])


class PinForm(CardForm):
    pinned: bool


@blueprint.put("/v1/sites/<site>/review/comments/<id>/pin")
@review_operation(
    summary="Pin or unpin a comment",
    description="For published top-level comments. Pinned ones come first in their thread, the newest pin first; a "
    "thread has at most three. One that is taken down loses its place until it is published again.",
    body=PinState,
    answers={200: PinState},
)
def set_pinned_by_api(site: str, id: str) -> Response:
    signed, state = sessions.require_change(site), parsed_body(PinState)
    set_pinned(site, id, state.pinned, signed)
    return json_response(state)


@blueprint.post("/review/<site>/<id>/pin")
def set_pinned_by_form(site: str, id: str) -> ResponseReturnValue:
    signed = sessions.require_change(site)
    form = validated(PinForm, request.form.to_dict(), strict=False)
    set_pinned(site, id, form.pinned, signed)
    return return_to_row(site, id, form)


def set_pinned(site: str, id: str, pinned: bool, signed: SignedIn) -> None:
    """Pin or unpin a comment, and record a change in the audit log. Raises NotFound and Invalid."""
    storage = deps().storage
    if storage.threads.set_pinned(storage.comments.get(site, id), pinned):
        action = AuditAction.PIN if pinned else AuditAction.UNPIN
        storage.audit.append(entry(signed, action, id, site=site))
