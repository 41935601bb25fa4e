"""What moderators do besides deciding, as JSON: notes to colleagues, and going on with a step for many comments."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from service.accounts import sessions
from service.deps import deps
from service.web.operations import json_response, parsed_body

from . import bulk_actions
from .notes import leave_note
from .schemas import BulkProgress, GoingOn, NoteLeft, Noting
from .wire import reviewing

blueprint = Blueprint("desk_api", __name__, url_prefix="/v1/sites/<site>/review")


@blueprint.post("/comments/<id>/notes")
@reviewing(
    summary="Leave a note to colleagues",
    description="It is shown with the comment to everybody who may review it, and never to anybody else.",
    body=Noting,
    answers={201: NoteLeft},
)
def note(site: str, id: str) -> ResponseReturnValue:
    signed = sessions.require_change(site)
    left = leave_note(site, id, parsed_body(Noting).text, signed)
    return json_response(NoteLeft(by=left.by, at=left.at, text=left.text), 201)


@blueprint.post("/bulk/<bulk_id>/steps")
@reviewing(
    summary="Go on with a step for many comments",
    description="Settles up to `n` more of those that are left. Safe to repeat. Begun on `/review/<site>/bulk`.",
    body=GoingOn,
    answers={200: BulkProgress},
)
def go_on(site: str, bulk_id: str) -> ResponseReturnValue:
    signed = sessions.require_change(site)
    body = parsed_body(GoingOn)
    at = bulk_actions.go_on(deps(), site, deps().storage.bulks.get(site, bulk_id), signed.person.name, body.n)
    return json_response(BulkProgress(total=at.total, left=at.left, done=at.done, changed=at.changed))
