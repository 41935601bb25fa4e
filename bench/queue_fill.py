"""Fill a store with very many decided comments and index them, quickly and with progress.

Records are written as the storage writes them, many in one round trip. The rest of a decision (threads, counters, the
audit log) is left out: it would take ten times as long, and lists and the index do not read it. The index is built by
the service's own job.
"""

import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

import redis

from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Decision, Signal
from comments.pseudonyms import digest, new_id
from comments.queue_ranking import index_outdated
from comments.storage.codec import dump_state, dump_submission, milliseconds
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from workers.filters import BUILT_IN
from workers.judging.policy import catalogue

BATCH, PROGRESS_SECONDS, DAYS = 500, 10.0, 40
SIGNALS = (
    "author.first",
    "links.some",
    "links.many",
    "shouting.capitals",
    "learned.spam",
    "profanity.word",
    "velocity.site",
)
ACTIONS = {"held": Action.HOLD, "approved": Action.APPROVE, "spam": Action.SPAM, "removed": Action.REMOVE}
TEXTS = ("the bread of our village", "Как интересно написано", "これは面白いです", "مقال جيد", "🎉🎉🎉")
VOCABULARY = [f"w{k}" for k in range(20_000)]


def fill(client: redis.Redis, keys: Keys, site: str, n: int, now: datetime, status: str) -> None:
    """Write `n` comments of a status, and mark them for the index."""
    written, last = 0, time.monotonic()
    for batch in _batches(_comments(n, site, now), BATCH):
        pipe = client.pipeline(transaction=False)
        rows = [_decided(comment, now, status) for comment in batch]
        pipe.mset({keys.comment(site, c.id): dump_state(c) + dump_submission(c) for c in rows})
        pipe.zadd(keys.status(site, status), {c.id: milliseconds(c.received) for c in rows})
        pipe.sadd(keys.index_outdated(site), *[c.id for c in rows])
        pipe.execute()
        written += len(rows)
        last = _report(last, f"{site}: {written:,} of {n:,} written")


def update_index(storage: Storage, totals: Mapping[str, int]) -> None:
    """Run the job that updates the index on each site, until nothing is left."""
    signals, last = catalogue(BUILT_IN), time.monotonic()
    for site, n in totals.items():
        indexed = 0
        while (some := index_outdated(storage, site, signals, BATCH)) or storage.queue_index.continue_upkeep(site):
            indexed += some
            last = _report(last, f"{site}: {indexed:,} of {n:,} indexed")


def _report(last: float, line: str) -> float:
    """Print a line of progress if the last one is some seconds old; return the time of the last one."""
    if time.monotonic() - last < PROGRESS_SECONDS:
        return last
    print(f"  {line}", flush=True)
    return time.monotonic()


def _comments(n: int, site: str, now: datetime) -> Iterator[Comment]:
    chance = random.Random(n)
    cumulated, total = [], 0.0
    for k in range(len(VOCABULARY)):
        cumulated.append(total := total + 1 / (k + 1))
    for k in range(n):
        words = " ".join(chance.choices(VOCABULARY, cum_weights=cumulated, k=60))
        yield Comment(
            id=new_id(), site=site, thread=f"https://blog.example/{int(chance.paretovariate(0.5)) % 3000}",
            received=now - timedelta(days=DAYS * chance.random()), author=f"Visitor {k % 50_000}",
            email=f"visitor{k % 50_000}@mail.example", identity=digest(f"visitor{k % 50_000}"),
            origin=digest(f"network{k % 20_000}"),
            content=f"{chance.choice(TEXTS)} {words} unique{k} https://shop{k % 900}.example/{k}",
        )  # fmt: skip


def _batches(every: Iterable[Comment], size: int) -> Iterator[Sequence[Comment]]:
    left = iter(every)
    while batch := list(islice(left, size)):
        yield batch


def _decided(comment: Comment, now: datetime, status: str) -> Comment:
    """Let the filters decide; people decide about a third, and about all that are removed."""
    chance = random.Random(comment.id)
    signals = tuple(Signal(s, 1.0, "seen", 1.0) for s in SIGNALS if chance.random() < 0.5)
    decided = min(now, comment.received + timedelta(minutes=chance.expovariate(1 / 120)))
    by_person = status == "removed" or (status != "held" and chance.random() < 0.3)
    first = "held" if by_person else status
    decision = Decision(
        ACTIONS[first], Status(first), Role.FILTERS, "filters", comment.received, "bench",
        score=round(chance.uniform(0, 8), 2), signals=signals, hold_at=3.0, spam_at=8.0,
    )  # fmt: skip
    after = comment.with_decision(decision)
    if not by_person:
        return after
    return after.with_decision(
        Decision(ACTIONS[status], Status(status), Role.MODERATOR, chance.choice(("mo", "ines")), decided)
    )
