"""The port stays open while web processes are killed, and while all parts are replaced."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from comments.settings import PREFIX
from replygate.listening_socket import open_socket, passed_socket
from tests.integration.replygate.test_up import greeting
from tests.support.ports import free_port
from tests.support.running_service import TAKES_HANGUPS
from tests.support.wait import has_ended, wait_until

ROOT = Path(__file__).parents[3]
CLIENTS = 4
Up = tuple["subprocess.Popen[str]", int]


@pytest.fixture(scope="module")
def up() -> Iterator[Up]:
    """Start `replygate up` once for all tests; give its process and port."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="rgp") as directory:
        env = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        env[f"{PREFIX}JUDGES"] = "1"
        words = [*TAKES_HANGUPS, sys.executable, "-m", "replygate", "--data", f"{directory}/var", "up"]
        words += ["--port", str(port)]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(words, cwd=ROOT, env=env, text=True, start_new_session=True, **pipes)
        greeting(process)
        yield process, port
        process.terminate()
        process.communicate(timeout=60)


@contextmanager
def connecting(port: int) -> Iterator[Counter[str]]:
    """Open a new connection for each request, without a pause. Give the number of answers and of errors by name."""
    counts: Counter[str] = Counter()
    over = threading.Event()

    def run() -> None:
        while not over.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            with closing(connection):
                try:
                    connection.request("GET", "/healthz")
                    counts[str(connection.getresponse().status)] += 1
                except (OSError, http.client.HTTPException) as error:
                    counts[type(error).__name__] += 1

    threads = [threading.Thread(target=run) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield counts
    finally:
        over.set()
        for thread in threads:
            thread.join()


def web_of(process: "subprocess.Popen[str]") -> psutil.Process:
    def found() -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            children = psutil.Process(process.pid).children()
            return [child for child in children if "replygate.web_server" in child.cmdline()]
        return []

    wait_until(lambda: bool(found()), "the web server runs")
    return found()[0]


def parts_of(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    """Return all processes but Valkey, also the workers that share one parent and the web processes."""
    return [
        child for child in psutil.Process(process.pid).children(recursive=True) if "valkey-server" not in child.name()
    ]


def kill(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):  # it has just ended
        process.kill()


def answers_more(counts: Counter[str]) -> None:
    wanted = counts["200"] + 40
    wait_until(lambda: counts["200"] >= wanted, "further requests are answered")


def test_no_connection_is_refused_while_web_processes_are_killed(up: Up) -> None:
    process, port = up
    with connecting(port) as counts:
        answers_more(counts)
        for _ in range(2):  # the second time as soon as there are others
            for child in web_of(process).children():
                kill(child)
            answers_more(counts)
        kill(web_of(process))
        answers_more(counts)
    assert counts["ConnectionRefusedError"] == 0, counts


def test_no_connection_is_refused_during_a_rolling_restart(up: Up) -> None:
    process, port = up
    before = {child.pid for child in parts_of(process)}
    with connecting(port) as counts:
        answers_more(counts)
        process.send_signal(signal.SIGHUP)
        wait_until(lambda: all(map(has_ended, before)), "all parts but Valkey are replaced", 180)
        answers_more(counts)
    assert set(counts) == {"200"}, counts  # neither refused nor closed without an answer
    wait_until(lambda: len(parts_of(process)) == len(before), "as many processes as before")


def test_a_restart_with_a_fault_keeps_the_processes_before(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tests.integration.supervised", str(tmp_path), "once"]
    with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.DEVNULL) as supervisor:
        wait_until((tmp_path / "up").exists, "the part is up")
        supervisor.send_signal(signal.SIGHUP)
        wait_until(lambda: "does not start" in (tmp_path / "report").read_text(), "the restart is given up")
        (pid,) = map(int, re.findall(r"\d+", (tmp_path / "once").read_text()))
        assert not has_ended(pid)
        supervisor.terminate()
    assert has_ended(pid)


def test_a_socket_for_another_process_is_left_alone() -> None:
    env = {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid() + 1)}
    assert passed_socket(env) is None
    assert env == {}


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_server_on_all_addresses_is_reached_by_ipv4_and_ipv6(host: str) -> None:
    with open_socket("::", 0) as listening, socket.create_connection((host, listening.getsockname()[1]), 5):
        pass


@contextmanager
def web_server_on(listening: socket.socket, redis_url: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the web server with one process on a socket, which it gets as from systemd."""
    script = f'exec 3<&{listening.fileno()}; LISTEN_PID=$$ LISTEN_FDS=1 exec "{sys.executable}" -m replygate.web_server'
    env = {**os.environ, "REPLYGATE_REDIS_URL": redis_url, "REPLYGATE_SECRET_KEY": "s" * 40}
    env |= {"REPLYGATE_PORT": "1", "REPLYGATE_WEB_PROCESSES": "1"}
    process = subprocess.Popen(
        ["bash", "-c", script], cwd=ROOT, env=env, pass_fds=[listening.fileno()], stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def test_a_web_server_listens_on_the_socket_that_systemd_passes(valkey_server: str) -> None:
    with open_socket("127.0.0.1", 0) as listening, web_server_on(listening, valkey_server):
        with connecting(listening.getsockname()[1]) as counts:
            answers_more(counts)
        assert set(counts) == {"200"}, counts


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("replies.example", timeout=30)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)

    def status(self, path: str) -> tuple[int, str]:
        self.request("GET", path)
        answer = self.getresponse()
        answer.read()
        return answer.status, answer.headers.get("Connection", "")


def test_a_stopping_web_server_answers_its_connections_and_leaves_new_ones_to_others(
    valkey_server: str, tmp_path: Path
) -> None:
    """The socket is a Unix socket, such as systemd opens for `ListenStream=/run/replygate.sock`."""
    path = str(tmp_path / "web.sock")
    with ExitStack() as stack:
        listening = stack.enter_context(socket.socket(socket.AF_UNIX))
        listening.bind(path)
        listening.listen(100)
        kept, silent, new = (stack.enter_context(closing(UnixConnection(path))) for _ in range(3))
        with web_server_on(listening, valkey_server) as process:
            assert kept.status("/healthz") == (200, "")
            silent.connect()
            wait_until(lambda: kept.status("/healthz") == (200, ""), "the connection without a request is accepted")
            process.terminate()
            wait_until(lambda: kept.status("/healthz") == (200, "close"), "it asks its clients to close connections")
            assert silent.status("/healthz") == (200, "close")
            new.connect()
            new.sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert process.wait(30) == 0
        with web_server_on(listening, valkey_server):
            assert new.sock.recv(12) == b"HTTP/1.1 200"


def test_a_stopping_web_server_does_not_wait_long_for_a_silent_client(valkey_server: str, tmp_path: Path) -> None:
    path = str(tmp_path / "web.sock")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen(100)
        with web_server_on(listening, valkey_server) as process, closing(UnixConnection(path)) as silent:
            assert silent.status("/healthz") == (200, "")
            process.terminate()
            assert process.wait(30) == 0
            with pytest.raises((OSError, http.client.HTTPException)):  # closed, as idle connections are at the end
                silent.status("/healthz")
