"""The sweep enqueues jobs that are due and missing, and no more than needed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import redis
from rq import Queue

from comments.job_queue import (
    DELIVER,
    FORMER_QUEUES,
    INDEX,
    JUDGE,
    LEARN,
    NOTIFY,
    NUMBERS,
    REMOVE_SITE,
    RETENTION,
    RQJobs,
)
from comments.lifecycle import Action, Status
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.notices import NoticeItem
from comments.storage.redis import connect, open_redis
from replygate.embedded_valkey import start
from tests.support.builders import a_site, accepted, decided, moderated, published, settings
from tests.support.recorded_jobs import RecordedJobs
from tests.support.wait import wait_until
from workers.deps import Deps, now, set_deps
from workers.jobs import count_numbers
from workers.judging.policy import build_policy
from workers.rq_jobs import open_queue
from workers.run import open_worker
from workers.sweep import Sweep

ROOT = Path(__file__).parents[3]


@pytest.fixture
def connection(valkey_settings: Settings) -> Iterator[redis.Redis]:
    with connect(valkey_settings) as client:
        yield client


@pytest.fixture
def deps(redis_storage: Storage) -> Deps:
    redis_storage.sites.put(a_site())
    return Deps(settings(judges=2), redis_storage, now, RecordedJobs(), (), build_policy((), {}))


def sweep(deps: Deps, connection: redis.Redis) -> Sweep:
    return Sweep(deps, connection)


def enqueued(deps: Deps) -> list[str]:
    assert isinstance(deps.jobs, RecordedJobs)
    return [job for job, _, _ in deps.jobs.jobs]


def test_a_site_without_work_gets_no_job(deps: Deps, connection: redis.Redis) -> None:
    sweep(deps, connection).run_once()
    assert enqueued(deps) == []
    assert deps.storage.heartbeats.alive("sweep")


def test_one_busy_site_gets_a_job_for_each_judge_that_runs(deps: Deps, connection: redis.Redis) -> None:
    for _ in range(4 * deps.settings.batch):
        accepted(deps.storage)  # these wake-ups are lost
    for name in "abcd":
        deps.storage.heartbeats.beat("judge", name, 60)
    swept = sweep(deps, connection)

    def has_enqueued() -> bool:
        swept.run_once()
        return len(enqueued(deps)) >= 4

    wait_until(has_enqueued, "enqueued once the lost wake-ups have expired")
    swept.run_once()
    assert enqueued(deps) == [JUDGE] * 4


@pytest.mark.parametrize(("n", "jobs"), [(1, 1), (150, 2)])
def test_lost_judging_jobs_are_enqueued_again_but_not_multiplied(
    deps: Deps, connection: redis.Redis, n: int, jobs: int
) -> None:
    for _ in range(n):
        accepted(deps.storage)  # its wake-up is lost
    swept = sweep(deps, connection)

    def has_enqueued() -> bool:
        swept.run_once()
        return len(enqueued(deps)) >= jobs

    wait_until(has_enqueued, "enqueued once the lost wake-ups have expired")
    for _ in range(20):
        swept.run_once()
    assert enqueued(deps) == [JUDGE] * jobs


def test_judging_jobs_that_wait_longer_than_a_wake_up_lasts_are_not_multiplied(
    deps: Deps, connection: redis.Redis
) -> None:
    """They wait behind the jobs of other sites with a long queue."""
    queued = replace(deps, jobs=RQJobs(connection))
    for _ in range(150):
        accepted(deps.storage)
    swept, queue = sweep(queued, connection), open_queue("judge", connection)

    def has_two_jobs() -> bool:
        swept.run_once()
        return len(queue) == 2

    wait_until(has_two_jobs, "enqueued once the wake-up of the submissions has expired")
    for _ in range(2):
        connection.delete("rg:{blog}:wakes")  # as after their time
        swept.run_once()
    assert len(queue) == 2


def test_learning_indexing_and_delivery_are_enqueued(deps: Deps, connection: redis.Redis) -> None:
    moderated(deps.storage, published(deps.storage), Action.SPAM)
    sweep(deps, connection).run_once()
    assert enqueued(deps) == [LEARN, INDEX, DELIVER]


def test_indexing_is_enqueued(deps: Deps, connection: redis.Redis) -> None:
    decided(deps.storage, accepted(deps.storage), Action.HOLD)
    sweep(deps, connection).run_once()
    assert INDEX in enqueued(deps)


def test_background_jobs_are_not_enqueued_while_enough_wait(deps: Deps, connection: redis.Redis) -> None:
    moderated(deps.storage, published(deps.storage), Action.SPAM)
    swept = sweep(replace(deps, jobs=RQJobs(connection)), connection)
    for _ in range(5):
        swept.run_once()
    assert [len(open_queue(name, connection)) for name in ("background", "delivery")] == [2, 1]


def test_jobs_on_the_former_queues_are_enqueued_again_on_the_present_ones(
    deps: Deps, connection: redis.Redis, valkey_settings: Settings
) -> None:
    """A web process of the version before goes on enqueueing there until it is upgraded."""
    moderated(deps.storage, published(deps.storage), Action.SPAM)
    former = [Queue(name, connection=connection, serializer="json") for name in FORMER_QUEUES]
    for queue, job in zip(former, (LEARN, DELIVER), strict=True):
        queue.enqueue_call(job, args=("blog", ""))
    sweep(replace(deps, jobs=RQJobs(connection)), connection).run_once()
    queues = [open_queue(name, connection) for name in FORMER_QUEUES.values()]
    assert [len(queue) for queue in (*former, *queues)] == [0, 0, 2, 1]
    set_deps(deps)
    open_worker("background", replace(deps, settings=valkey_settings)).work(burst=True)
    assert deps.storage.corpus.due("blog", 1) == []


def test_the_sweep_survives_a_server_restart_and_goes_on_afterwards(tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = tmp_path_factory.mktemp("v")
    server = start(directory, fsync="always")
    chosen = json.dumps({"redis_url": server.url, "sweep_seconds": 0.05})
    words = [sys.executable, "-m", "tests.integration.one_sweep", chosen]
    with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            values = settings(redis_url=server.url)
            storage, queue = open_redis(values), open_queue("judge", connect(values))
            storage.sites.put(a_site())
            wait_until(lambda: bool(storage.heartbeats.alive("sweep")))
            server.process.kill()
            server.process.wait()
            server = start(directory, fsync="always")
            comment = accepted(storage)
            wait_until(lambda: len(queue) > 0, "enqueued by the sweep")
            assert storage.comments.get("blog", comment.id).status is Status.QUEUED
            process.terminate()
            assert process.wait(60) == 0
        finally:
            process.kill()
            server.stop()


def test_of_many_sites_those_without_work_take_turns(
    deps: Deps, connection: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.sweep.IDLE_SITES", 3)
    monkeypatch.setattr("workers.sweep.COMPLETE_LOOKS", 3)
    sites = [f"s{n}" for n in range(8)]
    for id in sites:
        deps.storage.sites.put(a_site(id=id))
    swept = sweep(deps, connection)
    swept.run_once()
    for id in sites:
        accepted(deps.storage, site=id)
        connection.delete(f"rg:{{{id}}}:wakes")  # the wake-up is lost
    assert isinstance(deps.jobs, RecordedJobs)
    found = [len({site for job, site, _ in deps.jobs.jobs if job == JUDGE}) for _ in range(3) if not swept.run_once()]
    assert found == [3, 6, 8]


def test_what_is_kept_too_long_is_found_although_no_site_with_work_has_it(
    deps: Deps, connection: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.sweep.COMPLETE_LOOKS", 2)
    for n in range(7):
        deps.storage.sites.put(a_site(id=f"s{n}"))
    deps.storage.sites.put(replace(a_site(id="s5"), published_days=30))
    assert deps.storage.site_figures.with_work(["s5"]) == set()
    swept = sweep(deps, connection)
    for _ in range(4):  # eight sites with the fixture's
        swept.run_once()
    assert RETENTION in enqueued(deps)


def test_what_time_makes_due_is_found_within_a_minute_at_a_thousand_sites(
    deps: Deps, connection: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text is kept too long, threads may have been quiet for too long, and a site is to be removed."""
    monkeypatch.setattr("workers.sweep.COMPLETE_LOOKS", 1)
    storage = deps.storage
    for n in range(1000):
        storage.sites.put(a_site(id=f"s{n:04}"))
    storage.retention.start("s0950", Status.SPAM, ["c" * 26], now() - timedelta(days=365))
    storage.sites.put(a_site(id="s0950", refused_days=1))
    storage.sites.put(a_site(id="s0800", published_days=30))
    storage.sites.put(a_site(id="s0700", deleted=now() - timedelta(days=365)))
    assert storage.site_figures.with_work(["s0950", "s0800", "s0700"]) == set()
    swept = sweep(deps, connection)
    for _ in range(60):
        swept.run_once()
    assert isinstance(deps.jobs, RecordedJobs)
    assert {(RETENTION, "s0950", ""), (RETENTION, "s0800", ""), (REMOVE_SITE, "s0700", "")} <= set(deps.jobs.jobs)


