"""Processes of the benchmarks: an embedded Valkey, HTTP servers and workers."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from comments.settings import Settings
from replygate.embedded_valkey import start

SECRET = "a secret key for benchmarks only, 32+"
START_SECONDS = 60.0
ISSO = ("isso==0.14.0", "gunicorn==27.0.1")


@contextmanager
def valkey(fsync: str = "always") -> Iterator[Settings]:
    """Start a new server with the durability of the shipped one, and give settings for it."""
    with tempfile.TemporaryDirectory(prefix="rg") as directory:
        server = start(Path(directory), fsync=fsync)
        try:
            yield Settings(secret_key=SECRET, redis_url=server.url, socket_timeout=5.0)
        finally:
            server.stop()


def environment(settings: Settings, **more: str) -> Mapping[str, str]:
    own = {
        "REPLYGATE_SECRET_KEY": SECRET, "REPLYGATE_REDIS_URL": settings.redis_url, "REPLYGATE_LOG_LEVEL": "ERROR",
        "REPLYGATE_SOCKET_TIMEOUT": "10",  # seconds: other programs on the machine must not open the breaker
    }  # fmt: skip
    return {**{k: v for k, v in os.environ.items() if not k.startswith("REPLYGATE_")}, **own, **more}


@contextmanager
def process(
    *words: str, env: Mapping[str, str], python: Path = Path(sys.executable), stderr: int | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `python -m words` until the end of the block."""
    running = subprocess.Popen([str(python), "-m", *words], env=env, stdout=subprocess.DEVNULL, stderr=stderr)
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


@dataclass(frozen=True, slots=True)
class Server:
    """A running HTTP server."""

    port: int
    pid: int


@contextmanager
def web_server(settings: Settings, app: str = "", **more: str) -> Iterator[Server]:
    """Start `replygate web`, or another WSGI application on the same server."""
    words = ("bench.served_app", app) if app else ("replygate", "web")
    port = free_port()
    chosen = {"REPLYGATE_PORT": str(port), "REPLYGATE_LOG_LEVEL": "INFO", **more}  # the level that is shipped
    with _served(port, *words, env=environment(settings, **chosen)) as server:
        yield server


@contextmanager
def granian_wsgi(settings: Settings, app: str) -> Iterator[Server]:
    """Start an application on Granian's own WSGI interface."""
    port = free_port()
    words = (
        "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "2",
        "--blocking-threads", "4", "--no-access-log", "--log-level", "error", app,
    )  # fmt: skip
    with _served(port, *words, env=environment(settings)) as server:
        yield server


@contextmanager
def isso(python: Path, host: str) -> Iterator[Server]:
    """Start Isso as its documentation says, with two gunicorn processes and a new SQLite file."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="isso") as directory:
        config = Path(directory, "isso.conf")
        config.write_text(
            f"[general]\ndbpath = {directory}/comments.db\nhost = {host}\n"
            f"[guard]\nenabled = false\n[moderation]\nenabled = false\n"
        )
        words = ("gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--preload", "isso.run")
        env = {**os.environ, "ISSO_SETTINGS": str(config)}
        with _served(port, *words, env=env, python=python) as server:
            yield server


@contextmanager
def _served(port: int, *words: str, env: Mapping[str, str], python: Path = Path(sys.executable)) -> Iterator[Server]:
    with process(*words, env=env, python=python, stderr=subprocess.DEVNULL) as running:
        wait_for_port(port)
        yield Server(port, running.pid)


def isso_python() -> Path:
    """Return a Python interpreter with Isso. Its environment is created on first use."""
    home = Path(__file__).parents[1] / "var" / "bench-isso"
    python = home / "bin" / "python"
    if not (home / ".complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *ISSO], check=True)
        (home / ".complete").touch()
    return python


def free_port() -> int:
    with closing(socket.socket()) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def wait_for_port(port: int) -> None:
    """Wait for any answer: the shipped server takes connections before its web processes run."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with suppress(OSError, HTTPException), closing(HTTPConnection("127.0.0.1", port, timeout=5.0)) as connection:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        time.sleep(0.05)
    raise TimeoutError("the web server did not start")


def until(done: Callable[[], bool]) -> float:
    """Wait until `done` and return the seconds. Checks 50 times a second."""
    begun = time.perf_counter()
    while not done():
        time.sleep(0.02)
    return time.perf_counter() - begun
