"""A backlog of 50,000 comments of a site of its own, judged at once while another site has its traffic."""

import math
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing import get_context

from rq import Queue

from comments.job_queue import JUDGE, QUEUES
from comments.storage.pauses import OperatorPause
from service.web.site_access import new_site_key
from tests.faults.fault_actions import frozen
from tests.faults.installation import Installation, pause
from tests.faults.site_audit import seconds_until_decided
from tests.faults.traffic import Traffic, site_of_traffic
from tests.faults.visitors import Seen, Visitor

BACKLOG, SENDERS = 50_000, 4
#: RQ jobs that may wait for all judges together: each of two, and one that each enqueued to go on later; two sites.
MOST_JOBS = 8
#: Seconds by which a comment may be decided after a later one. A batch that is left to its lease comes 10 s later.
MOST_OVERTAKEN = 5.0
#: Seconds for which Valkey is frozen in the middle: longer than a call waits.
STALL = 1.5


def backlog(to: Installation) -> float:
    """Judge a backlog while Valkey stalls. Return when judging began, by the monotonic clock.

    Processes submit it with the key of its site while the operator has paused judging.
    """
    kept, key = new_site_key()
    id = f"{to.site}-backlog"
    to.storage.sites.put(replace(site_of_traffic(id, to), keys=(kept,), webhooks=()))
    to.storage.judging_pauses.pause(id, OperatorPause(datetime.now(UTC), "test"))
    traffic = Traffic(id)
    to.further.append(traffic)
    shares = [range(n, BACKLOG, SENDERS) for n in range(SENDERS)]
    with ProcessPoolExecutor(SENDERS, get_context("spawn")) as pool:
        for seen in pool.map(submitted, *zip(*((to.port, id, key, share) for share in shares), strict=True)):
            traffic.seen.add(seen)
    jobs = Queue(QUEUES[JUDGE], connection=to.valkey())
    begun, most = time.monotonic(), 0
    to.storage.judging_pauses.resume(id)
    is_stalled = False
    while waiting := to.storage.queue.depth(id).queued:
        if not is_stalled and waiting < BACKLOG / 2:
            frozen(STALL, "valkey")(to)
            is_stalled = True
        most = max(most, jobs.count)
        pause(0.2)
    assert most <= MOST_JOBS, f"{most} jobs waited"
    late = most_overtaken(seconds_until_decided(to.storage, traffic))
    assert late <= MOST_OVERTAKEN, f"a comment was decided {late:.1f} s after a later one"
    return begun


def submitted(port: int, site: str, key: str, numbers: Iterable[int]) -> Seen:
    """Submit one comment after the other, and return the answers. It runs in a process of its own."""
    visitor = Visitor(port, site, key, Seen(), None)
    for n in numbers:
        visitor.submit(n)
    visitor.close()
    return visitor.seen


def most_overtaken(waits: Iterable[tuple[float, float]]) -> float:
    """Return the most seconds by which a comment was decided after a later one; `waits` are its 202 and its wait."""
    latest, first_later = 0.0, math.inf
    for acknowledged, wait in sorted(waits, reverse=True):
        decided = acknowledged + wait
        first_later = min(first_later, decided)
        latest = max(latest, decided - first_later)
    return latest