def test_a_site_with_work_is_looked_at_in_every_pass(
    deps: Deps, connection: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.sweep.IDLE_SITES", 1)
    for id in ("a", "b", "c", "d"):
        deps.storage.sites.put(a_site(id=id))
    swept = sweep(deps, connection)
    moderated(deps.storage, published(deps.storage, site="c"), Action.SPAM)  # a lesson is due
    seen = [len(enqueued(deps)) for _ in range(12) if swept.run_once() is None]
    first = next(n for n, found in enumerate(seen) if found)
    assert first <= 5
    assert [later - earlier for earlier, later in pairwise(seen[first:])] == [seen[first]] * (11 - first)


def test_due_notices_of_all_sites_need_one_job(deps: Deps, connection: redis.Redis) -> None:
    at = now()
    for n in range(3):
        deps.storage.sites.put(a_site(id=f"site{n}"))
        deps.storage.notices.add(f"site{n}", "chat:a", [NoticeItem("review", "a", 1)], at + timedelta(hours=1), at)
    sweep(deps, connection).run_once()
    assert NOTIFY not in enqueued(deps)
    deps.storage.notices.add("site1", "chat:a", [NoticeItem("review", "b", 1)], at, at)
    sweep(deps, connection).run_once()
    assert enqueued(deps).count(NOTIFY) == 1


def test_counting_numbers_again_is_enqueued_until_it_is_done(deps: Deps, connection: redis.Redis) -> None:
    published(deps.storage)
    deps.storage.numbers.start_recount("blog")
    sweep(deps, connection).run_once()
    assert NUMBERS in enqueued(deps)
    set_deps(deps)
    count_numbers("blog", "")
    assert not deps.storage.numbers.is_recounting("blog")
