"""Judges that listen for more work: fewer jobs, and every promise of the queue."""

import json
import signal
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from rq.exceptions import StopRequested

from comments.job_queue import JUDGE, RQJobs
from comments.lifecycle import Status
from comments.model import Comment
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.pauses import OperatorPause
from comments.storage.redis import connect, connect_queue, open_redis
from tests.support.builders import NOW, a_comment, a_site, an_admission, settings
from tests.support.recorded_jobs import RecordedJobs
from tests.support.wait import wait_until
from workers.deps import Deps, build_deps, now, set_deps
from workers.filters.author import AuthorFilter
from workers.jobs import judge
from workers.judging.policy import build_policy
from workers.run import open_worker
from workers.sweep import Sweep

ROOT = Path(__file__).parents[3]
FILTERS = (AuthorFilter(),)
#: Seconds that a job may last: longer than a test waits for the end of one.
LONG = 60.0


@pytest.fixture
def connection(valkey_settings: Settings) -> Iterator[redis.Redis]:
    with connect(valkey_settings) as client:
        yield client


@pytest.fixture
def store(redis_storage: Storage) -> Storage:
    for id in ("blog", "shop"):
        redis_storage.sites.put(replace(a_site(moderation="suspicious", per_minute=0), id=id))
    return redis_storage


def sent(store: Storage, site: str = "blog", **changes: object) -> tuple[Comment, str]:
    """Return an accepted comment and its wake-up: "" if it needs no job."""
    comment = a_comment(site=site, **changes)
    return comment, store.comments.accept(comment, an_admission()).wakeup


def wait_for(store: Storage, comment: Comment, status: Status = Status.APPROVED) -> None:
    wait_until(lambda: store.comments.get(comment.site, comment.id).status is status)


def listeners(connection: redis.Redis) -> int:
    ((_, n),) = connection.pubsub_numsub("rg:{blog}:work:0")
    return int(n)


