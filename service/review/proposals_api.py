"""API for assistants: propose a decision to the moderators."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from comments.lifecycle import Action
from service.accounts import sessions
from service.deps import deps
from service.web import site_cache
from service.web.operations import json_response, parsed_body

from .assistants import propose
from .conflicts import conflict_response
from .decisions import CommentChanged, ModeratorDecision
from .presenter import ReviewedComment
from .schemas import ConflictProblem, NoteResponse, ProposalRequest, review_operation

blueprint = Blueprint("proposals_api", __name__, url_prefix="/v1/sites/<site>/review")


@blueprint.post("/comments/<id>/proposals")
@review_operation(
    summary="Propose a decision to the moderators",
    description="They see it with the comment, and take it with one key. Repeating it changes nothing.",
    body=ProposalRequest,
    answers={201: NoteResponse, 409: ConflictProblem},
    errors=(401, 403, 404, 422, 429),
)
def propose_decision(site: str, id: str) -> ResponseReturnValue:
    signed = sessions.require_change(site, "assistant")
    body = parsed_body(ProposalRequest)
    try:
        note = propose(deps(), site, ModeratorDecision(id, body.version, Action(body.action)), body.text, signed)
    except CommentChanged as error:
        return conflict_response(error, ReviewedComment.of(error.comment, site_cache.get_site(site), signed))
    return json_response(NoteResponse.model_validate(note), 201)
