"""Processor time of one request, of the shipped server and of others, in alternating rounds.

All servers run at the same time and wait while one of them is measured. The time is that of the server's processes and
of its Valkey; the program that sends the requests does not count.
"""

import http.client
import statistics
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from urllib.parse import quote

from bench.bench_site import (
    COMMENTS,
    COUNTS,
    PER_THREAD,
    REPLIES,
    SITE,
    bare_submissions,
    forms,
    isso_submissions,
    publish_threads,
    submissions,
    thread,
)
from bench.http_load import Request, send_requests
from bench.processor_time import measured_time
from bench.servers import Server, granian_wsgi, isso, isso_python, valkey, web_server
from comments.settings import Settings
from comments.storage.redis import connect, open_redis

#: More than any server here answers in a second.
MOST_A_SECOND = 20_000
COUNTED = 50
BARE = "bench.bare_app:app"
READ = f"{COMMENTS}?thread={quote(thread(0), safe='')}"
COUNT = f"{COUNTS}?" + "&".join(f"thread={quote(thread(n), safe='')}" for n in range(COUNTED))
ISSO_THREAD = "/?uri=%2Fhello"


@dataclass(frozen=True, slots=True)
class MeasuredServer:
    """A server and the processes whose time counts."""

    port: int
    pids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RequestKind:
    """Requests of one kind to one server. `make` takes a seed and the number of bodies."""

    server: MeasuredServer
    make: Callable[[int, int], Request]


def always(path: str, **headers: str) -> Callable[[int, int], Request]:
    """Return a maker of GET requests that are all the same."""
    request = Request(path, {name.replace("_", "-"): value for name, value in headers.items()})
    return lambda seed, n: request


def request_costs(rounds: int, seconds: float) -> dict[str, float]:
    """Return microseconds of processor time for a request of each kind: medians of the rounds."""
    with request_kinds() as kinds:
        return alternating(kinds, rounds, seconds)


def alternating(kinds: Mapping[str, RequestKind], rounds: int, seconds: float) -> dict[str, float]:
    found: dict[str, list[float]] = {name: [] for name in kinds}
    for turn in range(rounds + 1):
        for number, (name, kind) in enumerate(kinds.items()):
            length = seconds if turn else 1  # the first round warms up
            request = kind.make(turn * 1000 + number, round(MOST_A_SECOND * length))
            try:
                with measured_time(*kind.server.pids) as time:
                    answers = send_requests(kind.server.port, request, length)
            except RuntimeError as error:  # a round without errors follows, or there is no figure
                print(f"{name}, round {turn}: {error}", flush=True)
                continue
            found[name] += [time.seconds / answers * 1e6] if turn else []
    return {name: statistics.median(costs) for name, costs in found.items()}


@contextmanager
def request_kinds() -> Iterator[dict[str, RequestKind]]:
    with ExitStack() as servers:
        settings = servers.enter_context(filled_valkey(COUNTED))
        ours, flask_only, uncached = (
            with_valkey(servers.enter_context(web_server(settings, app)), settings)
            for app in ("", "bench.flask_only_app:app", "bench.uncached_app:app")
        )
        body, etag = get(ours.port, READ)
        peers = servers.enter_context(valkey())
        connect(peers).set("page", body)
        bare = with_valkey(servers.enter_context(web_server(peers, BARE)), peers)
        wsgi = with_valkey(servers.enter_context(granian_wsgi(peers, BARE)), peers)
        isso_server = servers.enter_context(isso(isso_python(), SITE.origins[0]))
        fill_isso(isso_server.port)
        theirs = MeasuredServer(isso_server.port, (isso_server.pid,))
        yield {
            "bare accept": RequestKind(bare, bare_submissions),
            "accept": RequestKind(ours, submissions),
            "bare accept, WSGI": RequestKind(wsgi, bare_submissions),
            "form": RequestKind(ours, forms),
            "Isso accept": RequestKind(theirs, isso_submissions),
            "bare read": RequestKind(bare, always("/page")),
            "read": RequestKind(ours, always(READ)),
            "304": RequestKind(ours, always(READ, If_None_Match=etag)),
            "read by Flask": RequestKind(flask_only, always(READ)),
            "cold read": RequestKind(uncached, always(READ)),
            "counts": RequestKind(ours, always(COUNT)),
            "Isso read": RequestKind(theirs, always(ISSO_THREAD)),
        }


@contextmanager
def filled_valkey(threads: int, fsync: str = "always") -> Iterator[Settings]:
    """Start a server with the site and published threads."""
    with valkey(fsync) as settings:
        storage = open_redis(settings)
        storage.sites.put(SITE)
        publish_threads(storage, 0, threads)
        yield settings


def with_valkey(server: Server, settings: Settings) -> MeasuredServer:
    return MeasuredServer(server.port, (server.pid, connect(settings).info("server")["process_id"]))


def get(port: int, path: str) -> tuple[bytes, str]:
    """Return body and ETag."""
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == 200, answer.status
        return answer.read(), answer.headers.get("ETag", "")


def fill_isso(port: int) -> None:
    """Store as many comments in a thread as ours has, with the same shape."""
    sent = replace(isso_submissions(0, PER_THREAD), path="/new?uri=%2Fhello")
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        last = "null"
        for n, body in enumerate(sent.bodies):
            parent = last if REPLIES[n % len(REPLIES)] else "null"
            connection.request("POST", sent.path, body[:-1] + f', "parent": {parent}}}', dict(sent.headers))
            answer = connection.getresponse().read()
            last = answer.split(b'"id":')[1].split(b",")[0].decode() if parent == "null" else last