@contextmanager
def delayed_ends(server: str, path: Path) -> Iterator[None]:
    """Pass on what is sent to the socket `path`, but keep all connections to the server until the end of the block."""
    with ExitStack() as stack:

        def copy(source: socket.socket, target: socket.socket) -> None:
            with suppress(OSError):  # one of the ends was closed
                while data := source.recv(65536):
                    target.sendall(data)

        class Passing(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                connection = stack.enter_context(socket.socket(socket.AF_UNIX))
                connection.connect(server)
                threading.Thread(target=copy, args=(connection, self.request), daemon=True).start()
                copy(self.request, connection)

        proxy = stack.enter_context(socketserver.ThreadingUnixStreamServer(str(path), Passing))
        stack.callback(proxy.shutdown)
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield


@contextmanager
def listening_job(store: Storage, connection: redis.Redis, seconds: float = LONG) -> Iterator[threading.Thread]:
    """Run a job of the blog that listens, until the end of the block."""
    over = threading.Event()
    deps = Deps(settings(judge_seconds=seconds), store, now, RecordedJobs(), FILTERS, build_policy(FILTERS, {}))
    set_deps(replace(deps, may_listen=lambda: not over.is_set()))
    job = threading.Thread(target=judge, args=("blog", "token"))
    job.start()
    try:
        wait_until(lambda: listeners(connection) == 1)
        yield job
    finally:
        over.set()
        job.join()


def test_comments_that_come_one_after_another_need_no_more_jobs(store: Storage, connection: redis.Redis) -> None:
    with listening_job(store, connection):
        for n in range(10):
            comment, wakeup = sent(store, content=f"text {n}", origin=f"o{n}", identity=f"i{n}")
            assert not wakeup
            wait_for(store, comment)


def test_a_job_of_another_site_ends_the_listening_at_once(store: Storage, connection: redis.Redis) -> None:
    with listening_job(store, connection, seconds=600.0) as job:
        assert sent(store, "shop")[1]
        RQJobs(connection).enqueue(JUDGE, "shop", "token")
        job.join(60)
        assert not job.is_alive()


def test_a_job_that_listened_for_its_whole_time_ends(store: Storage, connection: redis.Redis) -> None:
    with listening_job(store, connection, seconds=0.3) as job:
        job.join(60)
        assert not job.is_alive()
    assert sent(store)[1]


def test_no_job_listens_while_others_wait(store: Storage, connection: redis.Redis, valkey_settings: Settings) -> None:
    worker = open_worker("judge", build_deps(valkey_settings))
    assert worker.may_listen()
    RQJobs(connection).enqueue(JUDGE, "shop", "token")
    assert not worker.may_listen()


def test_a_worker_that_may_have_taken_a_job_stops_only_after_it(store: Storage, valkey_settings: Settings) -> None:
    worker = open_worker("judge", build_deps(valkey_settings))
    worker.may_have_job = True
    worker._shutdown()
    assert not worker.may_listen()
    worker.may_have_job = False
    with pytest.raises(StopRequested):
        worker._shutdown()


def test_new_settings_hold_for_the_next_comment_of_a_job_that_listens(store: Storage, connection: redis.Redis) -> None:
    with listening_job(store, connection):
        store.sites.put(a_site(moderation="all", per_minute=0))
        wait_for(store, sent(store)[0], Status.HELD)


def test_a_pause_holds_for_a_job_that_listens(store: Storage, connection: redis.Redis) -> None:
    with listening_job(store, connection) as job:
        store.judging_pauses.pause("blog", OperatorPause(NOW, "mo"))
        comment, _ = sent(store)
        RQJobs(connection).enqueue(JUDGE, "shop", "token")  # ends the job, which claims once more
        job.join(60)
        assert store.comments.get("blog", comment.id).status is Status.QUEUED


def test_a_comment_that_arrives_when_a_job_ends_is_judged_without_a_sweep(
    store: Storage, connection: redis.Redis
) -> None:
    comments: list[Comment] = []
    for n in range(5):
        with listening_job(store, connection), ThreadPoolExecutor(3) as senders:
            found = list(senders.map(lambda i, n=n: sent(store, content=f"{n} {i}", origin=f"{n} {i}"), range(6)))
        comments += [comment for comment, _ in found]
        for wakeup in {wakeup for _, wakeup in found if wakeup}:  # those that came after the end
            judge("blog", wakeup)
    assert {store.comments.get("blog", comment.id).status for comment in comments} == {Status.APPROVED}


def test_a_job_of_another_database_of_the_server_takes_no_work(
    store: Storage, connection: redis.Redis, valkey_settings: Settings
) -> None:
    other = open_redis(replace(valkey_settings, redis_url=valkey_settings.redis_url.replace("db=0", "db=1")))
    other.sites.put(a_site(moderation="suspicious", per_minute=0))
    with listening_job(store, connection):
        assert sent(other)[1]
        assert not sent(store)[1]


def test_the_server_has_ended_the_subscription_when_a_job_claims_for_the_last_time(
    valkey_settings: Settings, connection: redis.Redis, tmp_path: Path
) -> None:
    """The end of a connection may arrive after the commands on another one."""
    server, path = urlsplit(valkey_settings.redis_url).path, tmp_path / "late.sock"
    with delayed_ends(server, path):
        late = open_redis(replace(valkey_settings, redis_url=f"unix://{path}"))
        with late.announcements.listen_for_work("blog"):
            assert listeners(connection) == 1
        assert listeners(connection) == 0


Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(valkey_settings: Settings) -> Iterator[Start]:
    """Start a judge, and kill it at the end of the test."""
    started: list[subprocess.Popen[bytes]] = []

    def run(chosen: Settings = valkey_settings) -> "subprocess.Popen[bytes]":
        words = [sys.executable, "-m", "tests.integration.one_worker", "judge"]
        servers = {"redis_url": chosen.redis_url, "queue_redis_url": chosen.queue_redis_url}
        words.append(json.dumps({**servers, "judge_seconds": LONG}))
        started.append(subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.wait()


def listening_process(start: Start, connection: redis.Redis) -> "subprocess.Popen[bytes]":
    process = start()
    RQJobs(connection).enqueue(JUDGE, "blog", "token")
    wait_until(lambda: listeners(connection) == 1)
    return process


def test_sigterm_ends_a_judge_that_listens_at_once(start: Start, store: Storage, connection: redis.Redis) -> None:
    process = listening_process(start, connection)
    process.terminate()
    wait_until(lambda: listeners(connection) == 0, seconds=LONG / 2)
    assert process.wait(60) == 0


def test_after_the_death_of_a_listening_judge_a_comment_needs_a_job(
    start: Start, store: Storage, connection: redis.Redis
) -> None:
    listening_process(start, connection).kill()
    wait_until(lambda: listeners(connection) == 0)
    assert sent(store)[1]


def test_the_sweep_finds_the_work_of_a_listening_judge_that_hangs(
    start: Start, store: Storage, connection: redis.Redis, valkey_settings: Settings
) -> None:
    listening_process(start, connection).send_signal(signal.SIGSTOP)
    comment, wakeup = sent(store)
    assert not wakeup
    Sweep(build_deps(valkey_settings), connection).run_once()
    start()
    wait_for(store, comment)


def test_a_judge_listens_if_jobs_have_a_server_of_their_own(
    start: Start, cluster_storage: Storage, cluster_settings: Settings
) -> None:
    for id in ("blog", "shop"):
        cluster_storage.sites.put(replace(a_site(moderation="suspicious", per_minute=0), id=id))
    jobs = RQJobs(connect_queue(cluster_settings))
    start(cluster_settings)
    jobs.enqueue(JUDGE, "blog", "token")
    with connect(cluster_settings) as connection:
        wait_until(lambda: listeners(connection) == 1)
        comment, wakeup = sent(cluster_storage)
        assert not wakeup
        wait_for(cluster_storage, comment)
        other, wakeup = sent(cluster_storage, "shop")
        jobs.enqueue(JUDGE, "shop", wakeup)
        wait_until(lambda: listeners(connection) == 0, seconds=LONG / 2)
        wait_for(cluster_storage, other)
