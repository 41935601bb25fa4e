"""Measure threads read and comments accepted per second: Replygate, a bare Flask route, and Isso.

    python -m bench.reading [--requests 2000] [--rounds 3]

All three run on one machine, in one run. Reading: a thread of 50 replies, two processes of four threads each, eight
connections. The bare route returns the same bytes from one GET. Submitting: Valkey writes to disk before each response
(appendfsync always), Isso commits to SQLite. Isso is installed on demand into its own environment under var/.
"""

import argparse
import http.client
import json
import random
import statistics
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from bench.load import Load, send
from bench.servers import isso, isso_python, valkey, web
from bench.text import sentence
from bench.throughput import CHARACTERS, CONNECTIONS, SITE
from bench.throughput import body as our_body
from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Decision
from comments.pseudonyms import new_id
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.redis import connect, open_redis
from comments.storage.values import Admission, CommentChange

ORIGIN, PAGE = "https://bench.example", "/2026/hello-world"
THREAD = ORIGIN + PAGE
REPLIES = 50
#: Two of five comments reply to the comment before.
ANSWERS = (False, False, True, False, True)
OURS = f"/v1/sites/{SITE.id}"
QUERY = f"?thread={quote(THREAD, safe='')}"
FIRST_RECEIVED = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Target:
    """A request to measure. A `slower` one gets a tenth of the requests."""

    name: str
    path: str
    status: int = 200
    headers: str = ""
    body: Callable[[int, int], bytes] | None = None
    slower: bool = False


def text(n: int) -> str:
    return sentence(random.Random(n), CHARACTERS)


def publish(storage: Storage) -> None:
    parent = ""
    for n in range(REPLIES):
        comment = Comment(
            id=new_id(),
            site=SITE.id,
            thread=THREAD,
            received=FIRST_RECEIVED + timedelta(minutes=n),
            parent=parent if ANSWERS[n % len(ANSWERS)] else "",
            author=f"Reader {n}",
            email=f"reader{n}@example.org",
            content=text(n),
        )
        storage.comments.accept(comment, Admission(fingerprint=comment.id))
        after = comment.with_decision(
            Decision(Action.APPROVE, Status.APPROVED, Role.FILTERS, "filters", comment.received)
        )
        storage.comments.decide(SITE.id, [CommentChange(comment, after)])
        parent = comment.id


def get(port: int, path: str) -> tuple[bytes, str]:
    """Return body and ETag."""
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.read(), answer.headers.get("ETag", "")


def measured(port: int, target: Target, requests: int) -> float:
    """Return responses per second, after a warm-up with a tenth of the requests."""
    each = max(10, requests // CONNECTIONS // (10 if target.slower else 1))
    load = Load("127.0.0.1", port, target.path, headers=target.headers, connections=CONNECTIONS, requests=each)
    if target.body:
        load = replace(load, body=target.body)
    send(replace(load, requests=each // 10 + 1, first=each))
    report = send(load)
    assert set(report.statuses) == {target.status}, report.statuses
    return report.rate


@contextmanager
def ours(settings: Settings) -> Iterator[tuple[int, list[Target]]]:
    with web("service.wsgi:app", settings) as port:
        body, etag = get(port, f"{OURS}/comments{QUERY}")
        assert json.loads(body)["total"] == REPLIES
        connect(settings).set("page", body)
        yield (
            port,
            [
                Target("ours", f"{OURS}/comments{QUERY}"),
                Target("ours, 304", f"{OURS}/comments{QUERY}", 304, f"If-None-Match: {etag}\r\n"),
                Target("ours, HTML", f"{OURS}/comments.html{QUERY}"),
                Target("ours, feed", f"{OURS}/feed.atom{QUERY}"),
            ],
        )


@contextmanager
def bare(settings: Settings) -> Iterator[tuple[int, list[Target]]]:
    with web("bench.naive:app", settings) as port:
        yield port, [Target("bare Flask", "/page")]


def isso_body(c: int, n: int) -> bytes:
    """Return the submission of `bench.throughput.body` with Isso's field names."""
    sent = json.loads(our_body(c, n))
    return json.dumps(
        {"text": sent["content"], "author": sent["author"], "email": sent["email"], "title": "x"}
    ).encode()


@contextmanager
def theirs() -> Iterator[tuple[int, list[Target]]]:
    with isso(isso_python(), ORIGIN) as port, closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        last = 0
        for n in range(REPLIES):
            reply: Mapping[str, object] = {"parent": last} if ANSWERS[n % len(ANSWERS)] else {}
            sent = {"text": text(n), "author": f"Reader {n}", "email": f"r{n}@example.org", "title": "Hello", **reply}
            headers = {"Content-Type": "application/json", "Origin": ORIGIN}
            connection.request("POST", f"/new?uri={quote(PAGE)}", json.dumps(sent), headers)
            last = json.load(connection.getresponse())["id"]
        listed = json.loads(get(port, f"/?uri={quote(PAGE)}")[0])
        assert sum(1 + r["total_replies"] for r in listed["replies"]) == REPLIES, listed["total_replies"]
        yield port, [Target("Isso", f"/?uri={quote(PAGE)}", slower=True)]


def reading(requests: int, rounds: int) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {}
    with valkey() as settings:
        storage = open_redis(settings)
        storage.sites.put(replace(SITE, origins=(ORIGIN,)))
        publish(storage)
        for _ in range(rounds):  # alternating, so that a slow minute of the machine affects all
            for server in (lambda: ours(settings), lambda: bare(settings), theirs):
                with server() as (port, targets):
                    for target in targets:
                        rates.setdefault(target.name, []).append(measured(port, target, requests))
    return rates


def submitting(requests: int, rounds: int) -> dict[str, list[float]]:
    us = Target("ours", f"{OURS}/comments", 202, body=our_body)
    them = Target("Isso", f"/new?uri={quote(PAGE)}", 201, f"Origin: {ORIGIN}\r\n", isso_body, slower=True)
    rates: dict[str, list[float]] = {us.name: [], them.name: []}
    for _ in range(rounds):
        with valkey() as settings:
            open_redis(settings).sites.put(SITE)
            with web("service.wsgi:app", settings) as port:
                rates[us.name].append(measured(port, us, requests))
        with isso(isso_python(), ORIGIN) as port:
            rates[them.name].append(measured(port, them, requests))
    return rates


def show(rates: Mapping[str, list[float]], *others: str) -> None:
    medians = {name: statistics.median(found) for name, found in rates.items()}
    for name, rate in medians.items():
        ratios = "".join(f"   {rate / medians[other]:6.2f} x {other}" for other in others if other != name)
        print(f"  {name:12} {rate:8.0f} per second{ratios if name.startswith('ours') else ''}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    isso_python()
    print(f"reading {REPLIES} replies")
    show(reading(args.requests, args.rounds), "bare Flask", "Isso")
    print("submitting, written to disk")
    show(submitting(args.requests, args.rounds), "Isso")


if __name__ == "__main__":
    main()
