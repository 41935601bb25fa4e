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
from pathlib import Path

import psutil
import pytest

from comments.settings import PREFIX
from comments.watchdog import INTERVAL
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
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def up(directory: Path, port: int) -> Iterator[Up]:
    """Start `replygate up`, and kill it with all its parts at the end of the test."""
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


def test_a_first_run_shows_addresses_and_a_sign_in_link(up: Up) -> None:
    shown = addresses(greeting(up()))
    assert "Leave a Reply" in page(shown["Demo article"])
    assert "admin" in page(shown["Sign in as admin"])
    assert set(shown) == {"Demo article", "Review page", "Sign in as admin", "Ops page"}


def test_make_up_starts_with_a_conversation_below_the_article(up: Up, directory: Path) -> None:
    command = re.search(r"^\t@exec \$\(BIN\)/replygate up (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert command
    first = up(*command[1].split())
    article = page(addresses(greeting(first))["Demo article"])
    assert article.count('class="rg-comment"') >= 8
    first.terminate()
    assert first.wait(60) == 0
    again = page(addresses(greeting(up(*command[1].split())))["Demo article"])
    assert again.count('class="rg-comment"') == article.count('class="rg-comment"')


def test_demo_mails_are_written_to_files_and_the_greeting_says_so(up: Up, directory: Path) -> None:
    greeted = greeting(up())
    assert f"{directory}/mail (written to files; set REPLYGATE_SMTP_URL to send them)" in greeted
    assert "Notify me of replies by email" in page(addresses(greeted)["Demo article"])


def test_its_files_are_private_and_reused_by_the_next_run(up: Up, directory: Path) -> None:
    first = up()
    greeting(first)
    first.terminate()
    assert first.wait(60) == 0
    secret = (directory / "secret").read_text()
    greeting(up())
    assert (directory / "secret").read_text() == secret
    assert directory.stat().st_mode & 0o077 == 0
    assert (directory / "secret").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_is_left_after_any_kind_of_end(up: Up, number: signal.Signals) -> None:
    process = up()
    greeting(process)
    parts = below(process)
    assert len(parts) >= 8  # Valkey, sweep, two judges, background, delivery, web and its two processes
    process.send_signal(number)
    assert process.wait(60) == (0 if number is not signal.SIGKILL else -signal.SIGKILL)
    for pid in parts:
        wait_until(lambda pid=pid: has_ended(pid), f"{pid} is gone")


def test_under_nohup_and_without_input_a_closing_terminal_changes_nothing(up: Up) -> None:
    process = up(shell='trap "" HUP; exec "$@" <&-')
    greeting(process)
    ignored = re.search(r"^SigIgn:\s*(\w+)", Path(f"/proc/{process.pid}/status").read_text(), re.MULTILINE)
    assert ignored
    assert int(ignored[1], 16) & 1 << signal.SIGHUP - 1
    process.terminate()
    assert process.wait(60) == 0


def test_a_closing_terminal_stops_everything_whatever_the_input_is(
    up: Up, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    terminal, end = os.openpty()
    process = up(shell="""exec setsid --ctty sh -c 'exec "$@" </dev/null' sh "$@" """, stdin=end)
    os.close(end)
    greeting(process)
    parts = below(process)
    os.close(terminal)
    assert process.wait(60) == 0
    assert all(map(has_ended, parts))
    assert list(tmp_path.glob("replygate-*")) == []


def test_ctrl_c_says_what_stops_and_that_comments_are_safe(up: Up, directory: Path) -> None:
    nowhere = "redis://127.0.0.1:1/0"
    process = up(REDIS_URL=nowhere, QUEUE_REDIS_URL=nowhere)  # `up` says that it does not use them
    assert "Leave a Reply" in page(addresses(greeting(process))["Demo article"])
    process.send_signal(signal.SIGINT)
    _, progress = process.communicate(timeout=60)
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


def test_it_starts_again_right_after_a_kill(up: Up) -> None:
    process = up()
    greeting(process)
    process.kill()
    process.wait()
    assert "Leave a Reply" in page(addresses(greeting(up()))["Demo article"])


def test_a_second_run_in_the_same_directory_is_refused(up: Up) -> None:
    greeting(up())
    second = up()
    assert second.wait(60) == 2
    assert second.stderr is not None
    assert "already running in" in second.stderr.read()


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


def test_frozen_processes_are_replaced(up: Up) -> None:
    process = up()
    shown = addresses(greeting(process))
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
    assert all("Leave a Reply" in page(shown["Demo article"]) for _ in range(8))


def test_an_open_directory_becomes_private(up: Up, directory: Path) -> None:
    directory.mkdir(mode=0o755)
    greeting(up())
    assert directory.stat().st_mode & 0o077 == 0
    files = [path for path in directory.rglob("*") if not path.is_socket()]
    assert [path.name for path in files if path.stat().st_mode & 0o077] == []


def test_a_damaged_file_is_named_without_a_traceback(up: Up, directory: Path) -> None:
    first = up()
    greeting(first)
    first.terminate()
    assert first.wait(60) == 0
    base = next((directory / "appendonlydir").glob("*.base.rdb"))
    base.write_bytes(b"REDIS0011" + bytes(1000))
    second = up()
    _, errors = second.communicate(timeout=60)
    assert second.returncode == 1
    assert "valkey does not start. Its log," in errors
    assert "Traceback" not in errors
