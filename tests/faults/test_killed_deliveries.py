"""Deliveries survive kills of the delivery process: each event arrives, and events of a comment arrive in order."""

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from comments.job_queue import RQJobs
from comments.lifecycle import Action
from comments.settings import Settings
from comments.site import Webhook
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from tests.support.builders import NOW, a_site, accepted, decided, moderated
from tests.support.receiver import Receiver, fine
from tests.support.wait import wait_until
from workers.delivery.outbox import PARALLEL_SENDERS
from workers.delivery.webhooks import WEBHOOK_BATCH
from workers.deps import build_deps
from workers.sweep import Sweep

ROOT = Path(__file__).parents[2]
COMMENTS = 40
KILLS = 2

Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as listening:
        yield listening


@pytest.fixture
def start(valkey_settings: Settings, receiver: Receiver) -> Iterator[Start]:
    """Start a delivery process, and kill it at the end of the test."""
    started: list[subprocess.Popen[bytes]] = []
    chosen = json.dumps({"redis_url": valkey_settings.redis_url, "webhook_http_allow": receiver.authority})

    def run() -> "subprocess.Popen[bytes]":
        words = [sys.executable, "-m", "tests.integration.one_worker", "delivery", chosen]
        started.append(subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def sweep(valkey_settings: Settings) -> Sweep:
    connection = connect(valkey_settings)
    deps = build_deps(valkey_settings)
    assert isinstance(deps.jobs, RQJobs)
    return Sweep(deps, connection)


def received(receiver: Receiver) -> list[tuple[str, int]]:
    pairs = (json.loads(request.body)["id"].split(":") for request in receiver.requests)
    return [(comment, int(version)) for comment, version in pairs]


def test_no_event_is_lost_or_overtaken_when_senders_are_killed(
    redis_storage: Storage, receiver: Receiver, start: Start, sweep: Sweep
) -> None:
    hook = Webhook("hook", receiver.url, NOW, ("k1",))
    redis_storage.sites.put(a_site(webhooks=(hook,)))
    held = [decided(redis_storage, accepted(redis_storage, thread=str(n)), Action.HOLD) for n in range(COMMENTS)]
    for comment in held:
        moderated(redis_storage, moderated(redis_storage, comment, Action.APPROVE), Action.REMOVE)

    def has_received(n: int) -> bool:
        sweep.run_once()
        return len(set(received(receiver))) >= n

    for kill in range(1, KILLS + 1):
        worker = start()
        wait_until(lambda kill=kill: has_received(kill * COMMENTS // 2))
        worker.kill()
        assert worker.wait() == -signal.SIGKILL
    start()
    wait_until(lambda: has_received(3 * COMMENTS) and redis_storage.deliveries.figures("blog").pending == 0)
    assert set(received(receiver)) == {(comment.id, version) for comment in held for version in (1, 2, 3)}
    repeats = Counter(received(receiver))
    assert sum(repeats.values()) <= 3 * COMMENTS + KILLS * PARALLEL_SENDERS * WEBHOOK_BATCH, "only running batches"
    assert max(repeats.values()) <= 1 + KILLS, "a kill repeats an event once"
    for comment in held:
        versions = [version for id, version in received(receiver) if id == comment.id]
        assert versions == sorted(versions)


def test_a_process_ends_after_its_running_deliveries(
    redis_storage: Storage, receiver: Receiver, start: Start, sweep: Sweep
) -> None:
    go = Event()
    receiver.behave = lambda connection: go.wait(60) and fine(connection)
    redis_storage.sites.put(a_site(webhooks=(Webhook("hook", receiver.url, NOW, ("k1",)),)))
    decided(redis_storage, accepted(redis_storage), Action.APPROVE)
    worker = start()

    def is_sending() -> bool:
        sweep.run_once()
        return len(receiver.requests) == 1

    wait_until(is_sending)
    worker.terminate()
    go.set()
    assert worker.wait(60) == 0
    assert redis_storage.deliveries.figures("blog").results == {"delivered": 1}
