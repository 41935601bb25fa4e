"""The traffic of one site during a fault: visitors with and without keys, replies, moderators, webhooks and mail."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from comments.errors import StorageDown
from comments.lifecycle import Status
from comments.person import Person
from comments.setting_values import Term
from comments.site import Site, Webhook
from comments.storage.interfaces import Storage
from service.accounts.person_keys import new_person_key
from service.web.site_access import new_site_key
from tests.faults.installation import Installation
from tests.faults.moderators import Moderator
from tests.faults.visitors import HOLDS, REJECTS, FormVisitor, Seen, Visitor, words
from tests.support.wait import wait_until

#: Visitors with the key of the site's server, visitors with forms and no key, and moderators.
WITH_KEY, WITHOUT_KEY, MODERATORS = 6, 3, 2
#: Seconds between two submissions of a visitor.
PAUSE = 0.25
PAGE = "https://blog.example"


@dataclass
class Traffic:
    """The running threads, and the answers that they got."""

    site: str
    seen: Seen = field(default_factory=Seen)
    parent: str = ""  # the comment whose author gets mail about replies
    threads: list[threading.Thread] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def add(self, work: Callable[..., None], *arguments: Any) -> None:
        """Start a thread. What stops it is a problem of the fault, because the service answered something wrong."""

        def run() -> None:
            try:
                work(*arguments)
            except AssertionError as error:
                self.seen.wrong_answers.append(str(error))

        self.threads.append(threading.Thread(target=run, daemon=True))
        self.threads[-1].start()

    def acknowledged(self) -> int:
        with self.seen.lock:
            return len(self.seen.ids)

    def wait_for_more(self, n: int) -> None:
        wanted = self.acknowledged() + n
        wait_until(lambda: self.acknowledged() >= wanted, f"{n} more submissions are acknowledged", 120)

    def stop(self) -> None:
        """Let everybody finish what they began."""
        self.over.set()
        for thread in self.threads:
            thread.join()


def start_traffic(to: Installation, id: str, seed: int, pause: float = PAUSE) -> Traffic:
    """Create a site with its moderator, its webhook and a subscriber, and start the traffic."""
    kept, key = new_site_key()
    moderator_key, whole_key = new_person_key(f"moderator-{id}")
    site = site_of_traffic(id, to)
    to.storage.sites.put(replace(site, keys=(kept,)))
    to.storage.people.put(Person(f"moderator-{id}", {id: "moderator"}, api_keys=(moderator_key,)))
    traffic = Traffic(id)
    to.site, to.seen = id, traffic.seen
    first = Visitor(to.port, id, key, traffic.seen, seed)
    subscriber = {
        "author": "Subscriber",
        "email": "subscriber@example.org",
        "notify": "replies",
        "content": words(f"{id} first", listed=0),
    }
    traffic.parent = first.submit(next_number := 10**6, **subscriber)["id"]
    first.close()
    _subscribe(to.storage, id, traffic.parent)
    keyed = [Visitor(to.port, id, key, traffic.seen, seed, traffic.parent) for _ in range(WITH_KEY)]
    forms = [FormVisitor(to.port, id, traffic.seen) for _ in range(WITHOUT_KEY)]
    everybody = WITH_KEY + WITHOUT_KEY
    for start, visitor in enumerate([*keyed, *forms], next_number + 1):
        arguments = (count(start, everybody), pause, traffic.over)
        traffic.add(visitor.submit_all, *arguments)
    for _ in range(MODERATORS):
        moderator = Moderator(to.port, id, whole_key, traffic.seen)
        traffic.add(moderator.decide_all, traffic.over)
    return traffic


def site_of_traffic(id: str, to: Installation) -> Site:
    """Return a site without limits. Its word lists match a few comments."""
    now = datetime.now(UTC)
    return Site(
        id,
        id,
        now,
        origins=(PAGE,),
        moderation="suspicious",
        per_minute=0,
        max_pending=10**6,
        hold_words=(Term(HOLDS),),
        reject_words=(Term(REJECTS),),
        webhooks=(Webhook("hook", f"{to.receiver.url}/{id}", now, ("k1",)),),
    )


def _subscribe(storage: Storage, site: str, id: str) -> None:
    wait_until(lambda: storage.comments.get(site, id).status is not Status.QUEUED, "the first comment is decided")
    comment = storage.comments.get(site, id)
    assert comment.status is Status.APPROVED, comment.decisions
    storage.subscriptions.confirm(site, comment.identity)


def decided_within(storage: Storage, site: str, ids: set[str], seconds: float) -> float:
    """Wait until no comment of `ids` is queued; return the seconds that took, or infinity if they were not enough."""
    begun, left = time.monotonic(), list(ids)
    while left:
        if time.monotonic() > begun + seconds:
            return float("inf")
        try:
            found = storage.comments.load(site, left[:500])
        except StorageDown:  # another server becomes the primary
            time.sleep(0.02)
            continue
        queued = [
            id for id, comment in zip(left[:500], found, strict=True) if comment and comment.status is Status.QUEUED
        ]
        left = queued + left[500:]
        if queued:
            time.sleep(0.02 + len(left) / 100_000)  # to look at thousands takes the processor from the judges
    return time.monotonic() - begun
