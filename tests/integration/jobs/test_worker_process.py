"""Running worker processes: the jobs they run and refuse, and the failures they survive."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import redis
from rq import Queue
from rq.exceptions import NoSuchJobError, StopRequested
from rq.job import Job

from comments.job_queue import JUDGE, RQJobs
from comments.lifecycle import Status
from comments.rq_stats import RQStatsReader, RQWorkerStats
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.redis import connect, open_redis
from tests.support.builders import a_site, accepted
from tests.support.wait import wait_until
from workers.deps import build_deps, set_deps
from workers.rq_jobs import WakeUp, clean_up, open_queue
from workers.run import open_worker

ROOT = Path(__file__).parents[3]
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def connection(valkey_settings: Settings) -> Iterator[redis.Redis]:
    with connect(valkey_settings) as client:
        yield client


@pytest.fixture
def store(redis_storage: Storage) -> Storage:
    redis_storage.sites.put(a_site(moderation="suspicious"))
    return redis_storage


@pytest.fixture
def start(valkey_settings: Settings) -> Iterator[Start]:
    """Start a worker process, and kill it at the end of the test."""
    started: list[subprocess.Popen[bytes]] = []

    def run(queue: str = "judge", **chosen: object) -> "subprocess.Popen[bytes]":
        words = [sys.executable, "-m", "tests.integration.one_worker", queue]
        words.append(json.dumps({"redis_url": valkey_settings.redis_url, **chosen}))
        started.append(subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.wait()


def status(store: Storage, id: str) -> Status:
    return store.comments.get("blog", id).status


def test_a_worker_runs_its_job_and_sends_heartbeats(start: Start, store: Storage, connection: redis.Redis) -> None:
    comment = accepted(store)
    RQJobs(connection).enqueue(JUDGE, "blog", "token")
    start()
    wait_until(lambda: status(store, comment.id) is Status.APPROVED)
    assert store.heartbeats.alive("judge")


def test_a_worker_shows_its_job_and_what_it_has_done(start: Start, store: Storage, connection: redis.Redis) -> None:
    def workers() -> Sequence[RQWorkerStats]:
        return next(queue.workers for queue in RQStatsReader(connection).read() if queue.name == "judge")

    RQJobs(connection).enqueue(JUDGE, "nowhere", "token")
    start()
    wait_until(lambda: bool(workers()) and workers()[0].done == 1)
    idle = workers()[0]
    assert (idle.job, idle.site, idle.since, idle.failed) == ("", "", None, 0)
    assert 10e6 < idle.memory_bytes < 1e9
    accepted(store, content="hang")
    RQJobs(connection).enqueue(JUDGE, "blog", "token")
    wait_until(lambda: workers()[0].job == JUDGE)
    busy = workers()[0]
    assert busy.site == "blog"
    assert busy.since is not None
    assert datetime.now(UTC) - busy.since < timedelta(minutes=1)


@pytest.mark.parametrize("data", [b"", b"not JSON", b'["f", null, [1], {}]', zlib.compress(b"[" * 100_000)])
def test_a_job_that_cannot_be_read_is_shown_as_unknown(connection: redis.Redis, data: bytes) -> None:
    name, job = "one", "some-job"
    connection.sadd("rq:workers:judge", f"rq:worker:{name}")
    connection.hset(
        f"rq:worker:{name}", mapping={"last_heartbeat": "x", "failed_job_count": "many", "memory_bytes": "7"}
    )
    connection.sadd(f"rq:worker:{name}:executions", f"{job}:some-execution")
    connection.hset(f"rq:job:{job}", mapping={"data": data, "started_at": "yesterday"})
    workers = next(queue.workers for queue in RQStatsReader(connection).read() if queue.name == "judge")
    assert workers == (RQWorkerStats(name, memory_bytes=7, job="?" if data else ""),)


def test_two_deployments_on_one_server_share_no_queue(
    start: Start, store: Storage, valkey_settings: Settings, connection: redis.Redis
) -> None:
    other = open_redis(replace(valkey_settings, prefix="other"))
    other.sites.put(a_site(moderation="suspicious"))
    first, second = accepted(store), accepted(other)
    RQJobs(connection).enqueue(JUDGE, "blog", "token")
    RQJobs(connection, "other").enqueue(JUDGE, "blog", "token")
    start(prefix="other")
    wait_until(lambda: status(other, second.id) is Status.APPROVED)
    wait_until(lambda: len(open_queue("judge", connection, "other")) == 0)
    assert len(open_queue("judge", connection)) == 1
    assert status(store, first.id) is Status.QUEUED
    assert other.heartbeats.alive("judge")
    assert not store.heartbeats.alive("judge")
    assert [(q.name, len(q.workers)) for q in RQStatsReader(connection, "other").read() if q.workers] == [("judge", 1)]
    assert {q.name: q.jobs["queued"] for q in RQStatsReader(connection).read()}["judge"] == 1


def test_sigterm_stops_a_worker_with_exit_status_0(start: Start, store: Storage) -> None:
    worker = start()
    wait_until(lambda: bool(store.heartbeats.alive("judge")))
    worker.terminate()
    assert worker.wait(60) == 0


def test_a_signal_stops_an_idle_worker_without_the_server_and_if_its_exception_is_lost(
    valkey_settings: Settings, store: Storage, connection: redis.Redis
) -> None:
    worker = open_worker(JUDGE, build_deps(valkey_settings))
    worker.register_birth()
    worker.set_state("busy")  # RQ's state until it waits again
    worker.connection = redis.Redis(unix_socket_path="/nowhere")
    with pytest.raises(StopRequested):
        worker.request_stop(signal.SIGTERM, None)
    with pytest.raises(StopRequested):
        worker.dequeue_job_and_maintain_ttl(1)


def test_a_job_that_arrives_with_sigterm_is_run(
    store: Storage, connection: redis.Redis, valkey_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment = accepted(store)
    RQJobs(connection).enqueue(JUDGE, "blog", "token")
    deps = build_deps(valkey_settings)
    set_deps(deps)
    worker = open_worker("judge", deps)
    after_the_job_was_taken = partial(os.kill, os.getpid(), signal.SIGTERM)
    monkeypatch.setattr(worker, "reorder_queues", lambda reference_queue: after_the_job_was_taken())
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        worker.work()
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert store.comments.get("blog", comment.id).status is not Status.QUEUED


def test_a_job_that_names_another_function_is_not_run(
    start: Start, store: Storage, connection: redis.Redis, tmp_path: Path
) -> None:
    queue = Queue("judge", connection=connection, serializer="json")
    queue.enqueue_call("os.system", args=(f"touch {tmp_path}/ran",))
    queue.enqueue_call("subprocess.run", args=(["touch", f"{tmp_path}/ran"],))
    callback = queue.enqueue_call(JUDGE, args=("nowhere", ""))
    connection.hset(callback.key, "success_callback_name", "tests.integration.one_worker.main")
    worker = start()
    comment = accepted(store)
    RQJobs(connection).enqueue(JUDGE, "blog", "token")
    wait_until(lambda: status(store, comment.id) is Status.APPROVED)
    assert not (tmp_path / "ran").exists()
    assert worker.poll() is None


MUTATIONS: dict[str, Callable[[redis.Redis, str], object]] = {
    "no data": lambda r, key: r.hdel(key, "data"),
    "data that is no JSON": lambda r, key: r.hset(key, "data", b"\x80\x04."),
    "data of another shape": lambda r, key: r.hset(key, "data", b"[1]"),
    "data nested too deep": lambda r, key: r.hset(key, "data", b"[" * 100_000),
    "arguments of another kind": lambda r, key: r.hset(key, "data", b'["workers.jobs.judge",null,[1,{}],{}]'),
    "an unknown status": lambda r, key: r.hset(key, "status", "sleeping"),
    "a result_ttl that is no number": lambda r, key: r.hset(key, "result_ttl", "soon"),
    "a timeout that is no number": lambda r, key: r.hset(key, "timeout", "long"),
    "a date that is none": lambda r, key: r.hset(key, "created_at", "yesterday"),
    "bytes that are no text": lambda r, key: r.hset(key, "origin", b"\xff\xfe"),
    "dependencies that are none": lambda r, key: r.hset(key, "dependency_ids", b"{"),
    "another queue's name": lambda r, key: r.hset(key, "origin", "background"),
    "a string where the hash was": lambda r, key: (r.delete(key), r.set(key, "x")),
    "nothing": lambda r, key: r.delete(key),
}


FIELDS = (
    "data", "created_at", "origin", "worker_name", "description", "enqueued_at", "started_at", "ended_at",
    "last_heartbeat", "group_id", "result", "timeout", "result_ttl", "failure_ttl", "status",
    "success_callback_name", "success_callback_timeout", "failure_callback_name", "failure_callback_timeout",
    "stopped_callback_name", "stopped_callback_timeout", "webhooks", "dependency_ids", "dependency_id",
    "allow_dependency_failures", "enqueue_at_front", "ttl", "meta", "retries_left", "number_of_retries",
    "retry_intervals", "repeats_left", "repeat_intervals", "rate_limit_key", "rate_limit_concurrency",
    "enqueue_at_front_on_retry",
)  # fmt: skip
ODD = (
    b"",
    b"\xff\xfe",
    b"-1",
    b"1e999",
    b"9" * 5000,
    b"null",
    b"[]",
    b"{}",
    b"[" * 100_000,
    b"x\x9c",
    b"\0",
    b"1-1-1T1:1:1Z",
)


@pytest.mark.parametrize(
    ("function", "given"),
    [
        ("os.system", {"args": ("blog", "")}),
        ("workers.jobs.learn", {"args": ("blog", "")}),  # of another queue
        (JUDGE, {"args": ("blog",)}),
        (JUDGE, {"args": ("blog", 1)}),
        (JUDGE, {"args": ("blog", ""), "kwargs": {"token": ""}}),
        (JUDGE, {"args": ("blog", "", "")}),
    ],
)
def test_a_job_that_is_not_a_wake_up_of_its_queue_counts_as_missing(
    function: str, given: dict[str, Any], connection: redis.Redis
) -> None:
    job = Queue("judge", connection=connection, serializer="json").enqueue_call(function, **given)
    with pytest.raises(NoSuchJobError, match="is not a wake-up"):
        WakeUp.fetch(job.id, connection=connection, serializer="json")


@pytest.mark.parametrize("field", FIELDS)
def test_a_job_with_any_field_value_is_read_or_counts_as_missing(field: str, connection: redis.Redis) -> None:
    job = Queue("judge", connection=connection, serializer="json").enqueue_call(JUDGE, args=("blog", ""))
    for value in ODD:
        connection.hset(job.key, field, value)
        with contextlib.suppress(NoSuchJobError):
            WakeUp.fetch(job.id, connection=connection, serializer="json")


def test_an_unreadable_job_stops_no_worker_and_no_clean_up(
    start: Start, store: Storage, connection: redis.Redis
) -> None:
    queue = Queue("judge", connection=connection, serializer="json")
    for mutate in MUTATIONS.values():
        mutate(connection, queue.enqueue_call(JUDGE, args=("blog", "")).key)
    comment = accepted(store)
    RQJobs(connection).enqueue(JUDGE, "blog", "token")
    worker = start()
    wait_until(lambda: status(store, comment.id) is Status.APPROVED)
    assert worker.poll() is None
    clean_up(open_queue("judge", connection))
    assert worker.poll() is None


@pytest.mark.parametrize("name", MUTATIONS)
def test_an_unreadable_job_is_removed_once_it_is_stuck(name: str, connection: redis.Redis) -> None:
    queue = open_queue("judge", connection)
    job = Queue("judge", connection=connection, serializer="json").enqueue_call(JUDGE, args=("blog", ""))
    MUTATIONS[name](connection, job.key)
    stuck = queue.intermediate_queue
    connection.lmove(queue.key, stuck.key)
    clean_up(queue)
    connection.set(stuck.get_first_seen_key(job.id), 1.0)  # long ago
    clean_up(queue)
    assert stuck.get_job_ids() == []
    assert not connection.exists(Job.key_for(job.id))


def test_the_wake_up_of_a_killed_worker_is_removed(start: Start, store: Storage, connection: redis.Redis) -> None:
    accepted(store, content="die")
    RQJobs(connection).enqueue(JUDGE, "blog", "token")
    assert start().wait(60) == -signal.SIGKILL
    queue = open_queue("judge", connection)
    registry = queue.started_job_registry
    assert len(registry.get_job_ids(cleanup=False)) == 1
    for entry in connection.zrange(registry.key, 0, -1):
        connection.zadd(registry.key, {entry: 1.0})  # long ago
    clean_up(queue)
    assert registry.get_job_ids(cleanup=False) == []


def test_a_filter_that_raises_holds_the_comment(start: Start, store: Storage, connection: redis.Redis) -> None:
    comment = accepted(store, content="raise")
    RQJobs(connection).enqueue(JUDGE, "blog", "token")
    start()
    wait_until(lambda: status(store, comment.id) is Status.HELD)


def test_a_job_that_hangs_is_stopped_and_the_worker_goes_on(
    start: Start, store: Storage, connection: redis.Redis
) -> None:
    accepted(store, content="hang")
    RQJobs(connection).enqueue(JUDGE, "blog", "token")
    worker = start()
    wait_until(
        lambda: len(open_queue("judge", connection).failed_job_registry.get_job_ids(cleanup=False)) == 1, "broken off"
    )
    other = accepted(store)
    RQJobs(connection).enqueue(JUDGE, "blog", "token")
    wait_until(lambda: status(store, other.id) is Status.APPROVED)
    assert worker.poll() is None


def test_a_worker_that_ignores_signals_is_killed(start: Start, store: Storage, connection: redis.Redis) -> None:
    accepted(store, content="hang in C")
    RQJobs(connection).enqueue(JUDGE, "blog", "token")
    assert start().wait(60) == 1
