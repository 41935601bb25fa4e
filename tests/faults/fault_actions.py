"""The faults that can be done to an installation."""

import contextlib
import os
import random
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.installation import Installation, pause
from tests.faults.power import cut_to_synced
from tests.support.wait import has_ended, wait_until

#: Does a fault. It returns when the fault is over, or the earlier time at which it was, by the monotonic clock.
Inject = Callable[[Installation], float | None]
#: Weights of the parts in random kills. Valkey is killed rarely, because everything waits for it.
WEIGHTS = {"judge": 45, "background": 5, "delivery": 3, "sweep": 15, "web": 10, "web process": 15, "valkey": 7}


def lasting(seconds: float) -> Inject:
    """Do nothing else: the receivers fail in this time (`receiver_faults`)."""
    return lambda to: pause(seconds)


def kills(*parts: str) -> Inject:
    """Kill one process of each named part, one after the other."""

    def inject(to: Installation) -> None:
        for part in parts:
            to.kill(part)
            pause(1.5)

    return inject


def random_kills(n: int) -> Inject:
    def inject(to: Installation) -> None:
        chance = random.Random(1)
        for part in chance.choices(list(WEIGHTS), list(WEIGHTS.values()), k=n):
            to.kill(part)
            pause(chance.uniform(0.4, 2.0))

    return inject


def kill_at_once(to: Installation) -> None:
    for part in ("valkey", "judge", "web", "delivery", "sweep"):
        for process in to.processes(part):
            process.kill()


def supervisor_killed(to: Installation) -> None:
    pids = to.pids()
    to.process.kill()
    to.wait_for_end(pids)
    to.start()


def stopped_and_started(to: Installation) -> None:
    assert to.stop() == []
    to.start()


def rolling_restart(to: Installation) -> None:
    before = [
        process.pid for part in ("judge", "background", "delivery", "sweep", "web") for process in to.processes(part)
    ]
    to.process.send_signal(signal.SIGHUP)
    wait_until(lambda: all(map(has_ended, before)), "all parts are replaced")


@contextmanager
def _stopped(to: Installation, *parts: str) -> Iterator[list[int]]:
    pids = [to.process_of(part).pid for part in parts]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield pids
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def frozen(seconds: float, *parts: str) -> Inject:
    def inject(to: Installation) -> None:
        with _stopped(to, *parts):
            pause(seconds)

    return inject


def frozen_until_replaced(part: str) -> Inject:
    def inject(to: Installation) -> None:
        process = to.process_of(part)
        wait_until(lambda: time.time() - process.create_time() > 6, "it has given signs of life")
        with _stopped(to, part) as pids:
            wait_until(lambda: has_ended(pids[0]), f"{part} is replaced")

    return inject


def slow_clients(to: Installation) -> None:
    """Let 100 clients send a byte a second, and 200 disconnect within their request."""
    start = b"POST /v1/sites/any/comments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    slow = [socket.create_connection(("127.0.0.1", to.port)) for _ in range(100)]
    for n, client in enumerate(slow):
        client.sendall(start + (b"Content-Length: 1000\r\n\r\n{" if n % 2 else b""))
    for _ in range(8):
        for _ in range(25):
            with socket.create_connection(("127.0.0.1", to.port)) as client:
                client.sendall(start + b"Content-Length: 1000\r\n\r\n{")
        for client in slow:
            with contextlib.suppress(OSError):  # the server has closed it
                client.sendall(b"x")
        pause(1)
    for client in slow:
        client.close()


def disk_full(to: Installation) -> None:
    """Fill the disk, which is a small one of its own (`Place.SMALL_DISK`)."""
    filler = to.directory / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(65536))
    with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
        while True:
            file.write(bytes(256))
    pause(6)
    filler.unlink()


def power_cut(to: Installation) -> None:
    """Kill everything at once, take away what was not synchronized, and start again."""
    sizes = to.directory.parent / "record" / "sizes"
    pids = to.pids()
    to.process.send_signal(signal.SIGSTOP)  # or it would start Valkey again
    to.kill("valkey")
    to.process.kill()
    to.wait_for_end(pids)
    cut_to_synced(to.directory / "appendonlydir", sizes)
    to.start()


def clock_set(offset: str) -> Inject:
    """Set the clock of all processes, as an offset from the true time."""

    def inject(to: Installation) -> None:
        path = Path(to.environment["FAKETIME_TIMESTAMP_FILE"])
        new = path.with_name("new")
        new.write_text(offset)
        new.rename(path)
        wanted = 3600 * int(offset.removesuffix("h"))
        client = to.valkey()
        wait_until(lambda: abs(client.time()[0] - time.time() - wanted) < 60, "the clock is set")
        pause(3)

    return inject
