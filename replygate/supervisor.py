"""Start the parts of Replygate, restart those that end, and stop all of them in order.

No process is left running. Each part leads its own session, and when it ends the rest of its process group is killed.
Each part asks the kernel for SIGTERM when its parent ends (`exec_with_parent.wrapped`), so that SIGKILL of the
supervisor stops all parts. Child processes of parts do the same (`web_server`). Being a subreaper would not help: it
only inherits orphans, and none are left.
"""

import contextlib
import logging
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import BinaryIO, Self

from comments.errors import ReplygateError
from comments.watchdog import FROZEN_AFTER, INTERVAL, NOTIFY_SOCKET, SignsOfLife

from .exec_with_parent import wrapped

log = logging.getLogger(__name__)

SHORTEST_DELAY = 0.2  # seconds; long enough that a program that cannot start costs little
LONGEST_DELAY = 5.0  # seconds; together with the lease less than the 15 within which a comment should be decided
POLL = 0.02  # seconds between two checks of whether a part is ready
PROGRESS_EVERY = 1.0  # seconds between two looks at the progress of a part that is not ready
MAX_FAILED_STARTS = 4  # ends of a part before it was ever ready
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class SupervisedPart:
    """One program to keep running. Parts of the lowest `rank` are stopped first."""

    name: str
    command: list[str]
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    ready: Callable[[], bool] = lambda: True
    rank: int = 0
    grace: float = 10.0  # seconds from SIGTERM to SIGKILL
    delay: float = SHORTEST_DELAY  # seconds to the first restart; later ones back off
    stable_after: float = 10.0  # seconds of running after which the next end counts as the first again
    lock: Path | None = None  # held while it runs, so that a restart waits for the process before
    progress: Callable[[], str] = lambda: ""  # while it starts; as long as there is any, it has more time
    explain: Callable[[], str] = lambda: ""  # why it does not start, for people


class Stopped(Exception):
    """Raised inside the supervisor when a signal asks it to stop."""


class NeverReady(ReplygateError):
    """Raised when a part does not become ready in time, or keeps ending."""


