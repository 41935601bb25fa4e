"""Start the parts of Replygate, start again whatever dies, and stop everything in order, leaving nothing behind.

Three things keep orphans away. Each part leads a session of its own, and when it is gone the rest of its group is
killed. Each part asks the kernel for SIGTERM once the supervisor is gone (`child.wrapped`), so that SIGKILL of the
supervisor stops all parts. Children of parts do the same with their own parent (`web.py`). Being a subreaper would add
nothing: it only inherits orphans, and these are ended by then.
"""

import contextlib
import logging
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import BinaryIO, Self

from .exec_with_parent import wrapped

log = logging.getLogger(__name__)

SHORTEST_DELAY = 0.2  # seconds; long enough that a program that cannot start costs little
LONGEST_DELAY = 5.0  # seconds; with the lease it stays below the 15 within which a comment is to be decided
POLL = 0.02  # seconds between two looks at whether a part is ready
START_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Part:
    """One program to keep running. Parts of the lowest `rank` are stopped first."""

    name: str
    command: list[str]
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    ready: Callable[[], bool] = lambda: True
    rank: int = 0
    grace: float = 10.0  # seconds from SIGTERM to SIGKILL
    delay: float = SHORTEST_DELAY  # seconds before it is started again after a first death
    settled: float = 10.0  # seconds of life after which a death is a first one again
    lock: Path | None = None  # held while it runs, so that a successor waits for what is left of it


class Stopped(Exception):
    """Raised inside the supervisor when it was asked to stop while it waited for a part."""


class NeverReady(Exception):
    """Raised when a part does not become ready in time."""


class Child:
    """A part and its present process."""

    def __init__(self, part: Part, output: BinaryIO | None) -> None:
        self.part = part
        self._output = output
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.start_at = 0.0  # when it may be started (again), by the monotonic clock
        self._delay = 0.0

    def start(self) -> None:
        words = wrapped(self.part.command, self.part.lock)
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - the commands are our own
            words,
            env=dict(self.part.env),
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
            start_new_session=True,
        )

    def bury(self) -> bool:
        """Whether the process just died. Kills what is left of its group and sets when to start it again."""
        if self.process is None or self.process.poll() is None:
            return False
        lived = time.monotonic() - self.started
        _kill_group(self.process.pid)
        first = lived >= self.part.settled or not self._delay
        self._delay = max(SHORTEST_DELAY, 0 if first else min(self._delay * 2, LONGEST_DELAY))
        wait = self.part.delay if first else self._delay
        log.warning("%s ended with %s after %.1f s", self.part.name, self.process.returncode, lived)
        self.start_at = time.monotonic() + wait
        self.process = None
        return True

    def ask_to_stop(self) -> None:
        """SIGTERM to the leader only: it knows best how to stop its own children."""
        if self.process is not None:
            self.process.terminate()

    def finish(self) -> None:
        """Kill whatever is left, and wait for it."""
        if self.process is not None:
            _kill_group(self.process.pid)
            self.process.wait()
            self.process = None


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # nobody is left
        os.killpg(leader, signal.SIGKILL)


class Supervisor:
    """Use it in the main thread, as a context: signals are its own until the end, and then nothing is left running.

    What parts say goes to `output`; without one, to where the supervisor's own words go.
    """

    def __init__(self, output: BinaryIO | None = None) -> None:
        self._output = output
        self._children: list[Child] = []
        self._asked = 0  # times somebody asked to stop
        self._bell, self._clapper = socket.socketpair()
        self._old: list[tuple[signal.Signals, object]] = []

    def __enter__(self) -> Self:
        for end in (self._bell, self._clapper):
            end.setblocking(False)
        signal.set_wakeup_fd(self._clapper.fileno(), warn_on_full_buffer=False)
        for number in START_SIGNALS:
            self._old.append((number, signal.signal(number, self._ask)))
        self._old.append((signal.SIGCHLD, signal.signal(signal.SIGCHLD, lambda *_: None)))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        self._stop_all()
        signal.set_wakeup_fd(-1)
        for number, handler in self._old:
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal itself gave us
        self._bell.close()
        self._clapper.close()
        return kind is Stopped

    def start(self, part: Part, patience: float = 60.0) -> None:
        """Start a part and wait until it is ready; if it dies meanwhile, it is started again.

        Raises NeverReady after `patience` seconds.
        """
        child = Child(part, self._output)
        self._children.append(child)
        until = time.monotonic() + patience
        while True:
            self._tend()
            if child.process is not None and part.ready():
                return
            if time.monotonic() > until:
                raise NeverReady(f"{part.name} was not ready after {patience:.0f} s")
            self._pause(POLL)

    def watch(self) -> None:
        """Keep all parts running until SIGINT or SIGTERM."""
        with contextlib.suppress(Stopped):
            while True:
                self._tend()
                waits = [c.start_at for c in self._children if c.process is None]
                self._pause(max(0.0, min(waits) - time.monotonic()) if waits else None)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked += 1

    def _tend(self) -> None:
        for child in self._children:
            child.bury()
            if child.process is None and time.monotonic() >= child.start_at:
                child.start()

    def _pause(self, seconds: float | None) -> None:
        """Until a signal comes, a child's death included, or `seconds` have passed. Raises Stopped."""
        if self._asked:
            raise Stopped
        self._listen(seconds)
        if self._asked:
            raise Stopped

    def _listen(self, seconds: float | None) -> None:
        if select.select([self._bell], [], [], seconds)[0]:
            self._bell.recv(4096)

    def _stop_all(self) -> None:
        for rank in sorted({child.part.rank for child in self._children}):
            self._stop([child for child in self._children if child.part.rank == rank])

    def _stop(self, children: list[Child]) -> None:
        """A second request to stop cuts the grace short."""
        for child in children:
            child.ask_to_stop()
        until = time.monotonic() + max(child.part.grace for child in children)
        while self._asked < 2 and any(c.process is not None and c.process.poll() is None for c in children):
            left = until - time.monotonic()
            if left <= 0:
                break
            self._listen(left)
        for child in children:
            child.finish()
