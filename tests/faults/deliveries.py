"""The events and mails of a site: each arrives, and the events of a comment in their order."""

import contextlib
import json
from collections.abc import Iterable
from typing import Any

from comments.email_subscriptions import NOTICE
from comments.lifecycle import Role, Status
from comments.storage.keys import Keys
from comments.storage.redis import open_redis
from tests.faults.audit import records
from tests.faults.installation import Installation
from tests.faults.traffic import Traffic
from tests.support.receiver import Request
from tests.support.wait import wait_until

#: Seconds for all retries: a mail whose sender was killed has a lease of three minutes.
RETRIES = 420.0


def delivery_problems(to: Installation, traffic: Traffic, may_hurry: bool, fails_over: bool = False) -> list[str]:
    """Wait for the deliveries, and return problems as sentences.

    With `may_hurry`, retries are due at once. A server that took over without the record of a delivery repeats it, also
    after a later one.
    """
    storage, site = open_redis(to.settings), traffic.site
    keys, client = Keys(to.settings.prefix), to.valkey()

    def are_over() -> bool:
        return not client.xlen(keys.outbox(site)) and not storage.deliveries.figures(site).pending

    if may_hurry:
        with contextlib.suppress(AssertionError):  # there are retries
            wait_until(are_over, seconds=6)
        _make_due(client, keys, site)
    try:
        wait_until(are_over, seconds=RETRIES)
    except AssertionError:
        return [f"{storage.deliveries.figures(site).pending} deliveries are still waiting"]
    stored = {comment.id: comment for comment in records(storage, site)}
    got, accepted = _events(to.receiver.requests, site), set(_events(to.receiver.accepted, site))
    comments = [comment for comment in stored.values() if not comment.draft_of]
    wanted = {
        (comment.id, n)
        for comment in comments
        for n, decision in enumerate(comment.decisions, 1)
        if decision.status is not Status.QUEUED and not comment.was_undone(n)  # then the undo is sent
    }
    missing = wanted - accepted
    found = [f"the event {id}:{version} was not accepted" for id, version in sorted(missing)]
    order: dict[str, int] = {}
    for id, version in got:
        if version < order.get(id, 0) and not fails_over:
            found.append(f"the event {id}:{version} arrived after a later one")
        order[id] = max(version, order.get(id, 0))
    mailed = {str(letter.message["Message-ID"]) for letter in to.mail.letters}
    for comment in comments:
        is_plain = comment.status is Status.APPROVED and [d.role for d in comment.decisions] == [Role.FILTERS]
        message = f"<reply.{comment.id}@blog.example>"
        if comment.parent == traffic.parent and is_plain and message not in mailed:
            found.append(f"no mail about the reply {comment.id} was sent")
    return found


def _events(requests: Iterable[Request], site: str) -> list[tuple[str, int]]:
    """Return comment and version of each event, in the order of arrival."""
    bodies = [json.loads(request.body) for request in requests if request.line.split()[1] == f"/hook/{site}"]
    return [(comment, int(version)) for comment, version in (body["id"].split(":") for body in bodies)]


def _make_due(client: Any, keys: Keys, site: str) -> None:
    """Forget the times of retries, and the leases of senders that were killed."""
    client.delete(keys.receiver_pauses(site))
    for receiver in ("hook", NOTICE):
        if waiting := client.zrange(keys.next_attempts(site, receiver), 0, -1):
            client.zadd(keys.next_attempts(site, receiver), dict.fromkeys(waiting, 0), xx=True)
