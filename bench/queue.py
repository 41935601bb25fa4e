"""Measure queue pages of the service with very many comments in one status.

    python -m bench.queue [comments] [other sites] [comments of each] [status]

Comments are accepted, decided and indexed through the storage. The status is held, approved, spam or removed. Then a
signed-in client requests each page through the whole service, on one thread. Prints wall-clock time, and the CPU time
of the service and Valkey together, which is also reliable on a busy machine. `indexing` is the time of the background
job that updates the queue index, and `longest command` the longest time for which one of its steps held Valkey.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice

import redis
from flask.testing import FlaskClient

from bench.servers import SECRET, valkey
from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Decision, Signal
from comments.person import Person
from comments.pseudonyms import Pseudonyms, digest, new_id, token_digest
from comments.queue_ranking import index_outdated
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.redis import connect, open_redis
from comments.storage.values import Admission, CommentChange
from service import create_app
from service.deps import Deps
from workers.filters import BUILT_IN
from workers.judging.policy import catalogue

TIMES = 15
BATCH, THREADS = 100, 8
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
DAYS = 40

#: Pages to request: a name and the query string.
PAGES = {
    "default order": "",
    "oldest": "?order=oldest",
    "newest": "?order=newest",
    "highest score": "?order=points",
    "page two": "?cursor={two}",
    "page fifty": "?cursor={fifty}",
    "signal, half of all": "?signal=links.some",
    "signal and script": "?signal=links.many&script=cyrillic",
    "script, a fifth of all": "?script=latin",
    "thread": "?thread=https://blog.example/7",
    "author of few": "?author=Visitor+77",
    "links to": "?domain=shop7.example",
    "age: today": "?age=today",
    "age: older": "?age=older&order=newest",
    "word in all": "?q=visitor",
    "word in some": "?q=w100",
    "word in one": "?q=unique77",
    "beginning": "?q=w1*",
    "author's name": "?q=visitor+77",
    "e-mail": "?q=visitor77@mail.example",
    "network": f"?q=origin:{digest('network77')}",
    "link domain": "?q=link:shop7.example",
    "nothing found": "?q=nowhere",
    "received from": "?received_from={day}",
}
#: Further pages of statuses other than held.
DECIDED_PAGES = {
    "latest decision": "?order=decided",
    "decided by a person": "?by=ines",
    "automatic": "?by=automatic&order=points",
    "decided and word": "?decision_age=today&q=w5",
    "all statuses": "?status=all",
    "word in all statuses": "?status=all&q=w100",
}


class NoJobs:
    def enqueue(self, job: str, site: str, token: str = "") -> None:
        """Do nothing: the benchmark updates the index itself."""


def comments(n: int, site: str, now: datetime) -> Iterator[Comment]:
    chance = random.Random(n)
    vocabulary = [f"w{k}" for k in range(20_000)]
    weights = [1 / (k + 1) for k in range(20_000)]
    for k in range(n):
        words = " ".join(chance.choices(vocabulary, weights, k=60))
        yield Comment(
            id=new_id(), site=site, thread=f"https://blog.example/{int(chance.paretovariate(0.5)) % 3000}",
            received=now - timedelta(days=DAYS * chance.random()), author=f"Visitor {k % 50_000}",
            email=f"visitor{k % 50_000}@mail.example", identity=digest(f"visitor{k % 50_000}"),
            origin=digest(f"network{k % 20_000}"),
            content=f"{chance.choice(TEXTS)} {words} unique{k} https://shop{k % 900}.example/{k}",
        )  # fmt: skip


def decide_all(storage: Storage, site: str, n: int, now: datetime, status: str) -> None:
    """Accept and decide the comments in several threads, because a round trip is mostly waiting."""
    every = comments(n, site, now)
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in pool.map(partial(decide_some, storage, site, now, n, status), batches(every, BATCH)):
            pass


def batches(every: Iterable[Comment], size: int) -> Iterator[list[Comment]]:
    left = iter(every)
    while batch := list(islice(left, size)):
        yield batch


def decide_some(storage: Storage, site: str, now: datetime, n: int, status: str, batch: list[Comment]) -> None:
    """Let the filters decide; people decide about a third, and about all that are removed."""
    chance, changes = random.Random(batch[0].id), []
    for comment in batch:
        storage.comments.accept(comment, Admission(fingerprint=comment.id, max_pending=n + 1))
        signals = tuple(Signal(s, 1.0, "seen", 1.0) for s in SIGNALS if chance.random() < 0.5)
        by_person = status == "removed" or (status != "held" and chance.random() < 0.3)
        first = "held" if by_person else status
        decision = Decision(
            ACTIONS[first], Status(first), Role.FILTERS, "filters", now, "bench",
            score=round(chance.uniform(0, 8), 2), signals=signals, hold_at=3.0, spam_at=8.0,
        )  # fmt: skip
        after = comment.with_decision(decision)
        if by_person:
            person = Decision(ACTIONS[status], Status(status), Role.MODERATOR, chance.choice(("mo", "ines")), now)
            after = after.with_decision(person)
        changes.append(CommentChange(comment, after))
    storage.comments.decide(site, changes)


def update_index(storage: Storage, site: str) -> None:
    while index_outdated(storage, site, catalogue(BUILT_IN), BATCH) or storage.queue_index.continue_upkeep(site):
        pass


def sign_in(storage: Storage, client: FlaskClient, sites: list[str]) -> None:
    storage.people.put(Person("mo", dict.fromkeys(sites, "moderator")))
    token = new_id()
    storage.people.put_link(token_digest(token), "mo", 60)
    client.post(f"/link/{token}")


@dataclass(frozen=True)
class Stopwatch:
    """Measures a call in ms of wall-clock time and CPU time."""

    server: redis.Redis

    def cpu(self) -> float:
        used = self.server.info("cpu")
        return (time.process_time() + float(used["used_cpu_user"]) + float(used["used_cpu_sys"])) * 1000

    def ms(self, ask: Callable[[], object]) -> tuple[float, float]:
        cpu, began = self.cpu(), time.perf_counter()
        ask()
        wall = (time.perf_counter() - began) * 1000
        return wall, self.cpu() - cpu


def get(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path} returned {answer.status}")


def cursor_of(client: FlaskClient, path: str, page: int) -> str:
    """Return the cursor of a page by following the links to the next page, which are the last links."""
    cursor = ""
    for _ in range(page - 1):
        text = client.get(f"{path}{'&' if '?' in path else '?'}cursor={cursor}" if cursor else path).text
        cursor = text.rpartition("cursor=")[2].partition('"')[0].partition("&")[0]
    return cursor


def ask_all(stopwatch: Stopwatch, client: FlaskClient, path: str, status: str, now: datetime) -> None:
    listed = f"{path}?status={status}" if status != "held" else path
    values = {"two": cursor_of(client, listed, 2), "fifty": cursor_of(client, listed, 50)}
    values["day"] = f"{now - timedelta(days=20):%Y-%m-%d}"
    for name, query in (PAGES if status == "held" else PAGES | DECIDED_PAGES).items():
        address = path + query.format(**values)
        if status != "held" and "status=" not in query:
            address += f"{'&' if '?' in address else '?'}status={status}"
        times = [stopwatch.ms(partial(get, client, address)) for _ in range(TIMES)]
        (wall, worst), (cpu, most) = ((statistics.median(t), max(t)) for t in zip(*times, strict=True))
        print(f"  {name:<22} median {wall:4.0f} ms, worst {worst:4.0f}; CPU {cpu:4.0f} ms, worst {most:4.0f}")


def main(n: int = 100_000, sites: int = 5, each: int = 20_000, status: str = "held") -> None:
    now = datetime.now(UTC)
    with valkey(fsync="no") as settings:
        storage = open_redis(settings)
        names = ["one", *(f"site{k}" for k in range(sites))]
        for name in names:
            storage.sites.put(Site(name, name.title(), now))
            decide_all(storage, name, n if name == "one" else each, now, status)
        total = n + sites * each
        stopwatch, before = Stopwatch(connect(settings)), storage.server.figures()["memory_bytes"]
        stopwatch.server.config_set("slowlog-log-slower-than", 1000)
        stopwatch.server.slowlog_reset()
        wall, cpu = stopwatch.ms(lambda: [update_index(storage, name) for name in names])
        grown = storage.server.figures()["memory_bytes"] - before
        each_wall, each_cpu = (ms / total * 1000 for ms in (wall, cpu))
        longest = max((entry["duration"] for entry in stopwatch.server.slowlog_get(128)), default=0) / 1000
        print(f"{total:,} {status}; indexing takes {each_wall:.0f} µs each, CPU {each_cpu:.0f} µs")
        print(f"longest command {longest:.1f} ms")
        print(f"and {grown / total:,.0f} bytes each")
        client = create_app(Deps(settings, storage, NoJobs(), Pseudonyms(SECRET), lambda: now)).test_client()
        sign_in(storage, client, names)
        print(f"one site with {n:,}:")
        ask_all(stopwatch, client, "/review/one", status, now)
        if sites:
            print(f"all {len(names)} sites with {total:,}:")
            ask_all(stopwatch, client, "/review/all", status, now)


if __name__ == "__main__":
    given = [int(argument) if argument.isdigit() else argument for argument in sys.argv[1:]]
    main(**dict(zip(("n", "sites", "each", "status"), given, strict=False)))  # type: ignore[arg-type]
