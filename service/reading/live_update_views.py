"""The public API of those who follow a thread: server-sent events, or the same by asking again."""

import re

from flask import Blueprint, Response, request

from service.deps import deps
from service.web import site_cache
from service.web.cors import add_cors_headers
from service.web.event_streams import MEDIA, EventStream
from service.web.operations import Header
from service.web.schemas import FollowQuery, FollowThreadQuery
from service.web.thread_links import requested_thread

from .live_updates import Reading, broadcaster, events
from .thread_routes import of_a_thread

blueprint = Blueprint("following", __name__, url_prefix="/v1/sites/<site>")
blueprint.after_request(add_cors_headers)

VERSION = re.compile(r"[0-9]{1,16}")
#: A version that no thread ever has: whoever names what we do not know reads the thread again.
UNKNOWN = -1

LAST_EVENT_ID = Header("Last-Event-ID", "The last `id` you heard; goes before `after`. Browsers send it themselves.")
DESCRIPTION = (
    "`published` and `removed` with the `ids` of comments, each of which stands for everything below it too; `reset` "
    "when more changed than is remembered: read the thread again. Where the server has no room for another stream "
    "the answer ends with what is known now, and `retry` says when to ask again; browsers do that by themselves."
)


@of_a_thread(
    blueprint,
    "events",
    FollowThreadQuery,
    FollowQuery,
    summary="Follow a thread",
    description=DESCRIPTION,
    answers={200: "The events."},
    media=MEDIA,
    headers=(LAST_EVENT_ID,),
    tags=("reading",),
)
def follow(site: str, thread: str, query: FollowQuery) -> Response:
    found, threads = site_cache.get_site(site), deps().storage.threads
    key = requested_thread(thread)
    since = _since(query.after)
    changes = threads.changes(found.id, key, threads.version(found.id, key) if since is None else since)
    # Passed through as it is, so that the server sees what it is; nginx would hold it back until it ends.
    stream = EventStream(broadcaster(), found.id, Reading(key, changes.version), events(changes))
    response = Response(stream, mimetype=MEDIA, direct_passthrough=True)
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _since(after: int | None) -> int | None:
    heard = request.headers.get("Last-Event-ID", "")
    if not heard:
        return after
    return int(heard) if VERSION.fullmatch(heard) else UNKNOWN
