"""The supervisor, with real processes, restarts parts that end and leaves no process behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from replygate.supervised_part import SHORTEST_DELAY, Child, SupervisedPart
from replygate.supervisor import REPLACEMENT_TIMEOUT
from tests.support.wait import has_ended, wait_until

ROOT = Path(__file__).parents[3]
Run = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Start the supervisor with the named parts, and kill it at the end of the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*parts: str, wait: bool = True) -> "subprocess.Popen[bytes]":
        words = [sys.executable, "-m", "tests.integration.supervised", str(tmp_path), *parts]
        with (tmp_path / "stderr").open("ab") as errors:
            started.append(subprocess.Popen(words, cwd=ROOT, stderr=errors))
        if wait:
            wait_until((tmp_path / "up").exists, "all parts are up")
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def pids(tmp_path: Path) -> Callable[[str], list[int]]:
    """Return all process ids of a part, in order."""

    def read(part: str) -> list[int]:
        path = tmp_path / part
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    return read


def test_a_killed_part_is_started_again(run: Run, pids: Callable[[str], list[int]]) -> None:
    run("sleeper")
    os.kill(pids("sleeper")[0], signal.SIGKILL)
    wait_until(lambda: len(pids("sleeper")) == 2, "a second process")


def test_a_part_that_ends_during_a_rolling_restart_is_started_again(run: Run, pids: Callable[[str], list[int]]) -> None:
    """Valkey may end then, and the new processes of all other parts wait for it."""
    supervisor = run("sleeper", "first")
    supervisor.send_signal(signal.SIGHUP)
    wait_until(lambda: len(pids("sleeper")) == 2, "a replacement that gives no sign of life")
    os.kill(pids("first")[0], signal.SIGKILL)
    wait_until(lambda: len(pids("first")) == 2, "a second process", REPLACEMENT_TIMEOUT / 2)


def test_a_part_that_the_system_cannot_start_is_started_later(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    child = Child(SupervisedPart("sleeper", ["sleep", "600"]), None, "")
    try:
        with monkeypatch.context() as without_python:
            without_python.setattr(sys, "executable", str(tmp_path / "python"))  # as during an upgrade
            child.start()
            assert (child.process, child.ends) == (None, 1)
        assert child.start_at > time.monotonic() - SHORTEST_DELAY
        child.start()
        first = child.process
        with monkeypatch.context() as without_python:
            without_python.setattr(sys, "executable", str(tmp_path / "python"))
            assert not child.start_replacement()
        assert (child.process, child.former) == (first, None)
    finally:
        child.kill()


def test_restarts_of_a_part_that_keeps_ending_back_off(
    run: Run, pids: Callable[[str], list[int]], tmp_path: Path
) -> None:
    run("quitter")
    wait_until(lambda: len(pids("quitter")) >= 4, "three restarts")
    times = [float(line) for line in (tmp_path / "quitter-times").read_text().split()]
    for n in range(3):
        assert times[n + 1] - times[n] >= SHORTEST_DELAY * 2**n


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_request_to_stop_stops_all_parts(run: Run, pids: Callable[[str], list[int]], number: signal.Signals) -> None:
    supervisor = run("sleeper", "parent", "stubborn")
    supervisor.send_signal(number)
    assert supervisor.wait(60) == 0
    for part in ("sleeper", "parent", "stubborn"):
        assert has_ended(pids(part)[0]), part
    wait_until(lambda: has_ended(pids("parent-child")[0]), "the grandchild is gone")


def test_parts_stop_in_the_order_of_their_ranks(run: Run, tmp_path: Path) -> None:
    run("last", "first").terminate()
    wait_until(
        lambda: (tmp_path / "order").exists() and (tmp_path / "order").read_text() == "first\nlast\n", "the order"
    )


def test_it_can_be_stopped_while_a_part_is_not_ready(run: Run, pids: Callable[[str], list[int]]) -> None:
    supervisor = run("late", wait=False)
    wait_until(lambda: bool(pids("late")), "the part runs")
    supervisor.terminate()
    assert supervisor.wait(60) == 0
    assert has_ended(pids("late")[0])


def test_the_process_group_of_an_ended_part_is_killed(run: Run, pids: Callable[[str], list[int]]) -> None:
    run("deserter")
    left = pids("deserter-child")[0]
    os.kill(pids("deserter")[0], signal.SIGKILL)
    wait_until(lambda: has_ended(left), "the child it left behind is gone")


def test_nothing_survives_sigkill_of_the_supervisor(run: Run, pids: Callable[[str], list[int]]) -> None:
    run("sleeper", "parent").kill()
    for part in ("sleeper", "parent", "parent-child"):
        wait_until(lambda part=part: has_ended(pids(part)[0]), f"{part} is gone")


def test_a_frozen_part_is_killed_and_started_again(run: Run, pids: Callable[[str], list[int]], tmp_path: Path) -> None:
    run("alive", "sleeper")
    os.kill(pids("alive")[0], signal.SIGSTOP)
    wait_until(lambda: len(pids("alive")) == 2, "a second process")
    assert "alive is frozen" in (tmp_path / "report").read_text()
    assert len(pids("sleeper")) == 1  # gives no signs at all


def test_a_part_that_freezes_during_a_rolling_restart_is_started_again(
    run: Run, pids: Callable[[str], list[int]]
) -> None:
    supervisor = run("sleeper", "alive")
    supervisor.send_signal(signal.SIGHUP)
    wait_until(lambda: len(pids("sleeper")) == 2, "a replacement that gives no sign of life")
    os.kill(pids("alive")[0], signal.SIGSTOP)
    wait_until(lambda: len(pids("alive")) == 2, "a second process", REPLACEMENT_TIMEOUT / 2)


def test_a_part_has_more_time_while_it_makes_progress(run: Run, tmp_path: Path) -> None:
    run("slow")
    assert "slow: half of it" in (tmp_path / "report").read_text()


def test_a_part_that_keeps_ending_before_it_is_ready_is_explained(run: Run, tmp_path: Path) -> None:
    supervisor = run("broken", wait=False)
    assert supervisor.wait(60) == 1
    assert "broken does not start. It is broken." in (tmp_path / "stderr").read_text()


def test_signs_of_life_after_the_supervisor_itself_stood_still(
    run: Run, pids: Callable[[str], list[int]], tmp_path: Path
) -> None:
    supervisor = run("alive")
    for pid in (supervisor.pid, pids("alive")[0]):
        os.kill(pid, signal.SIGSTOP)
    time.sleep(7)  # longer than a part may give no sign; nothing can be waited for while all stand still
    for pid in (supervisor.pid, pids("alive")[0]):
        os.kill(pid, signal.SIGCONT)
    os.kill(pids("alive")[0], signal.SIGSTOP)
    wait_until(lambda: len(pids("alive")) == 2, "a second process")
    assert (tmp_path / "report").read_text().count("frozen") == 1
