"""The clock of the storage server is set back or ahead, as by time synchronisation or a resumed virtual machine."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from comments.errors import TooMany
from comments.lifecycle import Action
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.redis import connect, open_redis
from comments.storage.values import CommentChange
from replygate.embedded_valkey import start
from tests.faults.clock import settable_clock
from tests.support.builders import SECRET, a_comment, a_decision, a_site, accepted, an_admission, settings
from tests.support.wait import wait_until

LEASE = 5.0


@pytest.fixture
def settings_of_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Start a server whose clock is in the file `offset`."""
    with tempfile.TemporaryDirectory(prefix="rgt") as directory:
        with monkeypatch.context() as patch:
            for name, value in settable_clock(tmp_path).items():
                patch.setenv(name, value)
            patch.setenv("FAKETIME_NO_CACHE", "1")
            running = start(Path(directory), fsync="everysec")
        yield settings(redis_url=running.url)
        running.stop()


@pytest.fixture
def store(settings_of_server: Settings) -> Storage:
    opened = open_redis(settings_of_server)
    opened.sites.put(a_site(per_minute=0))
    return opened


@pytest.fixture
def set_clock(tmp_path: Path, settings_of_server: Settings) -> Callable[[str], None]:
    """Set the server's clock, as an offset from the true time such as "-1h", and wait until it shows that time."""
    client = connect(settings_of_server)

    def write(offset: str) -> None:
        (tmp_path / "new").write_text(offset)
        (tmp_path / "new").rename(tmp_path / "offset")
        hours = int(offset.removesuffix("h"))
        wait_until(lambda: abs(client.time()[0] - time.time() - 3600 * hours) < 60, "the clock is set")

    return write


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


def test_a_network_does_not_wait_an_hour_after_the_clock_was_set_back(
    store: Storage, set_clock: Callable[[str], None]
) -> None:
    def accept(text: str) -> None:
        store.comments.accept(a_comment(content=text), an_admission(per_minute=1))

    accept("The first in this minute.")
    with pytest.raises(TooMany):
        accept("The second in this minute.")
    set_clock("-1h")
    accept("After the clock was set back.")


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
