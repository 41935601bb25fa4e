"""The clock of the storage server is set back or ahead, as by time synchronisation or a resumed virtual machine."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comments.errors import SiteTaken, TooMany
from comments.lifecycle import Action, Status
from comments.report_rules import ReaderReport
from comments.settings import Settings
from comments.storage.deliveries import Delivery, DeliveryAttempt
from comments.storage.interfaces import Storage
from comments.storage.redis import connect, open_redis
from comments.storage.values import CommentChange
from replygate.embedded_valkey import start
from tests.faults.clock import settable_clock
from tests.support.builders import SECRET, a_comment, a_decision, a_site, accepted, an_admission, settings
from tests.support.wait import wait_until

LEASE = 5.0
#: Steps within the minute and the hour of a limit, of exactly an hour, and of more.
STEPS = ("-30s", "-1800s", "-1h", "-3h")


@dataclass(frozen=True)
class ClockedServer:
    """A server whose clock can be set."""

    settings: Settings
    offset: Path  # file with the offset from the true time

    def set_clock(self, offset: str) -> None:
        """Set the clock, as an offset such as "-1h", and wait until the server shows that time."""
        new = self.offset.with_name("new")
        new.write_text(offset)
        new.rename(self.offset)
        seconds = int(offset.rstrip("hs")) * (3600 if offset.endswith("h") else 1)
        client = connect(self.settings)
        wait_until(lambda: abs(client.time()[0] - time.time() - seconds) < 5, "the clock is set")


@pytest.fixture(scope="module")
def clocked_server() -> Iterator[ClockedServer]:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="rgt") as directory:
        for name, value in settable_clock(Path(directory)).items():
            patch.setenv(name, value)
        patch.setenv("FAKETIME_NO_CACHE", "1")
        running = start(Path(directory), fsync="everysec")
        patch.undo()
        yield ClockedServer(settings(redis_url=running.url), Path(directory) / "offset")
        running.stop()


@pytest.fixture
def settings_of_server(clocked_server: ClockedServer) -> Settings:
    """Return the settings of an empty server with the true time."""
    clocked_server.set_clock("+0")
    connect(clocked_server.settings).flushall()
    return clocked_server.settings


@pytest.fixture
def store(settings_of_server: Settings) -> Storage:
    opened = open_redis(settings_of_server)
    opened.sites.put(a_site(per_minute=0))
    return opened


@pytest.fixture
def set_clock(clocked_server: ClockedServer, settings_of_server: Settings) -> Callable[[str], None]:
    return clocked_server.set_clock


def test_processes_sleep_as_long_as_they_want_whatever_the_clock_shows(tmp_path: Path) -> None:
    env = settable_clock(tmp_path)
    (tmp_path / "offset").write_text("-1h")
    program = "import time; a, b = time.time(), time.monotonic(); time.sleep(0.2); print(a, time.monotonic() - b)"
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    shown, slept = map(float, done.stdout.split())
    assert abs(time.time() - shown - 3600) < 60
    assert 0.2 <= slept < 60


def sweep(store: Storage) -> list[str]:
    return store.queue.missing_wakeups("blog", batch=10, max_wakeups=2, lease=LEASE)


def test_comments_are_judged_after_the_clock_was_set_back(store: Storage, set_clock: Callable[[str], None]) -> None:
    ids = [accepted(store, content=f"Number {n} of the comments before the step.").id for n in range(3)]
    set_clock("-1h")
    wait_until(lambda: bool(sweep(store)), "the sweep asks for a job")
    assert {claim.id for claim in store.queue.claim("blog", "token", 10, LEASE)} == set(ids)


def test_a_lease_does_not_last_an_hour_after_the_clock_was_set_back(
    store: Storage, set_clock: Callable[[str], None]
) -> None:
    comment = accepted(store)
    assert [claim.id for claim in store.queue.claim("blog", "token", 10, LEASE)] == [comment.id]
    set_clock("-1h")
    wait_until(lambda: bool(sweep(store)), "the sweep asks for a job")
    assert [claim.id for claim in store.queue.claim("blog", "other", 10, LEASE)] == [comment.id]


def test_a_running_lease_is_kept_while_the_clock_runs(store: Storage) -> None:
    accepted(store)
    assert store.queue.claim("blog", "token", 10, LEASE)
    assert sweep(store) == []
    assert store.queue.claim("blog", "other", 10, LEASE) == []


@pytest.mark.parametrize("offset", STEPS)
def test_a_network_does_not_wait_longer_than_a_minute_after_the_clock_was_set_back(
    store: Storage, set_clock: Callable[[str], None], offset: str
) -> None:
    def accept(text: str) -> None:
        store.comments.accept(a_comment(content=text), an_admission(per_minute=1))

    accept("The first in this minute.")
    with pytest.raises(TooMany):
        accept("The second in this minute.")
    set_clock(offset)
    with pytest.raises(TooMany) as refused:
        accept("The second in this minute.")
    assert refused.value.retry_after <= 60


@pytest.mark.parametrize("offset", STEPS)
def test_a_network_may_send_the_rest_of_its_bytes_after_the_clock_was_set_back(
    store: Storage, set_clock: Callable[[str], None], offset: str
) -> None:
    def accept(words: int) -> None:
        store.comments.accept(a_comment(content="word " * words), an_admission(bytes_per_hour=10_000))

    accept(1_000)
    set_clock(offset)
    accept(500)
    with pytest.raises(TooMany) as refused:
        accept(1_000)
    assert refused.value.retry_after <= 3600


@pytest.mark.parametrize("offset", STEPS)
def test_a_reader_may_report_within_a_minute_after_the_clock_was_set_back(
    store: Storage, set_clock: Callable[[str], None], offset: str
) -> None:
    comment, report = accepted(store), ReaderReport("spam", "reader's network", at=datetime.now(UTC))
    store.reports.add(comment, report, per_minute=1)
    set_clock(offset)
    with pytest.raises(TooMany) as refused:
        store.reports.add(comment, report, per_minute=1)
    assert refused.value.retry_after <= 60


@pytest.mark.parametrize("offset", STEPS)
def test_attempts_to_sign_in_are_counted_no_longer_after_the_clock_was_set_back(
    store: Storage, set_clock: Callable[[str], None], offset: str
) -> None:
    store.people.attempt("sign-in", 1, 600)
    set_clock(offset)
    for _ in range(2):
        with pytest.raises(TooMany) as refused:
            store.people.attempt("sign-in", 1, 600)
        assert refused.value.retry_after <= 600


@pytest.mark.parametrize("offset", STEPS)
def test_deliveries_are_sent_at_once_after_the_clock_was_set_back(
    store: Storage, set_clock: Callable[[str], None], offset: str
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    first, *others = [Delivery("hook", name, 1, Status.APPROVED, "example.com", now, now) for name in "abc"]
    store.deliveries.enqueue("blog", "hook", [first])
    assert store.deliveries.claim("blog", "hook", LEASE) == [first]
    store.deliveries.enqueue("blog", "hook", others)
    set_clock(offset)
    assert store.deliveries.due("blog", ["hook"]) == ["hook"]
    assert store.deliveries.claim("blog", "hook", LEASE, 10) == others
    assert store.deliveries.due("blog", ["hook"]) == []
    wait_until(lambda: first in store.deliveries.claim("blog", "hook", LEASE, 10), "its lease ends", seconds=2 * LEASE)


def test_a_failed_delivery_and_its_paused_receiver_wait_no_longer_after_the_clock_was_set_back(
    store: Storage, set_clock: Callable[[str], None]
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    delivery = Delivery("hook", "a", 1, Status.APPROVED, "example.com", now, now)
    store.deliveries.enqueue("blog", "hook", [delivery])
    assert store.deliveries.claim("blog", "hook", LEASE) == [delivery]
    failed = replace(delivery, attempts=1, due=now + timedelta(seconds=5))
    assert store.deliveries.finish("blog", [DeliveryAttempt(delivery, failed, healthy=False)]) == [True]
    set_clock("-1h")
    assert store.deliveries.due("blog", ["hook"]) == []
    wait_until(lambda: store.deliveries.due("blog", ["hook"]) == ["hook"], "the pause ends")


def test_a_lease_that_its_process_left_ends_in_its_time_after_the_clock_was_set_back(
    store: Storage, set_clock: Callable[[str], None], settings_of_server: Settings
) -> None:
    client = connect(settings_of_server)
    assert store.subjects.lease("blog", 1.0)
    store.archives.begin("new", "token")
    set_clock("-1h")
    with pytest.raises(SiteTaken):
        store.archives.begin("new", "other")
    wait_until(lambda: store.subjects.lease("blog", 1.0), "the lease ends")
    assert client.ttl("rg:{new}:importing") <= 60


def test_a_part_that_ended_is_not_shown_as_alive_after_the_clock_was_set_back(
    store: Storage, settings_of_server: Settings
) -> None:
    store.heartbeats.beat("judge", "old", 15)
    connect(settings_of_server).zincrby("rg:beats:judge", 3_600_000, "old")  # as if an hour ago it was later
    assert store.heartbeats.alive("judge") == []
    store.heartbeats.beat("judge", "new", 15)
    assert connect(settings_of_server).zrange("rg:beats:judge", 0, -1) == [b"new"]


def test_a_moderator_who_left_is_not_shown_after_the_clock_was_set_back(
    store: Storage, set_clock: Callable[[str], None]
) -> None:
    store.presence.set("blog", "kim", "one", 120)
    set_clock("-1h")
    assert store.presence.viewers("blog") == []
    store.presence.set("blog", "kim", "one", 120)
    assert [viewer.by for viewer in store.presence.viewers("blog")] == ["kim"]


def test_texts_are_deleted_after_the_clock_jumped_a_month_ahead(
    store: Storage, settings_of_server: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment = accepted(store)
    spam = comment.with_decision(a_decision(Action.SPAM, at=datetime.now(UTC)))
    assert store.comments.decide("blog", [CommentChange(comment, spam)]) == [True]
    store.sites.put(a_site(refused_days=30))
    for name, value in settable_clock(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("REPLYGATE_REDIS_URL", settings_of_server.redis_url)
    monkeypatch.setenv("REPLYGATE_SECRET_KEY", SECRET)
    with ExitStack() as stack:
        for part in ("sweep", "background"):
            process = subprocess.Popen([sys.executable, "-m", "workers.start", part], stderr=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        wait_until(lambda: bool(store.heartbeats.alive("sweep")), "the sweep works")
        assert store.comments.get("blog", spam.id).has_text
        (tmp_path / "offset").write_text("+31d")
        wait_until(lambda: not store.comments.get("blog", spam.id).has_text, "the text is deleted")


def test_the_clock_may_jump_ahead(store: Storage, set_clock: Callable[[str], None]) -> None:
    comment = accepted(store)
    assert store.queue.claim("blog", "token", 10, LEASE)
    set_clock("+1h")
    wait_until(lambda: bool(sweep(store)), "the sweep asks for a job")
    assert [claim.id for claim in store.queue.claim("blog", "other", 10, LEASE)] == [comment.id]
