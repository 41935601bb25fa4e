"""Review as JSON: what waits for a person and why, and what they decide, one at a time or many."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from comments.errors import ReplygateError
from comments.lifecycle import Action, Status
from comments.model import Comment
from comments.site import Site
from service.accounts import sessions
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web import site_cache
from service.web.errors import PROBLEM_JSON, error_mapping
from service.web.operations import json_response, parsed_body, parsed_query

from .decisions import Stale, Step, check_reason, settle, settle_all
from .presenter import Reviewed, counts
from .schemas import Bulk, BulkRow, BulkSettled, Changed, Deciding, Listing, ReviewPage, Settled, Undoing
from .wire import UNREAD, reviewing

blueprint = Blueprint("review_api", __name__, url_prefix="/v1/sites/<site>/review")


@blueprint.get("/comments")
@reviewing(
    summary="Comments of one status, with the reasons",
    query=Listing,
    answers={200: ReviewPage},
)
def listing(site: str) -> ResponseReturnValue:
    signed = sessions.require_role(site, "viewer")
    query, kept = parsed_query(Listing), site_cache.get_site(site)
    page = deps().storage.comments.by_status(
        site, Status(query.status), query.limit, query.cursor, newest=query.order == "newest"
    )
    rows = [Reviewed.of(c, kept, signed) for c in page.rows]
    return json_response(ReviewPage(comments=rows, next=page.cursor, counts=counts(deps().storage, site)))


@blueprint.get("/comments/<id>")
@reviewing(
    summary="One comment with its history",
    answers={200: Settled},
    errors=UNREAD,
)
def one(site: str, id: str) -> ResponseReturnValue:
    signed = sessions.require_role(site, "viewer")
    comment = deps().storage.comments.get(site, id)
    return json_response(Settled(comment=Reviewed.of(comment, site_cache.get_site(site), signed)))


@blueprint.post("/comments/<id>/decisions")
@reviewing(
    summary="Decide about a comment",
    body=Deciding,
    answers={200: Settled, 409: Changed},
)
def decide(site: str, id: str) -> ResponseReturnValue:
    signed = sessions.require_change(site)
    body = parsed_body(Deciding)
    check_reason(site_cache.get_site(site), Action(body.action), body.reason)
    return _settled(site, Step(id, body.version, Action(body.action), body.reason), signed)


@blueprint.post("/comments/<id>/undo")
@reviewing(
    summary="Take the last moderator's decision back",
    body=Undoing,
    answers={200: Settled, 409: Changed},
)
def undo(site: str, id: str) -> ResponseReturnValue:
    signed = sessions.require_change(site)
    return _settled(site, Step(id, parsed_body(Undoing).version, Action.UNDO), signed)


@blueprint.post("/decisions")
@reviewing(
    summary="Decide about many comments; each succeeds or fails by itself",
    body=Bulk,
    answers={200: BulkSettled},
)
def decide_many(site: str) -> ResponseReturnValue:
    signed = sessions.require_change(site)
    steps = [Step(d.id, d.version, Action(d.action)) for d in parsed_body(Bulk).decisions]
    kept, results = site_cache.get_site(site), settle_all(deps(), site, steps, signed.person.name)
    return json_response(BulkSettled(results=[_row(s, r, kept, signed) for s, r in zip(steps, results, strict=True)]))


def _settled(site: str, step: Step, signed: SignedIn) -> ResponseReturnValue:
    kept = site_cache.get_site(site)
    try:
        comment = settle(deps(), site, step, signed.person.name)
    except Stale as error:
        return _changed(error, Reviewed.of(error.comment, kept, signed))
    return json_response(Settled(comment=Reviewed.of(comment, kept, signed)))


def _changed(error: Stale, now: Reviewed) -> ResponseReturnValue:
    """The problem and, beside it, the new state: whoever lost need not ask for it."""
    what = error_mapping(error)
    told = Changed(
        type=f"urn:replygate:{what.type}",
        title=what.title,
        status=what.status,
        detail=str(error),
        problems=[],
        comment=now,
    )
    return Response(told.model_dump_json(), what.status, mimetype=PROBLEM_JSON)


def _row(step: Step, result: Comment | ReplygateError, site: Site, signed: SignedIn) -> BulkRow:
    if isinstance(result, Comment):
        return BulkRow(id=step.id, status=200, problem="", comment=Reviewed.of(result, site, signed))
    now = Reviewed.of(result.comment, site, signed) if isinstance(result, Stale) else None
    return BulkRow(id=step.id, status=error_mapping(result).status, problem=str(result), comment=now)
