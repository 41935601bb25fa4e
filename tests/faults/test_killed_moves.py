"""Processes that rewrite the records of moved comments are killed at every step, and others go on."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from comments.job_queue import MOVED_THREADS
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.redis import connect
from tests.support.builders import a_site, accepted, published, settings
from tests.support.recorded_jobs import RecordedJobs
from workers.deps import Deps, now, set_deps
from workers.jobs import update_threads
from workers.judging.policy import build_policy
from workers.sweep import Sweep

OLD, NEW = "https://blog.example/old", "https://blog.example/new"

#: Runs the pass, and kills its own process before the n-th call of a script.
WORKER = """
import os, signal, sys
from comments.settings import Settings
from comments.storage.redis import open_redis
from comments.storage.redis.client import StoreClient

url, prefix, last = sys.argv[1], sys.argv[2], int(sys.argv[3])
execute, calls = StoreClient.execute_command, 0

def count(self, *words, **options):
    global calls
    if str(words[0]).startswith("EVAL"):
        calls += 1
        if calls > last:
            os.kill(os.getpid(), signal.SIGKILL)
    return execute(self, *words, **options)

StoreClient.execute_command = count
open_redis(Settings(redis_url=url, prefix=prefix)).thread_moves.finish("blog")
"""


def jobs_of(storage: Storage) -> RecordedJobs:
    jobs = RecordedJobs()
    set_deps(Deps(settings(), storage, now, jobs, (), build_policy((), {})))
    return jobs


@pytest.mark.parametrize("last", range(4))
def test_a_killed_pass_is_continued_by_the_job(storage: Storage, valkey_settings: Settings, last: int) -> None:
    storage.sites.put(a_site())
    comments = [published(storage, thread=OLD), *(accepted(storage, thread=OLD, content=f"{n}") for n in range(450))]
    storage.thread_moves.move("blog", OLD, NEW)
    command = [sys.executable, "-c", WORKER, valkey_settings.redis_url, valkey_settings.prefix, str(last)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(Path.cwd())}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert storage.thread_moves.has_unfinished("blog")
    ids = [comment.id for comment in comments]
    assert {comment.thread for comment in storage.comments.load("blog", ids) if comment} == {NEW}
    jobs_of(storage)
    update_threads("blog", "")
    assert not storage.thread_moves.has_unfinished("blog")
    with connect(valkey_settings) as client:
        keys = Keys(valkey_settings.prefix)
        records = [client.get(keys.comment("blog", id)) for id in ids]
        assert not any(OLD.encode() in record for record in records)
        assert not client.exists(keys.rewriting("blog"))
    assert [comment.content for comment in storage.comments.load("blog", ids) if comment] == [
        c.content for c in comments
    ]


def test_the_sweep_starts_a_lost_job_again(storage: Storage, valkey_settings: Settings) -> None:
    storage.sites.put(a_site())
    accepted(storage, thread=OLD)
    storage.thread_moves.move("blog", OLD, NEW)
    jobs = jobs_of(storage)
    deps = Deps(settings(), storage, now, jobs, (), build_policy((), {}))
    with connect(valkey_settings) as client:
        Sweep(deps, client).run_once()
        assert (MOVED_THREADS, "blog", "") in jobs.jobs
        update_threads("blog", "")
        jobs.jobs.clear()
        Sweep(deps, client).run_once()
        assert (MOVED_THREADS, "blog", "") not in jobs.jobs


def test_a_move_during_the_pass_starts_it_again(storage: Storage, valkey_settings: Settings) -> None:
    first = accepted(storage, thread=OLD)
    storage.thread_moves.move("blog", OLD, NEW)
    with connect(valkey_settings) as client:
        client.set(Keys(valkey_settings.prefix).rewriting("blog"), "another-pass 99")
    later = accepted(storage, thread="third")
    storage.thread_moves.move("blog", "third", NEW)
    assert storage.thread_moves.finish("blog") == 2
    assert {c.thread for c in storage.comments.load("blog", [first.id, later.id]) if c} == {NEW}


def test_threads_are_joined_by_themselves_after_the_site_changed_its_settings(
    storage: Storage, valkey_settings: Settings
) -> None:
    storage.sites.put(a_site())
    threads = [f"https://blog.example/a?ref={n}" for n in range(3)]
    comments = [published(storage, thread=thread) for thread in threads]
    jobs = jobs_of(storage)
    deps = Deps(settings(), storage, now, jobs, (), build_policy((), {}))
    update_threads("blog", "")
    assert storage.threads.counts("blog", threads) == [1, 1, 1]
    with connect(valkey_settings) as client:
        Sweep(deps, client).run_once()
        assert (MOVED_THREADS, "blog", "") not in jobs.jobs
        storage.sites.put(a_site(ignored_parameters=("ref",)))
        Sweep(deps, client).run_once()
        assert (MOVED_THREADS, "blog", "") in jobs.jobs
        update_threads("blog", "")
        jobs.jobs.clear()
        Sweep(deps, client).run_once()
        assert (MOVED_THREADS, "blog", "") not in jobs.jobs
    assert storage.threads.counts("blog", ["https://blog.example/a"]) == [3]
    assert storage.thread_moves.resolve("blog", threads) == ["https://blog.example/a"] * 3
    loaded = storage.comments.load("blog", [comment.id for comment in comments])
    assert {comment.thread for comment in loaded if comment} == {"https://blog.example/a"}
