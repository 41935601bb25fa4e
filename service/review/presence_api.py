"""Presence over HTTP: announce which comment a moderator has open, and follow the other moderators."""

import re
from datetime import datetime, timedelta

from flask import Blueprint, Response, request
from pydantic import BaseModel, ConfigDict, Field

from comments.storage.codec import ANY_ID, moment
from service.accounts import sessions
from service.deps import deps
from service.web import site_cache
from service.web.event_streams import EVENT_STREAM_MEDIA, EventStream
from service.web.operations import Header, parsed_query

from .presence_updates import (
    PRESENCE_SECONDS,
    CommentViewer,
    OpenPage,
    activity_fingerprint,
    broadcaster,
    newest_pending,
    presence_update,
    sse_event,
)
from .schemas import NO_INPUT_ERRORS, review_operation

blueprint = Blueprint("presence_api", __name__, url_prefix="/v1/sites/<site>/review")

#: Comments on one page; the rest get no updates.
MAX_PAGE_COMMENTS = 100
MILLISECONDS = re.compile(r"[0-9]{1,14}")
#: Milliseconds. Earlier arrivals are not counted, for however long a page is open.
MAX_PAGE_AGE = 24 * 3600 * 1000

_LAST_EVENT_ID = Header("Last-Event-ID", "`id` of the last event received; overrides `age`. Browsers send it.")


class PresenceQuery(BaseModel):
    """The comments on a page, and its age."""

    model_config = ConfigDict(extra="forbid")

    cards: str = Field("", max_length=27 * MAX_PAGE_COMMENTS, description="ids of comments, separated by commas")
    age: int = Field(0, ge=0, le=MAX_PAGE_AGE, description="milliseconds since the page was loaded")
    once: bool = Field(False, description="return the current state and no stream, for polling")


class ViewersResponse(BaseModel):
    looks: list[CommentViewer] = Field(description="other moderators who have this comment open, the earliest first")


@blueprint.get("/events")
@review_operation(
    summary="Follow the other moderators",
    description="`room` events: how many comments need review and have arrived, the state of those on the page, "
    "and who has which one open. If the server has too many open streams, the response ends after the current "
    "state, and `retry` is the time until a reconnect. Browsers reconnect by themselves.",
    query=PresenceQuery,
    answers={200: "The events."},
    media=EVENT_STREAM_MEDIA,
    headers=(_LAST_EVENT_ID,),
)
def follow_presence(site: str) -> Response:
    signed = sessions.require_role(site, "viewer")
    query, kept = parsed_query(PresenceQuery), site_cache.get_site(site)
    cards = tuple(id for id in query.cards.split(",") if ANY_ID.fullmatch(id))[:MAX_PAGE_COMMENTS]
    page = OpenPage(signed.person.name, signed.session, cards, _since(query.age))
    page.last_change = activity_fingerprint(deps().storage, kept.id)  # before the state is read
    held = newest_pending(deps().storage, kept.id)
    first = sse_event(presence_update(deps().storage, kept.id, page, held), page.since)
    if query.once:
        return Response(first, mimetype=EVENT_STREAM_MEDIA)
    # Passed through, because the server treats streams specially. Without the header nginx buffers the whole stream.
    response = Response(
        EventStream(broadcaster(), kept.id, page, first),
        mimetype=EVENT_STREAM_MEDIA,
        direct_passthrough=True,
    )
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _since(age: int) -> datetime:
    last_id = request.headers.get("Last-Event-ID", "")
    now = deps().now()
    since = moment(int(last_id)) if MILLISECONDS.fullmatch(last_id) else now - timedelta(milliseconds=age)
    return max(since, now - timedelta(milliseconds=MAX_PAGE_AGE))


@blueprint.post("/comments/<id>/look")
@review_operation(
    summary="Announce that you have a comment open",
    description="Other moderators see it for two minutes, or until you open another comment or leave. They can still "
    "decide about it.",
    answers={200: ViewersResponse},
    errors=NO_INPUT_ERRORS,
)
def open_comment(site: str, id: str) -> ViewersResponse:
    signed = sessions.require_change(site)
    storage = deps().storage
    storage.presence.set(site, signed.person.name, storage.comments.get(site, id).id, PRESENCE_SECONDS)
    others = [v for v in storage.presence.viewers(site) if v.comment == id and v.by != signed.person.name]
    return ViewersResponse(looks=[CommentViewer(comment=v.comment, by=v.by) for v in others])


@blueprint.post("/leave")
@review_operation(
    summary="Announce that you have no comment open",
    answers={204: "Done."},
    errors=NO_INPUT_ERRORS,
)
def close_comment(site: str) -> Response:
    deps().storage.presence.clear(site, sessions.require_change(site).person.name)
    return Response(status=204)
