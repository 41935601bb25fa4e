"""The sweep: it asks for what is due and nobody was asked for, and no more often than needed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import redis

from comments.job_queue import DELIVER, FILE, JUDGE, LEARN, QUEUES, RQJobs
from comments.lifecycle import Action, Status
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.redis import connect, open_redis
from replygate.embedded_valkey import start
from tests.support.builders import a_site, accepted, decided, moderated, published, settings
from tests.support.recorded_jobs import RecordedJobs
from tests.support.waiting import until
from workers.deps import Deps, now
from workers.judging.policy import build
from workers.rq_jobs import open_queue
from workers.sweep import Sweep

ROOT = Path(__file__).parents[3]


@pytest.fixture
def connection(valkey_settings: Settings) -> Iterator[redis.Redis]:
    with connect(valkey_settings) as client:
        yield client


@pytest.fixture
def deps(redis_storage: Storage) -> Deps:
    redis_storage.sites.put(a_site())
    return Deps(settings(judges=2), redis_storage, RecordedJobs(), (), build((), {}), now)


def sweep(deps: Deps, connection: redis.Redis) -> Sweep:
    return Sweep(deps, [open_queue(name, connection) for name in set(QUEUES.values())])


def asked(deps: Deps) -> list[str]:
    assert isinstance(deps.jobs, RecordedJobs)
    return [job for job, _, _ in deps.jobs.jobs]


def test_a_quiet_site_is_left_alone(deps: Deps, connection: redis.Redis) -> None:
    sweep(deps, connection).once()
    assert asked(deps) == []
    assert deps.storage.heartbeats.alive("sweep")


@pytest.mark.parametrize(("n", "jobs"), [(1, 1), (150, 2)])
def test_comments_whose_jobs_were_lost_are_asked_for_again_but_not_multiplied(
    deps: Deps, connection: redis.Redis, n: int, jobs: int
) -> None:
    for _ in range(n):
        accepted(deps.storage)  # this wakes a job, and nobody hears it
    swept = sweep(deps, connection)

    def asks() -> bool:
        swept.once()
        return len(asked(deps)) >= jobs

    until(asks, "asked for once the lost wake-ups count no more")
    for _ in range(20):
        swept.once()
    assert asked(deps) == [JUDGE] * jobs


def test_lessons_and_events_are_asked_for(deps: Deps, connection: redis.Redis) -> None:
    moderated(deps.storage, published(deps.storage), Action.SPAM)
    sweep(deps, connection).once()
    assert asked(deps) == [LEARN, DELIVER]


def test_filing_is_asked_for(deps: Deps, connection: redis.Redis) -> None:
    decided(deps.storage, accepted(deps.storage), Action.HOLD)
    sweep(deps, connection).once()
    assert FILE in asked(deps)


def test_errands_are_not_asked_for_while_as_many_wait(deps: Deps, connection: redis.Redis) -> None:
    moderated(deps.storage, published(deps.storage), Action.SPAM)
    swept = sweep(replace(deps, jobs=RQJobs(connection)), connection)
    for _ in range(5):
        swept.once()
    assert [len(open_queue(name, connection)) for name in ("errands", "deliver")] == [1, 1]


def test_it_outlives_the_server_and_heals_what_is_there_after(tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = tmp_path_factory.mktemp("v")
    server = start(directory, fsync="always")
    chosen = json.dumps({"redis_url": server.url, "sweep_seconds": 0.05})
    words = [sys.executable, "-m", "tests.integration.one_sweep", chosen]
    with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            values = settings(redis_url=server.url)
            storage, queue = open_redis(values), open_queue("judge", connect(values))
            storage.sites.put(a_site())
            until(lambda: bool(storage.heartbeats.alive("sweep")))
            server.process.kill()
            server.process.wait()
            server = start(directory, fsync="always")
            comment = accepted(storage)
            until(lambda: len(queue) > 0, "asked for by the sweep")
            assert storage.comments.get("blog", comment.id).status is Status.QUEUED
            process.terminate()
            assert process.wait(60) == 0
        finally:
            process.kill()
            server.stop()
