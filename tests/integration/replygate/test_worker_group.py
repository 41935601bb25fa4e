"""The sweep and the workers of one machine run in forked processes, which are kept running like any other part."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from comments.settings import PREFIX
from comments.watchdog import SignsOfLife
from tests.support.builders import SECRET
from tests.support.wait import has_ended, wait_until

ROOT = Path(__file__).parents[3]
PARTS = ["background", "delivery", "judge", "judge", "sweep"]


class Group:
    """A running worker group, and what it writes to the log."""

    def __init__(self, redis_url: str, log: Path, **settings: str) -> None:
        self.signs = SignsOfLife()
        values = {"SECRET_KEY": SECRET, "REDIS_URL": redis_url, **settings}
        env = {**os.environ, **{PREFIX + name: value for name, value in values.items()}}
        env["NOTIFY_SOCKET"] = self.signs.address
        with log.open("wb") as errors:
            words = [sys.executable, "-m", "replygate.worker_group"]
            self.process = subprocess.Popen(words, cwd=ROOT, env=env, stderr=errors, start_new_session=True)

    def parts(self) -> dict[int, str]:
        """Return the name of the part of each child process."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):
                words = " ".join(child.cmdline())
                if "workers.start" in words:
                    found[child.pid] = words.split()[-1]
        return found

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.signs.__exit__()


@pytest.fixture(scope="module")
def group(valkey_of_module: str) -> Iterator[Group]:
    with tempfile.TemporaryDirectory(prefix="rgg") as directory:
        running = Group(valkey_of_module, Path(directory) / "log")
        wait_until(lambda: running.signs.is_ready(running.process.pid), "the group is ready")
        yield running
        running.end()


def test_each_part_runs_under_its_name_and_in_a_process_group_of_its_own(group: Group) -> None:
    parts = group.parts()
    assert sorted(parts.values()) == PARTS
    assert {os.getpgid(pid) for pid in parts} == set(parts)


def test_the_parent_has_one_thread_and_no_connection(group: Group) -> None:
    parent = psutil.Process(group.process.pid)
    assert parent.num_threads() == 1
    connections = [c for c in parent.net_connections("all") if c.raddr]
    assert [c for c in connections if "valkey" in str(c.raddr)] == []


def test_a_killed_part_is_started_again_under_its_name(group: Group) -> None:
    for name in ("judge", "sweep"):
        killed = next(pid for pid, part in group.parts().items() if part == name)
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda pid=killed: pid not in group.parts() and sorted(group.parts().values()) == PARTS, name)


def test_no_part_outlives_a_killed_group_even_if_it_is_frozen(valkey_of_module: str, tmp_path: Path) -> None:
    group = Group(valkey_of_module, tmp_path / "log", JUDGES="1")
    wait_until(lambda: group.signs.is_ready(group.process.pid), "the group is ready")
    parts = group.parts()
    os.kill(min(parts), signal.SIGSTOP)
    group.end()
    for pid, name in parts.items():
        wait_until(lambda pid=pid: has_ended(pid), f"{name} is gone")


def test_a_request_to_stop_ends_every_part_and_then_the_group(valkey_of_module: str, tmp_path: Path) -> None:
    group = Group(valkey_of_module, tmp_path / "log", JUDGES="1")
    wait_until(lambda: group.signs.is_ready(group.process.pid), "the group is ready")
    parts = group.parts()
    group.process.terminate()
    assert group.process.wait(60) == 0
    assert all(map(has_ended, parts))
    assert "Traceback" not in (tmp_path / "log").read_text()
    group.end()


def test_a_part_that_cannot_start_ends_the_group_with_the_reason_in_the_log(
    valkey_of_module: str, tmp_path: Path
) -> None:
    group = Group(valkey_of_module, tmp_path / "log", POLICY=str(tmp_path / "absent.toml"))
    assert group.process.wait(60) == 1
    assert "REPLYGATE_POLICY: " in (tmp_path / "log").read_text()
    assert not group.signs.is_ready(group.process.pid)
    group.end()
