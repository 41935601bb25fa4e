"""Live updates of a thread: server-sent events about comments that appear and disappear, or polling for the same."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from flask import Blueprint, Flask, Response, current_app, request

from comments.storage.interfaces import Threads
from comments.storage.thread_moves import ThreadMoves
from comments.storage.values import ThreadChanges
from service.deps import deps
from service.web import site_cache
from service.web.client_network import client_networks
from service.web.event_streams import EVENT_STREAM_MEDIA, EventBroadcaster, EventStream, Subscriber
from service.web.operations import Header
from service.web.schemas import FollowQuery, FollowThreadQuery
from service.web.site_access import add_cors_headers
from service.web.thread_links import requested_thread

from .thread_routes import thread_route

blueprint = Blueprint("live_updates", __name__, url_prefix="/v1/sites/<site>")
blueprint.after_request(add_cors_headers)

BROADCASTER_EXTENSION = "replygate.thread_broadcaster"

VERSION_NUMBER = re.compile(r"[0-9]{1,16}")
#: A version that no thread has. A client that sends an unknown id has to read the thread again.
UNKNOWN = -1

_LAST_EVENT_ID = Header(
    "Last-Event-ID", "The last `id` you received; takes precedence over `after`. Browsers send it by themselves."
)
EVENTS_DESCRIPTION = (
    "`published` and `removed` carry the `ids` of comments; each also stands for all replies below it. `reset` means "
    "that too much changed: read the thread again. If the server has too many open streams, the answer ends "
    "after the changes so far, and `retry` is the time until a reconnect. Browsers reconnect by themselves."
)


@dataclass(slots=True)
class ThreadPosition:
    """A thread, and the version of it that a subscriber has."""

    thread: str
    version: int


class ThreadEvents:
    """Collects new events for the subscribers of a site's threads: one round trip if nothing changed."""

    def __init__(self, threads: Threads, moves: ThreadMoves) -> None:
        self._threads, self._moves = threads, moves

    def __call__(
        self, site: str, subscribers: Sequence[Subscriber[ThreadPosition]]
    ) -> Iterator[tuple[Subscriber[ThreadPosition], bytes]]:
        names = sorted({s.subscription.thread for s in subscribers})
        versions = dict(zip(names, self._threads.versions(site, names), strict=True))
        found: dict[tuple[str, int], ThreadChanges] = {}  # subscribers with the same position share one query
        for subscriber in subscribers:
            position = subscriber.subscription
            key = (position.thread, position.version)
            if versions[position.thread] == position.version:
                continue
            if (moved := self._moves.resolve(site, [position.thread])[0]) != position.thread:
                position.thread, position.version = moved, self._threads.version(site, moved)
                yield subscriber, events(ThreadChanges(position.version, complete=False))
                continue
            if key not in found:
                found[key] = self._threads.changes(site, *key)
            position.version = found[key].version
            yield subscriber, events(found[key])


def init_app(app: Flask, threads: Threads, moves: ThreadMoves) -> None:
    app.extensions[BROADCASTER_EXTENSION] = EventBroadcaster(ThreadEvents(threads, moves))


def thread_broadcaster() -> EventBroadcaster[ThreadPosition]:
    """Return the thread broadcaster of the current app."""
    return cast(EventBroadcaster[ThreadPosition], current_app.extensions[BROADCASTER_EXTENSION])


def events(changes: ThreadChanges) -> bytes:
    """Format changes as server-sent events. The id comes last: a client that misses the end gets everything again."""
    named = [("published", changes.appeared), ("removed", changes.disappeared)] if changes.complete else [("reset", ())]
    blocks = [
        f"event: {name}\ndata: {json.dumps({'ids': ids})}\n\n" for name, ids in named if ids or not changes.complete
    ]
    return ("".join(blocks) + f"id: {changes.version}\n\n").encode()


@thread_route(
    blueprint,
    "events",
    FollowThreadQuery,
    FollowQuery,
    summary="Follow a thread",
    description=EVENTS_DESCRIPTION,
    answers={200: "The events."},
    media=EVENT_STREAM_MEDIA,
    headers=(_LAST_EVENT_ID,),
    tags=("reading",),
)
def follow_thread(site: str, thread: str, query: FollowQuery) -> Response:
    found, threads = site_cache.get_site(site), deps().storage.threads
    key = requested_thread(found, thread)
    since = _since(query.after)
    changes = threads.changes(found.id, key, threads.version(found.id, key) if since is None else since)
    # The server must see the stream object itself; nginx must not buffer it.
    position = ThreadPosition(key, changes.version)
    stream = EventStream(thread_broadcaster(), found.id, position, events(changes), client_networks(deps()))
    response = Response(stream, mimetype=EVENT_STREAM_MEDIA, direct_passthrough=True)
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _since(after: int | None) -> int | None:
    last = request.headers.get("Last-Event-ID", "")
    if not last:
        return after
    return int(last) if VERSION_NUMBER.fullmatch(last) else UNKNOWN
