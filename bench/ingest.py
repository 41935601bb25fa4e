"""The whole service at work: what a comment costs until its webhook is delivered, and how soon it is decided."""

import http.client
import json
import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bench.bench_site import SITE, submissions
from bench.http_load import send_requests
from bench.processor_time import measured_time
from bench.request_costs import MOST_A_SECOND
from bench.servers import environment, free_port, process, until, valkey, web_server
from comments.settings import Settings
from comments.site import Webhook
from comments.storage.interfaces import Storage
from comments.storage.redis import connect, open_redis

PARTS = ("judge", "judge", "background", "delivery", "sweep")


@dataclass(frozen=True, slots=True)
class RunningService:
    """All parts of the service, and Valkey. `pids` has the name of each part."""

    port: int
    pids: Mapping[str, tuple[int, ...]]
    storage: Storage
    settings: Settings


@contextmanager
def running_service() -> Iterator[RunningService]:
    """Start what `replygate up` starts, with a webhook for every comment that is published."""
    receiver = free_port()
    with ExitStack() as parts:
        settings = parts.enter_context(valkey())
        hook = Webhook("hook", f"http://127.0.0.1:{receiver}/hook", datetime.now(UTC), ("k1",), ("published",))
        storage = open_redis(settings)
        storage.sites.put(replace(SITE, webhooks=(hook,)))
        allowed = {"REPLYGATE_WEBHOOK_HTTP_ALLOW": f"127.0.0.1:{receiver}"}
        parts.enter_context(process("bench.receiver", str(receiver), env=environment(settings)))
        env = environment(settings, **allowed)
        pids: dict[str, tuple[int, ...]] = {}
        for part in PARTS:
            started = parts.enter_context(process("workers.start", part, env=env))
            pids[part] = (*pids.get(part, ()), started.pid)
        web = parts.enter_context(web_server(settings, **allowed))
        until(lambda: len(storage.heartbeats.alive("judge")) == PARTS.count("judge"))
        store = connect(settings).info("server")["process_id"]
        yield RunningService(web.port, {"web": (web.pid,), **pids, "valkey": (store,)}, storage, settings)


def sustained_cost(service: RunningService, seconds: float) -> float:
    """Return microseconds of all processes for a comment: accepted, judged, learned from, delivered."""
    with measured_time(*(pid for pids in service.pids.values() for pid in pids)) as time:
        n = send_and_wait(service, 1, seconds)
    return time.seconds / n * 1e6


def send_and_wait(service: RunningService, seed: int, seconds: float) -> int:
    """Send comments for some seconds, and wait until all are decided and delivered. Return their number."""
    n = send_requests(service.port, submissions(seed, round(MOST_A_SECOND * seconds)), seconds)
    until(lambda: service.storage.queue.depth(SITE.id).queued == 0)
    wait_until_delivered(service.storage)
    return n


def wait_until_delivered(storage: Storage) -> None:
    """Wait until no event and no delivery is left, nor a comment to index or to learn from."""
    site = SITE.id
    while (
        storage.outbox.length(site)
        or storage.deliveries.figures(site).pending
        or not storage.queue_index.is_complete(site)
        or storage.corpus.due(site, 1)
    ):
        time.sleep(0.1)


def decision_seconds(service: RunningService, n: int) -> tuple[float, float]:
    """Return median and 99th percentile of the time from sending a comment to its decision, one after the other."""
    request, waits = submissions(2, n), list[float]()
    connecting = closing(http.client.HTTPConnection("127.0.0.1", service.port))
    with connecting as connection, service.storage.announcements.listen() as next_decided:
        for body in request.bodies:
            begun = time.perf_counter()
            connection.request("POST", request.path, body, dict(request.headers))
            id, decided = json.load(connection.getresponse())["id"], set[str]()
            while id not in decided:
                decided |= next_decided(10)
            waits.append(time.perf_counter() - begun)
    return statistics.median(waits), statistics.quantiles(waits, n=100)[98]