class Child:
    """A part and its current process."""

    def __init__(self, part: SupervisedPart, output: BinaryIO | None, notify: str) -> None:
        self.part = part
        self._output, self._notify = output, notify
        self.ends = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.start_at = 0.0  # earliest time of the next start, by the monotonic clock
        self._delay = 0.0

    def start(self) -> None:
        words = wrapped(self.part.command, self.part.lock)
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - the commands are our own
            words,
            env={**self.part.env, NOTIFY_SOCKET: self._notify},
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
            start_new_session=True,
        )

    def check(self) -> None:
        """If the process has ended, kill the rest of its group and schedule a restart."""
        if self.process is None or self.process.poll() is None:
            return
        lived = time.monotonic() - self.started
        _kill_group(self.process.pid)
        first = lived >= self.part.stable_after or not self._delay
        self._delay = max(SHORTEST_DELAY, 0 if first else min(self._delay * 2, LONGEST_DELAY))
        wait = self.part.delay if first else self._delay
        log.warning("%s ended with %s after %.1f s", self.part.name, self.process.returncode, lived)
        self.ends += 1
        self.start_at = time.monotonic() + wait
        self.process = None

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the main process only, which stops its own child processes."""
        if self.process is not None:
            self.process.terminate()

    def kill(self) -> None:
        """Kill the rest of the process group and wait for it."""
        if self.process is not None:
            _kill_group(self.process.pid)
            self.process.wait()
            self.process = None


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # all have ended
        os.killpg(leader, signal.SIGKILL)


class Supervisor:
    """A context manager for the main thread. It handles signals, and stops all parts at the end.

    Output of the parts goes to `output`, or to the supervisor's own output. `report` receives progress as text.
    A part that gives no sign of life for `frozen_after` seconds is killed and started again (`watchdog`).
    """

    def __init__(
        self,
        output: BinaryIO | None = None,
        report: Callable[[str], None] = lambda _: None,
        frozen_after: float = FROZEN_AFTER,
    ) -> None:
        self._output, self._report, self._frozen_after = output, report, frozen_after
        self._signs = SignsOfLife()
        self._children: list[Child] = []
        self._stop_requests = 0
        self._wakeup, self._wakeup_sender = socket.socketpair()  # a signal writes to the second
        self._old: list[tuple[signal.Signals, object]] = []

    def __enter__(self) -> Self:
        for end in (self._wakeup, self._wakeup_sender):
            end.setblocking(False)
        signal.set_wakeup_fd(self._wakeup_sender.fileno(), warn_on_full_buffer=False)
        for number in STOP_SIGNALS:
            self._old.append((number, signal.signal(number, self._request_stop)))
        self._old.append((signal.SIGCHLD, signal.signal(signal.SIGCHLD, lambda *_: None)))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        self._stop_all()
        signal.set_wakeup_fd(-1)
        for number, handler in self._old:
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal itself gave us
        self._wakeup.close()
        self._wakeup_sender.close()
        self._signs.__exit__()
        return kind is Stopped

    def start(self, part: SupervisedPart, timeout: float = 60.0) -> None:
        """Start a part and wait until it is ready. Restart it if it ends before.

        Raises NeverReady after `timeout` seconds without progress, or if it ends again and again.
        """
        child = Child(part, self._output, self._signs.address)
        self._children.append(child)
        until, look_at = time.monotonic() + timeout, time.monotonic() + PROGRESS_EVERY
        while True:
            self._check_children()
            if child.process is not None and part.ready():
                return
            if time.monotonic() > look_at:
                look_at = time.monotonic() + PROGRESS_EVERY
                if progress := part.progress():
                    until = time.monotonic() + timeout
                    self._report(f"  {part.name}: {progress}")
            if child.ends >= MAX_FAILED_STARTS:
                raise NeverReady(f"{part.name} does not start. {part.explain()}".strip())
            if time.monotonic() > until:
                raise NeverReady(f"{part.name} was not ready after {timeout:.0f} s. {part.explain()}".strip())
            self._pause(POLL)

    def watch(self, tasks: Sequence[Callable[[], None]] = ()) -> None:
        """Keep all parts running until SIGINT or SIGTERM, and run short `tasks` every few seconds."""
        with contextlib.suppress(Stopped):
            while True:
                self._check_children()
                self._kill_frozen()
                for task in tasks:
                    task()
                waits = [c.start_at for c in self._children if c.process is None]
                self._pause(max(0.0, min([time.monotonic() + INTERVAL, *waits]) - time.monotonic()))

    def _kill_frozen(self) -> None:
        """Kill the parts that are frozen; `_check_children` starts them again."""
        running = {child.process.pid: child for child in self._children if child.process is not None}
        for pid in self._signs.frozen(running, self._frozen_after):
            log.error("%s gave no sign of life for %.0f s", running[pid].part.name, self._frozen_after)
            self._report(f"  {running[pid].part.name} is frozen; starting it again")
            _kill_group(pid)

    def _request_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop_requests += 1

    def _check_children(self) -> None:
        for child in self._children:
            child.check()
            if child.process is None and time.monotonic() >= child.start_at:
                child.start()

    def _pause(self, seconds: float | None) -> None:
        """Wait `seconds`, or until a signal or the end of a part. Raises Stopped."""
        if self._stop_requests:
            raise Stopped
        self._wait(seconds)
        if self._stop_requests:
            raise Stopped

    def _wait(self, seconds: float | None) -> None:
        if select.select([self._wakeup], [], [], seconds)[0]:
            self._wakeup.recv(4096)

    def _stop_all(self) -> None:
        if self._children:
            self._report("Stopping … Press Ctrl-C again to stop at once.")
        for rank in sorted({child.part.rank for child in self._children}):
            self._stop([child for child in self._children if child.part.rank == rank])

    def _stop(self, children: list[Child]) -> None:
        """Stop some parts and wait for them. A second request to stop ends the wait."""
        for child in children:
            child.ask_to_stop()
        until = time.monotonic() + max(child.part.grace for child in children)
        while self._stop_requests < 2 and any(c.process is not None and c.process.poll() is None for c in children):
            left = until - time.monotonic()
            if left <= 0:
                break
            self._wait(left)
        for child in children:
            child.kill()
        self._report(f"  stopped {', '.join(child.part.name for child in children)}")
