"""`replygate up`: a first run, a second run, and every way to end it."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from comments.settings import PREFIX
from comments.watchdog import INTERVAL
from tests.support.ports import free_port
from tests.support.running_service import TAKES_HANGUPS
from tests.support.wait import has_ended, wait_until

ROOT = Path(__file__).parents[3]
Up = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="rgu") as path:
        yield Path(path) / "var"


@pytest.fixture
def port() -> int:
    return free_port()


@contextmanager
def starting(directory: Path, port: int) -> Iterator[Up]:
    """Start `replygate up`, and kill it with all its parts at the end of the block."""
    started: list[subprocess.Popen[str]] = []

    def run(
        *options: str, directory: Path = directory, shell: str = "", stdin: int | None = None, **settings: str
    ) -> "subprocess.Popen[str]":
        env = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        env |= {PREFIX + name: value for name, value in settings.items()}
        words = [sys.executable, "-m", "replygate", "--data", str(directory), "up", "--port", str(port), *options]
        if shell:  # a script that runs its arguments
            words = ["sh", "-c", shell, "sh", *words]
        words = [*TAKES_HANGUPS, *words]
        words_go = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        started.append(subprocess.Popen(words, cwd=ROOT, env=env, text=True, stdin=stdin, **words_go))
        return started[-1]

    yield run
    for process in started:
        parts = below(process) if process.poll() is None else []
        process.kill()
        process.communicate()
        wait_until(lambda parts=parts: all(map(has_ended, parts)), "nothing writes into the directory any more")


@pytest.fixture
def up(directory: Path, port: int) -> Iterator[Up]:
    with starting(directory, port) as run:
        yield run


@dataclass(frozen=True)
class Running:
    """A first run in a directory that everybody could read, with what it printed."""

    up: Up
    process: "subprocess.Popen[str]"
    directory: Path
    greeting: str

    @property
    def article(self) -> str:
        return page(addresses(self.greeting)["Demo article"])


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """Start `replygate up` once for the tests that do not end it."""
    with tempfile.TemporaryDirectory(prefix="rgu") as path:
        directory = Path(path) / "var"
        directory.mkdir(mode=0o755)
        with starting(directory, free_port()) as run:
            process = run()
            yield Running(run, process, directory, greeting(process))


def greeting(process: "subprocess.Popen[str]") -> str:
    """Read its output up to the line about logs."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Logs" in line:
            break
    return "".join(lines)


def addresses(greeted: str) -> dict[str, str]:
    return dict(re.findall(r"^  (\S.*?)  +(http\S+)", greeted, re.MULTILINE))


