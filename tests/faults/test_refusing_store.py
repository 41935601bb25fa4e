"""A Valkey that runs but refuses: full, read-only, without a primary, without rights, or not there yet."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from comments.errors import StorageDown
from comments.job_queue import JUDGE, RQJobs
from comments.pseudonyms import Pseudonyms
from comments.storage.interfaces import Storage
from comments.storage.notes_and_bulks import Note
from comments.storage.redis import connect, open_redis
from replygate.embedded_valkey import Embedded, start
from service import create_app
from service.deps import Deps
from tests.support.builders import SECRET, a_site, accepted, settings
from tests.support.running_service import running_service
from tests.support.wait import wait_until
from workers.deps import now

ROOT = Path(__file__).parents[2]
MB = 1024 * 1024


@pytest.fixture
def directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="rgr") as path:
        yield Path(path)


@pytest.fixture
def server(directory: Path) -> Iterator[Embedded]:
    running = start(directory, fsync="everysec")
    yield running
    os.kill(running.process.pid, signal.SIGCONT)
    running.stop()


@pytest.fixture
def store(server: Embedded) -> Storage:
    opened = open_redis(settings(redis_url=server.url))
    opened.sites.put(a_site(moderation="suspicious", per_minute=0))
    return opened


@pytest.fixture
def client(server: Embedded) -> FlaskClient:
    to = settings(redis_url=server.url, ops_token="t" * 40)
    return create_app(Deps(to, open_redis(to), RQJobs(connect(to)), Pseudonyms(SECRET), now)).test_client()


@pytest.fixture
def processes(directory: Path) -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """Start processes. Each writes its messages to a file "N.log"."""
    numbers = count()
    with ExitStack() as stack:

        def run(module: str, *words: str, **chosen: object) -> "subprocess.Popen[bytes]":
            command = [sys.executable, "-m", f"tests.integration.{module}", *words, json.dumps(chosen)]
            with (directory / f"{next(numbers)}.log").open("wb") as log:
                process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        yield run


def fill(url: str) -> None:
    """Lower the memory limit below the memory in use."""
    connect(settings(redis_url=url)).config_set("maxmemory", 1)


def become_replica(url: str) -> None:
    connect(settings(redis_url=url)).replicaof("127.0.0.1", "1")


def lose_primary(url: str) -> None:
    connect(settings(redis_url=url)).config_set("replica-serve-stale-data", "no")
    become_replica(url)


def require_replicas(url: str) -> None:
    connect(settings(redis_url=url)).config_set("min-replicas-to-write", 1)


def forbid_writes(url: str) -> None:
    connect(settings(redis_url=url)).acl_setuser("default", categories=["-@write"])


def repair(url: str) -> None:
    valkey = connect(settings(redis_url=url))
    valkey.config_set("maxmemory", 0)
    valkey.config_set("min-replicas-to-write", 0)
    valkey.replicaof("NO", "ONE")


FAULTS = (fill, become_replica, lose_primary, require_replicas, forbid_writes)


def submission(n: int = 0) -> dict[str, str]:
    return {"thread": "t", "author": "Ada", "email": "a@example.org", "content": f"It rained on day {n} of our trip."}


def problems(client: FlaskClient) -> tuple[int, list[str]]:
    answer = client.get("/readyz", headers={"Authorization": f"Bearer {'t' * 40}"})
    return answer.status_code, (answer.json or {})["problems"] or []


def status_of(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def has_claimed(store: Storage, before: int) -> bool:
    return store.comments.counters("blog").attempts > before


@pytest.mark.parametrize("fault", FAULTS)
def test_a_server_that_refuses_writes_gives_503_with_retry_after(
    fault: Callable[[str], None], server: Embedded, store: Storage, client: FlaskClient
) -> None:
    assert client.post("/v1/sites/blog/comments", json=submission()).status_code == 202
    fault(server.url)
    refused = client.post("/v1/sites/blog/comments", json=submission(1))
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) >= 1


@pytest.mark.parametrize("fault", FAULTS)
def test_a_server_that_refuses_writes_is_not_ready(
    fault: Callable[[str], None], server: Embedded, store: Storage, client: FlaskClient
) -> None:
    fault(server.url)
    status, sentences = problems(client)
    assert status == 503
    assert any("refuses to write" in s or "does not answer" in s for s in sentences), sentences


@pytest.mark.parametrize("fault", [fill, become_replica, require_replicas])
def test_every_store_names_the_fault_without_the_values_of_the_command(
    fault: Callable[[str], None], server: Embedded, store: Storage
) -> None:
    fault(server.url)
    with pytest.raises(StorageDown) as failed:
        store.notes.add("blog", "some-comment", Note("mo", now(), "a private note"))
    assert "private" not in str(failed.value)


def test_new_comments_are_refused_from_70_percent_of_the_memory_limit(
    server: Embedded, store: Storage, client: FlaskClient
) -> None:
    first = client.post("/v1/sites/blog/comments", json=submission(), headers={"Idempotency-Key": "k"})
    used = connect(settings(redis_url=server.url)).info("memory")["used_memory"]
    connect(settings(redis_url=server.url)).config_set("maxmemory", int(used / 0.75))
    days = count(1)
    wait_until(lambda: client.post("/v1/sites/blog/comments", json=submission(next(days))).status_code == 503)
    refused = client.post("/v1/sites/blog/comments", json=submission(next(days)))
    assert (refused.json or {})["type"] == "urn:replygate:busy"
    assert int(refused.headers["Retry-After"]) >= 1
    repeated = client.post("/v1/sites/blog/comments", json=submission(), headers={"Idempotency-Key": "k"})
    assert repeated.status_code == 202
    assert repeated.json == first.json
    assert any("70%" in sentence for sentence in problems(client)[1])


def test_judge_delivery_and_sweep_wait_while_the_server_refuses(
    directory: Path, processes: Callable[..., "subprocess.Popen[bytes]"]
) -> None:
    faults = (fill, become_replica, require_replicas)
    parts = ("judge", "delivery", "sweep")
    with ExitStack() as servers:  # one for each fault, at the same time, because each takes some seconds
        urls, running = [], []
        for fault in faults:
            (directory / fault.__name__).mkdir(mode=0o700)
            server = start(directory / fault.__name__, fsync="everysec")
            servers.callback(server.stop)
            urls.append(server.url)
            running += [processes("one_worker", queue, redis_url=server.url) for queue in ("judge", "delivery")]
            running.append(processes("one_sweep", redis_url=server.url))
        stores = [open_redis(settings(redis_url=url)) for url in urls]
        comments = []
        for store in stores:
            store.sites.put(a_site(moderation="suspicious", per_minute=0))
            wait_until(lambda store=store: all(store.heartbeats.alive(part) for part in parts), "all parts run")
            comments.append([accepted(store, content=f"Number {n}: it rained on the day we left.") for n in range(20)])
        for fault, url in zip(faults, urls, strict=True):
            fault(url)
            RQJobs(connect(settings(redis_url=url))).enqueue(JUDGE, "blog", "token")
        with pytest.raises(AssertionError):  # longer than RQ waits for a job, so that each part meets the fault
            wait_until(lambda: any(process.poll() is not None for process in running), seconds=8)
        for url, store, sent in zip(urls, stores, comments, strict=True):
            repair(url)
            wait_until(lambda store=store: store.queue.depth("blog").queued == 0, "all comments are decided")
            assert len(store.comments.load("blog", [c.id for c in sent])) == 20
        assert [process.poll() for process in running] == [None] * 9


def test_parts_that_find_no_server_wait_for_it(
    directory: Path, processes: Callable[..., "subprocess.Popen[bytes]"]
) -> None:
    first = start(directory, fsync="everysec")
    url = first.url
    first.stop()
    running = [processes("one_worker", queue, redis_url=url) for queue in ("judge", "delivery")]
    running.append(processes("one_sweep", redis_url=url))
    logs = [directory / f"{n}.log" for n in range(len(running))]
    wait_until(lambda: all("the server is unavailable" in log.read_text() for log in logs), "all parts wait")
    second = start(directory, fsync="everysec")
    try:
        store = open_redis(settings(redis_url=url))
        parts = ("judge", "delivery", "sweep")
        wait_until(lambda: all(store.heartbeats.alive(part) for part in parts), "all parts run")
        assert [process.poll() for process in running] == [None] * 3
    finally:
        for process in running:
            process.kill()
        second.stop()


def test_a_web_server_that_finds_no_server_waits_for_it(directory: Path) -> None:
    first = start(directory, fsync="everysec")
    first.stop()
    with running_service(first.url) as url:
        assert status_of(f"{url}/v1/sites/blog/comments?thread=t") == 503
        second = start(directory, fsync="everysec")
        try:
            wait_until(lambda: status_of(f"{url}/v1/sites/blog/comments?thread=t") == 404, "there is no site yet")
        finally:
            second.stop()


def test_a_stall_leaves_no_batch_to_its_lease(
    server: Embedded, store: Storage, processes: Callable[..., "subprocess.Popen[bytes]"]
) -> None:
    processes("one_worker", "judge", redis_url=server.url, lease=60.0)
    processes("one_sweep", redis_url=server.url, lease=60.0)
    wait_until(lambda: bool(store.heartbeats.alive("judge")) and bool(store.heartbeats.alive("sweep")))
    for stall in range(4):
        for n in range(300):
            accepted(store, content=f"Number {n} of {stall}: it rained on the day we left.", origin=f"o{n}")
        before = store.comments.counters("blog").attempts
        wait_until(partial(has_claimed, store, before), "a batch is claimed")
        os.kill(server.process.pid, signal.SIGSTOP)
        with pytest.raises(AssertionError):
            wait_until(lambda: False, seconds=1.5)
        os.kill(server.process.pid, signal.SIGCONT)
    wait_until(lambda: store.queue.depth("blog").queued == 0, "all are decided before a lease expires", seconds=30)


def test_the_embedded_server_has_a_memory_limit(server: Embedded) -> None:
    info = connect(settings(redis_url=server.url)).info("memory")
    assert 0 < info["maxmemory"] < info["total_system_memory"]
