"""How long the service takes for a queue page when very many comments are held.

    python -m bench.queue [held comments] [sites]

Comments are accepted, held and filed through storage; then each page is asked for, signed in, through the whole
service on one thread. `filing` is what the errand that keeps the index takes, and what it costs memory.
"""

import random
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient

from bench.servers import SECRET, valkey
from comments.filing import catch_up
from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Decision, Person, Signal, Site
from comments.pseudonyms import Pseudonyms, digest, new_id, token_digest
from comments.storage import Admission, Change, Storage
from comments.storage.redis import open_redis
from service import create_app
from service.deps import Deps

TIMES = 15
BATCH = 200
SIGNALS = (
    "author.first",
    "links.some",
    "links.many",
    "shouting.capitals",
    "bayes.spam",
    "profanity.word",
    "velocity.site",
)
TEXTS = ("the bread of our village", "Как интересно написано", "これは面白いです", "مقال جيد", "🎉🎉🎉")
DAYS = 40

#: What is asked for: a name and the rest of the address.
PAGES = {
    "most useful first": "",
    "oldest": "?order=oldest",
    "newest": "?order=newest",
    "highest score": "?order=points",
    "page two": "?cursor={cursor}",
    "signal, half of all": "?signal=links.some",
    "signal and script": "?signal=links.many&script=cyrillic",
    "thread": "?thread=https://blog.example/7",
    "author of one": "?author=Visitor+77",
    "age: older": "?age=older&order=newest",
    "word in all": "?q=visitor",
    "word in some": "?q=w100",
    "word in one": "?q=unique77",
    "beginning": "?q=w1*",
    "link domain": "?q=domain:shop7.example",
    "e-mail": "?q=visitor77@mail.example",
    "nothing found": "?q=nowhere",
}


class NoJobs:
    def ask(self, job: str, site: str, token: str = "") -> None:
        """The index is filed by hand here."""


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


def hold(storage: Storage, site: str, n: int, now: datetime) -> None:
    chance, batch = random.Random(1), []
    for comment in comments(n, site, now):
        storage.comments.accept(comment, Admission(fingerprint=comment.id, max_pending=n + 1))
        signals = tuple(Signal(s, 1.0, "seen", 1.0) for s in SIGNALS if chance.random() < 0.5)
        decision = Decision(
            Action.HOLD, Status.HELD, Role.FILTERS, "filters", now, "bench",
            score=round(chance.uniform(0, 8), 2), signals=signals, hold_at=3.0, spam_at=8.0,
        )  # fmt: skip
        batch.append(Change(comment, comment.decided(decision)))
        if len(batch) == BATCH:
            storage.comments.decide(site, batch)
            batch = []
    storage.comments.decide(site, batch)


def file(storage: Storage, site: str) -> None:
    while catch_up(storage, site):
        pass


def signed_in(storage: Storage, client: FlaskClient, sites: list[str]) -> None:
    storage.people.put(Person("mo", dict.fromkeys(sites, "moderator")))
    token = new_id()
    storage.people.put_link(token_digest(token), "mo", 60)
    client.post(f"/link/{token}")


def ms(client: FlaskClient, path: str) -> tuple[float, float]:
    """Median and worst of some answers."""
    spent = []
    for _ in range(TIMES):
        began = time.perf_counter()
        answer = client.get(path)
        spent.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{path} is answered with {answer.status}")
    return statistics.median(spent), max(spent)


def cursor_of(client: FlaskClient, path: str) -> str:
    return client.get(path).text.partition("cursor=")[2].partition('"')[0].partition("&")[0]


def ask_all(client: FlaskClient, path: str) -> None:
    cursor = cursor_of(client, path)
    for name, query in PAGES.items():
        median, worst = ms(client, path + query.format(cursor=cursor))
        print(f"  {name:<22} median {median:5.1f} ms, worst {worst:5.1f} ms")


def main(n: int = 100_000, sites: int = 10) -> None:
    now = datetime.now(UTC)
    with valkey(fsync="no") as settings:
        storage = open_redis(settings)
        names = ["one", *(f"site{k}" for k in range(sites))]
        for name in names:
            storage.sites.put(Site(name, name.title(), now))
            hold(storage, name, n if name == "one" else n // sites, now)
        before, began = storage.server.figures()["memory_bytes"], time.perf_counter()
        for name in names:
            file(storage, name)
        spent, grown = time.perf_counter() - began, storage.server.figures()["memory_bytes"] - before
        print(f"{2 * n:,} held; filing: {spent / n / 2 * 1e6:.0f} µs and {grown / n / 2:,.0f} bytes each")
        client = create_app(Deps(settings, storage, NoJobs(), Pseudonyms(SECRET), lambda: now)).test_client()
        signed_in(storage, client, names)
        print(f"one site with {n:,}:")
        ask_all(client, "/review/one")
        print(f"all {len(names)} sites with {2 * n:,}:")
        ask_all(client, "/review/all")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