def page(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return str(answer.read().decode())


def below(process: "subprocess.Popen[str]") -> list[int]:
    return [child.pid for child in psutil.Process(process.pid).children(recursive=True)]


def stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    assert process.wait(60) == 0


def test_a_first_run_shows_addresses_and_a_sign_in_link(running: Running) -> None:
    shown = addresses(running.greeting)
    assert "Leave a Reply" in running.article
    assert "admin" in page(shown["Sign in as admin"])
    assert set(shown) == {"Demo article", "Review page", "Sign in as admin", "Ops page"}


def test_demo_mails_are_written_to_files_and_the_greeting_says_so(running: Running) -> None:
    assert f"{running.directory}/mail (written to files; set REPLYGATE_SMTP_URL to send them)" in running.greeting
    assert "Notify me of replies by email" in running.article


def test_an_open_directory_becomes_private(running: Running) -> None:
    assert running.directory.stat().st_mode & 0o077 == 0
    files = [path for path in running.directory.rglob("*") if not path.is_socket()]
    assert "secret" in {path.name for path in files}
    assert [path.name for path in files if path.stat().st_mode & 0o077] == []


def test_a_second_run_in_the_same_directory_is_refused(running: Running) -> None:
    second = running.up()
    assert second.wait(60) == 2
    assert second.stderr is not None
    assert "already running in" in second.stderr.read()


def test_frozen_processes_are_replaced(running: Running) -> None:
    process = running.process
    commands = {pid: " ".join(psutil.Process(pid).cmdline()) for pid in below(process)}
    web = next(pid for pid, command in commands.items() if "replygate.web_server" in command)
    frozen = [
        next(pid for pid, command in commands.items() if "workers.start judge" in command),
        next(pid for pid in commands if psutil.Process(pid).ppid() == web and "resource_tracker" not in commands[pid]),
    ]
    for pid in frozen:  # old enough to have given a sign of life
        wait_until(lambda pid=pid: time.time() - psutil.Process(pid).create_time() > 4 * INTERVAL, "it has started")
        os.kill(pid, signal.SIGSTOP)
    # Until the last thread of a killed web process has ended, its socket takes connections and resets them.
    wait_until(lambda: not set(frozen) & set(below(process)), "both are killed")
    wait_until(lambda: len(below(process)) == len(commands), "others run in their place")
    assert web in below(process)
    assert all("Leave a Reply" in running.article for _ in range(8))


def test_a_second_run_of_make_up_goes_on_with_the_secret_and_the_conversation_of_the_first(
    up: Up, directory: Path
) -> None:
    command = re.search(r"^\t@exec \$\(BIN\)/replygate up (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert command
    first = up(*command[1].split())
    article = page(addresses(greeting(first))["Demo article"])
    assert article.count('class="rg-comment"') >= 8
    assert directory.stat().st_mode & 0o077 == 0
    assert (directory / "secret").stat().st_mode & 0o077 == 0
    secret = (directory / "secret").read_text()
    stop(first)
    again = page(addresses(greeting(up(*command[1].split())))["Demo article"])
    assert again.count('class="rg-comment"') == article.count('class="rg-comment"')
    assert (directory / "secret").read_text() == secret


def parts_of(process: "subprocess.Popen[str]") -> list[int]:
    """Return the ids of Valkey, the sweep, two judges, background, delivery, web and its two processes."""
    parts = below(process)
    assert len(parts) >= 8
    return parts


def all_are_gone(parts: list[int]) -> None:
    wait_until(lambda: all(map(has_ended, parts)), "no process is left")


def test_no_process_is_left_after_sigterm(up: Up) -> None:
    process = up()
    greeting(process)
    parts = parts_of(process)
    stop(process)
    all_are_gone(parts)


def test_it_starts_again_right_after_a_kill_and_no_process_is_left(up: Up) -> None:
    process = up()
    greeting(process)
    parts = parts_of(process)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert "Leave a Reply" in page(addresses(greeting(up()))["Demo article"])
    all_are_gone(parts)


def test_under_nohup_and_without_input_a_closing_terminal_changes_nothing(up: Up) -> None:
    process = up(shell='trap "" HUP; exec "$@" <&-')
    greeting(process)
    ignored = re.search(r"^SigIgn:\s*(\w+)", Path(f"/proc/{process.pid}/status").read_text(), re.MULTILINE)
    assert ignored
    assert int(ignored[1], 16) & 1 << signal.SIGHUP - 1
    stop(process)


def test_a_closing_terminal_stops_everything_whatever_the_input_is(
    up: Up, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    terminal, end = os.openpty()
    process = up(shell="""exec setsid --ctty sh -c 'exec "$@" </dev/null' sh "$@" """, stdin=end)
    os.close(end)
    greeting(process)
    parts = parts_of(process)
    os.close(terminal)
    assert process.wait(60) == 0
    all_are_gone(parts)
    assert list(tmp_path.glob("replygate-*")) == []


def test_ctrl_c_stops_all_processes_and_says_that_comments_are_safe(up: Up, directory: Path) -> None:
    nowhere = "redis://127.0.0.1:1/0"
    process = up(REDIS_URL=nowhere, QUEUE_REDIS_URL=nowhere)  # `up` says that it does not use them
    assert "Leave a Reply" in page(addresses(greeting(process))["Demo article"])
    parts = parts_of(process)
    process.send_signal(signal.SIGINT)
    _, progress = process.communicate(timeout=60)
    assert process.returncode == 0
    all_are_gone(parts)
    unused = (
        f"is not used: `replygate up` keeps comments and jobs in its own Valkey, in {directory}/. "
        "To use another server, run each part by itself: docs/operators.md"
    )
    assert progress.splitlines() == [
        f"REPLYGATE_REDIS_URL {unused}",
        f"REPLYGATE_QUEUE_REDIS_URL {unused}",
        "Starting Replygate …",
        "Stopping … Press Ctrl-C again to stop at once.",
        "  stopped web",
        "  stopped workers",
        "  stopped valkey",
        f"Replygate has stopped. All comments are safe in {directory}/.",
    ]


def test_a_port_in_use_is_reported(up: Up, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        process = up()
        assert process.wait(60) == 2
    assert process.stderr is not None
    assert f"cannot listen on 127.0.0.1:{port}" in process.stderr.read()


def test_the_directory_may_have_a_long_path_and_the_address_may_be_ipv6(up: Up, directory: Path, port: int) -> None:
    shown = addresses(greeting(up("--host", "::1", directory=directory / ("deep" * 20) / ("deeper" * 10))))
    assert shown["Demo article"] == f"http://[::1]:{port}/demo/"
    assert "Leave a Reply" in page(shown["Demo article"])


def test_a_damaged_file_is_named_without_a_traceback(up: Up, directory: Path) -> None:
    first = up()
    greeting(first)
    stop(first)
    base = next((directory / "appendonlydir").glob("*.base.rdb"))
    base.write_bytes(b"REDIS0011" + bytes(1000))
    second = up()
    _, errors = second.communicate(timeout=60)
    assert second.returncode == 1
    assert "valkey does not start. Its log," in errors
    assert "Traceback" not in errors
