"""Measure queue pages of the service with very many comments in one status.

    python -m bench.queue [comments] [other sites] [comments of each] [status]

The comments are written in bulk and indexed by the service's own job. The status is held, approved, spam or removed.
Then a signed-in client requests each page through the whole service, on one thread. Prints wall-clock time, and the CPU
time of the service and of Valkey, which are also reliable on a busy machine. `indexing` is the time of the job that
updates the queue index. `longest command` is the longest time for which a command held Valkey; on a busy machine it
includes time in which Valkey did not run.
"""

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import redis
from flask.testing import FlaskClient

from bench.queue_fill import fill, update_index
from bench.servers import SECRET, valkey
from comments.person import Person
from comments.pseudonyms import Pseudonyms, digest, new_id, token_digest
from comments.settings import Settings
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.redis import connect, open_redis
from service import create_app
from service.deps import Deps

TIMES = 15

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


def sign_in(storage: Storage, client: FlaskClient, sites: list[str]) -> None:
    storage.people.put(Person("mo", dict.fromkeys(sites, "moderator")))
    token = new_id()
    storage.people.put_link(token_digest(token), "mo", 60)
    client.post(f"/link/{token}")


@dataclass(frozen=True)
class Stopwatch:
    """Measures a call in ms: wall-clock time, CPU time of the service, CPU time of Valkey."""

    server: redis.Redis

    def times(self) -> tuple[float, float, float]:
        used = self.server.info("cpu")
        valkey_cpu = float(used["used_cpu_user"]) + float(used["used_cpu_sys"])
        return time.perf_counter() * 1000, time.process_time() * 1000, valkey_cpu * 1000

    def ms(self, ask: Callable[[], object]) -> tuple[float, ...]:
        before = self.times()
        ask()
        return tuple(end - begin for begin, end in zip(before, self.times(), strict=True))


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
        wall, service, server = (statistics.median(column) for column in zip(*times, strict=True))
        both = [own + valkey_cpu for _, own, valkey_cpu in times]
        cpu = f"CPU {statistics.median(both):5.1f} ms ({service:.1f} + {server:.1f}), worst {max(both):5.1f}"
        print(f"  {name:<22} {cpu}; wall {wall:4.0f} ms", flush=True)


def index_all(storage: Storage, stopwatch: Stopwatch, totals: dict[str, int], status: str) -> None:
    """Build the index of each site, and print what it takes."""
    total, before = sum(totals.values()), storage.server.figures()["memory_bytes"]
    stopwatch.server.config_set("slowlog-log-slower-than", 1000)
    stopwatch.server.slowlog_reset()
    wall, own, server = stopwatch.ms(partial(update_index, storage, totals))
    grown = storage.server.figures()["memory_bytes"] - before
    each = [ms / total * 1000 for ms in (wall, own, server)]
    print(f"{total:,} {status}; indexing takes {each[0]:.0f} µs each, CPU {each[1]:.0f} + {each[2]:.0f} µs")
    print(f"and {grown / total:,.0f} bytes each")
    print_longest(stopwatch.server)


def print_longest(server: redis.Redis) -> None:
    """Print the five longest commands since the last call, each with its name or that of its script."""
    slow = sorted(server.slowlog_get(128), key=lambda entry: -entry["duration"])[:5]
    longest = (f"{entry['duration'] / 1000:.1f} ms {entry['command'][:14].decode()}" for entry in slow)
    print(f"longest commands: {', '.join(longest) or 'less than 1 ms'}")
    server.slowlog_reset()


def client_of(settings: Settings, storage: Storage, now: datetime, sites: list[str]) -> FlaskClient:
    client = create_app(Deps(settings, storage, NoJobs(), Pseudonyms(SECRET), lambda: now)).test_client()
    sign_in(storage, client, sites)
    return client


def main(n: int = 100_000, sites: int = 5, each: int = 20_000, status: str = "held") -> None:
    now = datetime.now(UTC)
    with valkey(fsync="no") as settings:
        storage, server = open_redis(settings), connect(settings)
        totals = {"one": n, **{f"site{k}": each for k in range(sites)}}
        for name, size in totals.items():
            storage.sites.put(Site(name, name.title(), now))
            fill(server, Keys(settings.prefix), name, size, now, status)
        stopwatch = Stopwatch(server)
        index_all(storage, stopwatch, totals, status)
        client = client_of(settings, storage, now, list(totals))
        print(f"one site with {n:,}:")
        ask_all(stopwatch, client, "/review/one", status, now)
        if sites:
            print(f"all {len(totals)} sites with {sum(totals.values()):,}:")
            ask_all(stopwatch, client, "/review/all", status, now)
        print_longest(server)


if __name__ == "__main__":
    given = [int(argument) if argument.isdigit() else argument for argument in sys.argv[1:]]
    main(**dict(zip(("n", "sites", "each", "status"), given, strict=False)))  # type: ignore[arg-type]
