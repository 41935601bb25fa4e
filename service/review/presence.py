"""What moderators of a site see of each other while they work: what arrived, what was settled, who looks at what."""

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

EXTENSION = "replygate.room"

#: Streams of moderators of one web process: each costs some questions to storage when something happens.
MOST = 100
#: Held comments that are asked when they were held; more than come while one waits for the filters.
LATE = 100
#: Seconds that a look lasts without being renewed.
LOOK = 120.0


class CardNow(BaseModel):
    """How a comment stands that is on somebody's screen."""

    id: str
    status: Status
    version: int
    by: str = Field(description="who decided last; empty for the filters")
    mine: bool = Field(description="whether that was the person who asks")


class LookNow(BaseModel):
    comment: str
    by: str


class RoomNow(BaseModel):
    held: int = Field(description="comments that wait on this site")
    arrived: int = Field(description="those of them that came into the queue since the page was asked for")
    cards: list[CardNow] = Field(description="the comments that were asked about")
    looks: list[LookNow] = Field(description="who else looks at which comment now, who came first first")


@dataclass(slots=True)
class Working:
    """Somebody's screen: the comments on it, and since when they are there."""

    by: str
    session: str
    cards: tuple[str, ...]
    since: datetime
    seen: str = ""  # the mark of what they were told last


def newest_held(storage: Storage, site: str) -> Sequence[Comment]:
    """The held comments that came last: among them is what came before somebody's page and was held since."""
    return storage.comments.by_status(site, Status.HELD, LATE, newest=True).rows


def now(storage: Storage, site: str, working: Working, newest: Sequence[Comment]) -> RoomNow:
    cards = [comment for comment in storage.comments.load(site, working.cards) if comment]
    looks = storage.presence.viewers(site)
    return RoomNow(
        held=storage.comments.counters(site).current.get(Status.HELD, 0),
        arrived=storage.comments.held_since(site, working.since) + _late(newest, working),
        cards=[_card(comment, working.by) for comment in cards],
        looks=[LookNow(comment=look.comment, by=look.by) for look in looks if look.by != working.by],
    )


def _late(newest: Sequence[Comment], working: Working) -> int:
    late = (c for c in newest if c.received <= working.since < c.decisions[-1].at)
    return sum(c.id not in working.cards for c in late)


def _card(comment: Comment, asks: str) -> CardNow:
    last = comment.decisions[-1] if comment.decisions else None
    by = last.by if last and last.role is Role.MODERATOR else ""
    return CardNow(id=comment.id, status=comment.status, version=comment.version, by=by, mine=by == asks)


def mark(storage: Storage, site: str) -> str:
    """Differs whenever something happened that moderators of the site may want to know."""
    counters = storage.comments.counters(site)
    looks = sorted((look.by, look.comment) for look in storage.presence.viewers(site))
    held = counters.current.get(Status.HELD, 0)  # also what readers report becomes so
    return repr((held, dict(counters.decided), dict(counters.moderated), looks))


def event(room: RoomNow, since: datetime) -> bytes:
    """A server-sent event. Its id is the moment since when arrivals count, for when the stream is taken up again."""
    return f"event: room\ndata: {room.model_dump_json()}\nid: {milliseconds(since)}\n\n".encode()


class Roomwise:
    """Tells moderators; two round trips a look for a site where nothing happened, however many look on."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def __call__(
        self, site: str, subscribers: Sequence[Subscriber[Working]]
    ) -> Iterator[tuple[Subscriber[Working], bytes]]:
        happened = mark(self._storage, site)
        behind = [subscriber for subscriber in subscribers if subscriber.subscription.seen != happened]
        held = newest_held(self._storage, site) if behind else ()
        for subscriber in behind:
            working = subscriber.subscription
            working.seen = happened
            if _still_in(self._storage, working, site):
                yield subscriber, event(now(self._storage, site, working, held), working.since)
            else:
                yield subscriber, END


def _still_in(storage: Storage, working: Working, site: str) -> bool:
    """Whether they are signed in as they were when the stream began, and still have a role on the site."""
    try:
        person = storage.people.get(working.by)
    except NotFound:
        return False
    return has_role(person, site, "viewer") and working.session in storage.people.sessions(working.by)


def install(app: Flask, storage: Storage) -> None:
    app.extensions[EXTENSION] = EventBroadcaster(Roomwise(storage), MOST)


def broadcaster() -> EventBroadcaster[Working]:
    """That of the app that serves the present request."""
    return cast(EventBroadcaster[Working], current_app.extensions[EXTENSION])
