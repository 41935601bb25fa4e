"""Replace processes that are frozen: they exist, but do not run.

A process says that it runs by a datagram in the form of systemd's watchdog (sd_notify(3)), to the address in the
environment variable NOTIFY_SOCKET. `replygate up` and a systemd unit with WatchdogSec read it. The main process of the
web server watches its own processes in the same way.
"""

import contextlib
import os
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping
from typing import Self

from .private_directory import private_directory

NOTIFY_SOCKET = "NOTIFY_SOCKET"
#: Seconds between two signs of life.
INTERVAL = 2.0
#: Seconds to wait for a listener that has more to read. Signs of life are repeated, so they do not wait.
READY_TIMEOUT = 5.0
#: Seconds without one after which a process counts as frozen. A busy machine may delay a process by some seconds.
FROZEN_AFTER = 15.0


class SignsOfLife:
    """The receiver of datagrams, and the time of the last one of each process.

    It receives in each call, and in `receive`. A process that has other things to do gives it a thread: the kernel
    keeps as few as ten datagrams, and drops others.
    """

    def __init__(self, in_thread: bool = False) -> None:
        self._around = contextlib.ExitStack()
        self.address = str(self._around.enter_context(private_directory()) / "alive")  # so that nobody else can send
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self._socket.setblocking(in_thread)
        self.arrived = deque[bytes](maxlen=10_000)
        self._in_thread = in_thread
        if in_thread:
            threading.Thread(target=self.receive, name="signs of life", daemon=True).start()
        self._last: dict[int, float] = {}
        self._ready: set[int] = set()
        self._looked = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RD)  # ends a thread
        self._socket.close()
        self._around.close()

    def frozen(self, processes: Collection[int], after: float = FROZEN_AFTER) -> list[int]:
        """Return those of `processes` that ran once and gave no sign for `after` seconds. Call it often.

        If this process itself did not run, because the whole machine slept, everybody gets the time again.
        """
        now = time.monotonic()
        if now - self._looked > after / 2:
            self._last = dict.fromkeys(self._last, now)
        self._looked = now
        self._read()
        self._last = {pid: at for pid, at in self._last.items() if pid in processes}
        self._ready &= set(processes)
        return [pid for pid, at in self._last.items() if now - at > after]

    def has_run(self, pid: int) -> bool:
        """Return whether the process gave a sign of life."""
        self._read()
        return pid in self._last

    def is_ready(self, pid: int) -> bool:
        """Return whether the process said that it is ready."""
        self._read()
        return pid in self._ready

    def fileno(self) -> int:
        return self._socket.fileno()

    def receive(self) -> None:
        """Receive what has arrived; in a thread, all that arrives."""
        with contextlib.suppress(OSError):  # nothing more, or closed
            while data := self._socket.recv(256):
                self.arrived.append(data)

    def _read(self) -> None:
        if not self._in_thread:
            self.receive()
        while self.arrived:
            lines = self.arrived.popleft().decode("utf-8", "replace").split("\n")
            fields = dict(line.split("=", 1) for line in lines if "=" in line)
            if not fields.get("X_PID", "").isdigit():
                continue
            pid = int(fields["X_PID"])
            if fields.get("WATCHDOG") == "1":
                self._last[pid] = time.monotonic()
            if fields.get("READY") == "1":
                self._ready.add(pid)


def sign_of_life(address: str) -> Callable[[], None]:
    """Return a function that sends one sign of life of this process. If nobody listens, nothing happens."""
    return _sender(address, "WATCHDOG=1", 0)


def ready_signal(env: Mapping[str, str]) -> Callable[[], None]:
    """Return a function that says that this process is ready, if `env` names somebody who listens."""
    address = env.get(NOTIFY_SOCKET)
    return _sender(address, "READY=1", READY_TIMEOUT) if address else lambda: None


def _sender(address: str, word: str, timeout: float) -> Callable[[], None]:
    target = "\0" + address[1:] if address.startswith("@") else address  # systemd's way to write an abstract address
    message = f"{word}\nX_PID={os.getpid()}".encode()

    def send() -> None:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.settimeout(timeout)
            sender.sendto(message, target)

    return send


def repeat(task: Callable[[], None], interval: float = INTERVAL) -> None:
    """Run `task` now and every `interval` seconds, in a thread that ends with the process."""

    def run() -> None:
        while True:
            task()
            time.sleep(interval)

    threading.Thread(target=run, name="watchdog", daemon=True).start()


def give_signs_of_life(env: Mapping[str, str]) -> None:
    """Say every few seconds that this process runs, if `env` names somebody who listens."""
    if address := env.get(NOTIFY_SOCKET):
        repeat(sign_of_life(address))
