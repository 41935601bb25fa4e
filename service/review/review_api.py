"""Review as JSON: comments with the reasons, decisions, notes and bulk actions."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from comments.lifecycle import Action
from comments.model import Comment
from comments.site import Site
from comments.storage.notes_and_bulks import BulkAction
from service.accounts import sessions
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web import site_cache
from service.web.errors import error_mapping
from service.web.operations import json_response, parsed_body, parsed_query

from . import bulk_actions
from .assistants import require_decider
from .conflicts import conflict_response
from .decisions import (
    CommentChanged,
    DecisionOutcome,
    ModeratorDecision,
    add_note,
    check_reason,
    decide_all,
    decide_comment,
)
from .pending_comments import ListRequest, QueueSite, listed_page
from .presenter import ReviewedComment, status_counts
from .schemas import (
    NO_INPUT_ERRORS,
    BulkActionRequest,
    BulkActionResponse,
    BulkContinueRequest,
    BulkProgressResponse,
    CommentResponse,
    CommentWithNotes,
    ConflictProblem,
    DecisionRequest,
    DecisionResult,
    DecisionsRequest,
    DecisionsResponse,
    FacetValue,
    NoteRequest,
    NoteResponse,
    ReviewPage,
    UndoRequest,
    review_operation,
)
from .search import ListQuery, check_view

blueprint = Blueprint("review_api", __name__, url_prefix="/v1/sites/<site>/review")


@blueprint.get("/comments")
@review_operation(
    summary="List and search comments, with the reasons",
    description="Filters are combined. Searches find comments once they are indexed, which takes moments.",
    query=ListQuery,
    answers={200: ReviewPage},
)
def list_for_review(site: str) -> ResponseReturnValue:
    signed = sessions.require_role(site, "viewer")
    query, found = parsed_query(ListQuery), site_cache.get_site(site)
    check_view(query, query.status, query.order, [site])
    sees_email, today = sessions.may_see_emails(signed.person, found), deps().now().date()
    request = ListRequest(query.status, query.order, query, today, query.limit, query.cursor)
    page = listed_page(deps().storage, deps().signals, [QueueSite(found, sees_email)], request, pending_by_receipt=True)
    facets = {name: [FacetValue.model_validate(option) for option in of] for name, of in page.facets.items()}
    return json_response(
        ReviewPage(
            comments=[ReviewedComment.of(c, found, signed) for c in page.comments],
            next=page.cursor,
            counts=status_counts(deps().storage, site),
            total=page.total,
            unindexed=page.unindexed,
            facets=facets if query.facets else {},
        )
    )


@blueprint.get("/comments/<id>")
@review_operation(
    summary="Get a comment with its history and notes",
    answers={200: CommentWithNotes},
    errors=NO_INPUT_ERRORS,
)
def get_comment(site: str, id: str) -> ResponseReturnValue:
    signed = sessions.require_role(site, "viewer")
    comment = deps().storage.comments.get(site, id)
    (notes,) = deps().storage.notes.of(site, [id])
    return json_response(
        CommentWithNotes(
            comment=ReviewedComment.of(comment, site_cache.get_site(site), signed),
            notes=[NoteResponse.model_validate(each) for each in notes],
        )
    )


@blueprint.post("/comments/<id>/decisions")
@review_operation(
    summary="Decide about a comment",
    body=DecisionRequest,
    answers={200: CommentResponse, 409: ConflictProblem},
)
def decide_one(site: str, id: str) -> ResponseReturnValue:
    signed = sessions.require_change(site, "assistant")
    body = parsed_body(DecisionRequest)
    check_reason(site_cache.get_site(site), Action(body.action), body.reason)
    decision = ModeratorDecision(id, body.version, Action(body.action), body.reason)
    require_decider(site, decision)
    return _decide(site, decision, signed)


@blueprint.post("/comments/<id>/undo")
@review_operation(
    summary="Undo the last moderator's decision",
    body=UndoRequest,
    answers={200: CommentResponse, 409: ConflictProblem},
)
def undo(site: str, id: str) -> ResponseReturnValue:
    signed = sessions.require_change(site, "assistant")
    decision = ModeratorDecision(id, parsed_body(UndoRequest).version, Action.UNDO)
    require_decider(site, decision)
    return _decide(site, decision, signed)


@blueprint.post("/decisions")
@review_operation(
    summary="Decide about many comments; each decision succeeds or fails by itself",
    body=DecisionsRequest,
    answers={200: DecisionsResponse},
)
def decide_many(site: str) -> ResponseReturnValue:
    signed = sessions.require_change(site)
    decisions = [ModeratorDecision(d.id, d.version, Action(d.action)) for d in parsed_body(DecisionsRequest).decisions]
    outcomes = decide_all(deps(), site, decisions, signed.person.name, signed.via)
    ids = [decision.id for decision in decisions]
    return json_response(DecisionsResponse(results=_results(zip(ids, outcomes, strict=True), site, signed)))


@blueprint.post("/comments/<id>/notes")
@review_operation(
    summary="Add a note for other moderators",
    description="Everyone who may review the comment sees it. It is never public.",
    body=NoteRequest,
    answers={201: NoteResponse},
)
def note(site: str, id: str) -> ResponseReturnValue:
    signed = sessions.require_change(site)
    added = add_note(deps(), site, id, parsed_body(NoteRequest).text, signed.person.name)
    return json_response(NoteResponse.model_validate(added), 201)


@blueprint.post("/bulk")
@review_operation(
    summary="Start a bulk action on chosen comments",
    description="Takes the same action on each comment. It can be undone as a whole for seven days.",
    body=BulkActionRequest,
    answers={200: BulkActionResponse},
)
def create_bulk(site: str) -> ResponseReturnValue:
    signed = sessions.require_change(site)
    body = parsed_body(BulkActionRequest)
    check_reason(site_cache.get_site(site), Action(body.action), body.reason)
    selection = bulk_actions.selected([(c.id, c.version) for c in body.comments])
    bulk = bulk_actions.start_bulk(deps(), site, selection, Action(body.action), signed.person.name, body.reason)
    return _run(site, bulk, signed)


@blueprint.post("/bulk/<bulk_id>/undo")
@review_operation(
    summary="Undo a bulk action",
    description="Starts another bulk action, which undoes the first. Continue it with its own id.",
    answers={200: BulkActionResponse},
    errors=NO_INPUT_ERRORS,
)
def undo_bulk(site: str, bulk_id: str) -> ResponseReturnValue:
    signed = sessions.require_change(site)
    bulk = deps().storage.bulks.get(site, bulk_id)
    return _run(site, bulk_actions.start_undo(deps(), site, bulk, signed.person.name), signed)


@blueprint.post("/bulk/<bulk_id>/steps")
@review_operation(
    summary="Continue a bulk action",
    description="Tries up to `n` more comments. Safe to repeat.",
    body=BulkContinueRequest,
    answers={200: BulkProgressResponse},
)
def continue_bulk(site: str, bulk_id: str) -> ResponseReturnValue:
    signed = sessions.require_change(site)
    body = parsed_body(BulkContinueRequest)
    bulk_actions.run_bulk(deps(), site, deps().storage.bulks.get(site, bulk_id), signed.person.name, body.n)
    return json_response(BulkProgressResponse(**_progress(site, bulk_id)))


def _run(site: str, bulk: BulkAction, signed: SignedIn) -> ResponseReturnValue:
    outcomes = bulk_actions.run_bulk(deps(), site, bulk, signed.person.name)
    results = _results(outcomes, site, signed)
    return json_response(BulkActionResponse(id=bulk.id, results=results, **_progress(site, bulk.id)))


def _progress(site: str, bulk_id: str) -> dict[str, Any]:
    at = deps().storage.bulks.progress(site, bulk_id)
    return {"total": at.total, "left": at.left, "done": at.done, "changed": at.changed, "searching": at.searching}


def _decide(site: str, decision: ModeratorDecision, signed: SignedIn) -> ResponseReturnValue:
    found = site_cache.get_site(site)
    try:
        comment = decide_comment(deps(), site, decision, signed.person.name, signed.via)
    except CommentChanged as error:
        return conflict_response(error, ReviewedComment.of(error.comment, found, signed))
    return json_response(CommentResponse(comment=ReviewedComment.of(comment, found, signed)))


def _results(outcomes: Iterable[tuple[str, DecisionOutcome]], site: str, signed: SignedIn) -> list[DecisionResult]:
    found = site_cache.get_site(site)
    return [_result(id, outcome, found, signed) for id, outcome in outcomes]


def _result(id: str, outcome: DecisionOutcome, site: Site, signed: SignedIn) -> DecisionResult:
    if isinstance(outcome, Comment):
        return DecisionResult(id=id, status=200, problem="", comment=ReviewedComment.of(outcome, site, signed))
    now = ReviewedComment.of(outcome.comment, site, signed) if isinstance(outcome, CommentChanged) else None
    return DecisionResult(id=id, status=error_mapping(outcome).status, problem=str(outcome), comment=now)
