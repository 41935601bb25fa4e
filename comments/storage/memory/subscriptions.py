"""Who wants mail about replies, in memory."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from comments.storage.subscriptions import ASK_AGAIN, ASK_AGAIN_AFTER_NO

SENT = "sent"


@dataclass(slots=True)
class _List:
    """One site's; times are seconds since the epoch."""

    subscribers: set[str] = field(default_factory=set)
    asked: dict[str, tuple[str, float]] = field(default_factory=dict)  # who -> comment, until
    muted: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)


class MemorySubscriptions:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now, self._lock = now, Lock()
        self._lists: dict[str, _List] = defaultdict(_List)

    def reserve_request(self, site: str, who: str, comment: str) -> bool:
        with self._lock:
            of, now = self._lists[site], self._now().timestamp()
            first, until = of.asked.get(who, ("", 0.0))
            if until <= now:
                of.asked[who] = first, _ = comment, now + ASK_AGAIN
            return who not in of.subscribers and first == comment

    def request_sent(self, site: str, who: str) -> None:
        with self._lock:
            of = self._lists[site]
            if who in of.asked:
                of.asked[who] = SENT, of.asked[who][1]

    def cancel_request(self, site: str, who: str, comment: str) -> None:
        with self._lock:
            if self._lists[site].asked.get(who, ("", 0.0))[0] == comment:
                del self._lists[site].asked[who]

    def confirm(self, site: str, who: str) -> None:
        with self._lock:
            self._lists[site].subscribers.add(who)

    def unsubscribe(self, site: str, who: str) -> None:
        with self._lock:
            self._lists[site].subscribers.discard(who)
            self._lists[site].asked[who] = SENT, self._now().timestamp() + ASK_AGAIN_AFTER_NO

    def mute(self, site: str, comment: str) -> None:
        with self._lock:
            self._lists[site].muted.add(comment)

    def wants_mail(self, site: str, who: str, comment: str) -> bool:
        with self._lock:
            return who in self._lists[site].subscribers and comment not in self._lists[site].muted

    def mark_notified(self, site: str, reply: str) -> None:
        with self._lock:
            self._lists[site].told.add(reply)

    def was_notified(self, site: str, reply: str) -> bool:
        with self._lock:
            return reply in self._lists[site].told
