"""The moderators' room as JSON and events: saying what one looks at, and hearing what the others do."""

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

from . import presence
from .presence import LookNow, Working
from .wire import UNREAD, reviewing

blueprint = Blueprint("room", __name__, url_prefix="/v1/sites/<site>/review")

#: Cards on one screen; more are not spoken of.
MOST_CARDS = 100
MOMENT = re.compile(r"[0-9]{1,14}")
#: Milliseconds that a page may be old; arrivals of longer ago are no news.
OLDEST_PAGE = 24 * 3600 * 1000

LAST_EVENT_ID = Header("Last-Event-ID", "The last `id` you heard; goes before `age`. Browsers send it themselves.")


class RoomQuery(BaseModel):
    """A screen: what is on it, and how long ago it was asked for."""

    model_config = ConfigDict(extra="forbid")

    cards: str = Field("", max_length=27 * MOST_CARDS, description="ids of the comments on it, with commas")
    age: int = Field(0, ge=0, le=OLDEST_PAGE, description="milliseconds since the page was asked for")
    once: bool = Field(False, description="only what is known now, and no stream: to ask again where streams fail")


class Looking(BaseModel):
    looks: list[LookNow] = Field(description="who else looks at this comment, who came first first")


@blueprint.get("/events")
@reviewing(
    summary="Follow the room",
    description="`room` events: how many comments wait and have arrived, how those on the screen stand, and who looks "
    "at which. Where the server has no room for another stream the answer ends with what is known now, and `retry` "
    "says when to ask again; browsers do that by themselves.",
    query=RoomQuery,
    answers={200: "The events."},
    media=EVENT_STREAM_MEDIA,
    headers=(LAST_EVENT_ID,),
)
def follow(site: str) -> Response:
    signed = sessions.require_role(site, "viewer")
    query, kept = parsed_query(RoomQuery), site_cache.get_site(site)
    cards = tuple(id for id in query.cards.split(",") if ANY_ID.fullmatch(id))[:MOST_CARDS]
    working = Working(signed.person.name, signed.session, cards, _since(query.age))
    working.seen = presence.mark(deps().storage, kept.id)  # before what is told now, so that nothing falls between
    held = presence.newest_held(deps().storage, kept.id)
    first = presence.event(presence.now(deps().storage, kept.id, working, held), working.since)
    if query.once:
        return Response(first, mimetype=EVENT_STREAM_MEDIA)
    # Passed through as it is, so that the server sees what it is; nginx would hold it back until it ends.
    response = Response(
        EventStream(presence.broadcaster(), kept.id, working, first),
        mimetype=EVENT_STREAM_MEDIA,
        direct_passthrough=True,
    )
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _since(age: int) -> datetime:
    heard = request.headers.get("Last-Event-ID", "")
    now = deps().now()
    since = moment(int(heard)) if MOMENT.fullmatch(heard) else now - timedelta(milliseconds=age)
    return max(since, now - timedelta(milliseconds=OLDEST_PAGE))


@blueprint.post("/comments/<id>/look")
@reviewing(
    summary="Say that you look at a comment",
    description="Others see it for two minutes, or until you look at another one or leave. It keeps nobody from "
    "deciding.",
    answers={200: Looking},
    errors=UNREAD,
)
def look(site: str, id: str) -> Looking:
    signed = sessions.require_change(site)
    storage = deps().storage
    storage.presence.set(site, signed.person.name, storage.comments.get(site, id).id, presence.LOOK)
    others = [look for look in storage.presence.viewers(site) if look.comment == id and look.by != signed.person.name]
    return Looking(looks=[LookNow(comment=look.comment, by=look.by) for look in others])


@blueprint.post("/leave")
@reviewing(
    summary="Say that you look at nothing any more",
    answers={204: "Done."},
    errors=UNREAD,
)
def leave(site: str) -> Response:
    deps().storage.presence.clear(site, sessions.require_change(site).person.name)
    return Response(status=204)
