"""Live updates for moderators' pages: the comments others have open, decisions and new arrivals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import Flask, current_app
from pydantic import BaseModel, Field

from comments.errors import NotFound
from comments.lifecycle import Role, Status
from comments.model import Comment
from comments.storage.codec import milliseconds
from comments.storage.interfaces import Storage
from service.accounts.sessions import has_role
from service.web.event_streams import END, EventBroadcaster, Subscriber

_EXTENSION = "replygate.presence"

#: Streams of moderators in one web process. Each one reads from storage whenever something changes.
MAX_STREAMS = 100
#: Newest pending comments that are checked for a late arrival; more than arrive while one waits for the filters.
MAX_LATE = 100
#: Seconds until presence on a comment expires unless it is renewed.
PRESENCE_SECONDS = 120.0


class CommentState(BaseModel):
    """Current state of a comment on the moderator's page."""

    id: str
    status: Status
    version: int
    by: str = Field(description="name of the moderator who decided last; empty for the filters")
    mine: bool = Field(description="true if that is the signed-in moderator")


class CommentViewer(BaseModel):
    comment: str
    by: str


class PresenceUpdate(BaseModel):
    held: int = Field(description="comments on this site that need review")
    arrived: int = Field(description="those that entered the queue since the page was loaded")
    cards: list[CommentState] = Field(description="the requested comments")
    looks: list[CommentViewer] = Field(description="other moderators and their open comments, the earliest first")


@dataclass(slots=True)
class OpenPage:
    """Comments that a moderator has open, and since when."""

    by: str
    session: str
    cards: tuple[str, ...]
    since: datetime
    last_change: str = ""  # fingerprint of the last update that was sent


def newest_pending(storage: Storage, site: str) -> Sequence[Comment]:
    """The newest pending comments. Some may have arrived before a page was loaded, and entered the queue after it."""
    return storage.comments.by_status(site, Status.HELD, MAX_LATE, newest=True).rows


def presence_update(storage: Storage, site: str, page: OpenPage, newest: Sequence[Comment]) -> PresenceUpdate:
    cards = [comment for comment in storage.comments.load(site, page.cards) if comment]
    viewers = storage.presence.viewers(site)
    return PresenceUpdate(
        held=storage.comments.counters(site).current.get(Status.HELD, 0),
        arrived=storage.comments.held_since(site, page.since) + _late(newest, page),
        cards=[_state(comment, page.by) for comment in cards],
        looks=[CommentViewer(comment=v.comment, by=v.by) for v in viewers if v.by != page.by],
    )


def _late(newest: Sequence[Comment], page: OpenPage) -> int:
    late = (c for c in newest if c.received <= page.since < c.decisions[-1].at)
    return sum(c.id not in page.cards for c in late)


def _state(comment: Comment, moderator: str) -> CommentState:
    last = comment.decisions[-1] if comment.decisions else None
    by = last.by if last and last.role is Role.MODERATOR else ""
    return CommentState(id=comment.id, status=comment.status, version=comment.version, by=by, mine=by == moderator)


def activity_fingerprint(storage: Storage, site: str) -> str:
    """Text that changes whenever something happens that the site's moderators may want to see."""
    counters = storage.comments.counters(site)
    viewers = sorted((v.by, v.comment) for v in storage.presence.viewers(site))
    held = counters.current.get(Status.HELD, 0)  # readers' reports change it too
    return repr((held, dict(counters.decided), dict(counters.moderated), viewers))


def sse_event(update: PresenceUpdate, since: datetime) -> bytes:
    """A server-sent event. Its id is the time from which arrivals count, to resume the stream."""
    return f"event: room\ndata: {update.model_dump_json()}\nid: {milliseconds(since)}\n\n".encode()


class PresenceNotifier:
    """Sends updates to moderators. A check of an unchanged site takes two round trips for any number of them."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def __call__(
        self, site: str, subscribers: Sequence[Subscriber[OpenPage]]
    ) -> Iterator[tuple[Subscriber[OpenPage], bytes]]:
        change = activity_fingerprint(self._storage, site)
        behind = [subscriber for subscriber in subscribers if subscriber.subscription.last_change != change]
        held = newest_pending(self._storage, site) if behind else ()
        for subscriber in behind:
            page = subscriber.subscription
            page.last_change = change
            if _is_signed_in(self._storage, page, site):
                yield subscriber, sse_event(presence_update(self._storage, site, page, held), page.since)
            else:
                yield subscriber, END


def _is_signed_in(storage: Storage, page: OpenPage, site: str) -> bool:
    """True if the session that opened the stream is still valid and has a role on the site."""
    try:
        person = storage.people.get(page.by)
    except NotFound:
        return False
    return has_role(person, site, "viewer") and page.session in storage.people.sessions(page.by)


def init_presence(app: Flask, storage: Storage) -> None:
    app.extensions[_EXTENSION] = EventBroadcaster(PresenceNotifier(storage), MAX_STREAMS)


def broadcaster() -> EventBroadcaster[OpenPage]:
    """The broadcaster of the current app."""
    return cast(EventBroadcaster[OpenPage], current_app.extensions[_EXTENSION])
