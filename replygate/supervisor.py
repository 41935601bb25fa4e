"""Start the parts of Replygate, restart those that end, and stop all of them in order.

No process is left running. Each part leads its own session, and when it ends the rest of its process group is killed.
Each part asks the kernel for SIGTERM when its parent ends (`exec_with_parent.wrapped`), so that SIGKILL of the
supervisor stops all parts. Child processes of parts do the same (`web_server`). Being a subreaper would not help: it
only inherits orphans, and none are left.

A rolling restart starts a second process of each part, waits until it works, and then stops the first.
"""

import contextlib
import logging
import select
import signal
import socket
import time
from collections.abc import Callable, Collection, Sequence
from types import FrameType, TracebackType
from typing import BinaryIO, Self

from comments.errors import ReplygateError
from comments.watchdog import FROZEN_AFTER, INTERVAL, SignsOfLife

from .supervised_part import Child, SupervisedPart, kill_group

log = logging.getLogger(__name__)

POLL = 0.02  # seconds between two checks of whether a part is ready
PROGRESS_EVERY = 1.0  # seconds between two looks at the progress of a part that is not ready
MAX_FAILED_STARTS = 4  # ends of a part before it was ever ready
REPLACEMENT_TIMEOUT = 60.0  # seconds for a new process to work before the former one is stopped
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopped(Exception):
    """Raised inside the supervisor when a signal asks it to stop."""


class NeverReady(ReplygateError):
    """Raised when a part does not become ready in time, or keeps ending."""


class Supervisor:
    """A context manager for the main thread. It handles signals, and stops all parts at the end.

    Output of the parts goes to `output`, or to the supervisor's own output. `report` receives progress as text.
    A part that gives no sign of life for `frozen_after` seconds is killed and started again (`watchdog`).
    The signals `restart_on` ask for a rolling restart. SIGHUP stops all parts if it is none of them and not ignored.
    """

    def __init__(
        self,
        output: BinaryIO | None = None,
        report: Callable[[str], None] = lambda _: None,
        frozen_after: float = FROZEN_AFTER,
        restart_on: Collection[signal.Signals] = (),
    ) -> None:
        self._output, self._report, self._frozen_after = output, report, frozen_after
        self._signs = SignsOfLife()
        self._children: list[Child] = []
        self._stop_requests, self._restart_on, self._must_restart = 0, restart_on, False
        self._wakeup, self._wakeup_sender = socket.socketpair()  # a signal writes to the second
        self._old: list[tuple[signal.Signals, object]] = []

    def __enter__(self) -> Self:
        for end in (self._wakeup, self._wakeup_sender):
            end.setblocking(False)
        signal.set_wakeup_fd(self._wakeup_sender.fileno(), warn_on_full_buffer=False)
        ends = {signal.SIGHUP} - set(self._restart_on) if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL else set()
        for number in (*STOP_SIGNALS, *ends):
            self._old.append((number, signal.signal(number, self._request_stop)))
        for number in self._restart_on:
            self._old.append((number, signal.signal(number, self._request_restart)))
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
            if child.process is not None and (part.ready() if part.ready else self._announced(child)):
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
                if self._must_restart:
                    self._restart_all()
                for task in tasks:
                    task()
                waits = [c.start_at for c in self._children if c.process is None]
                self._pause(max(0.0, min([time.monotonic() + INTERVAL, *waits]) - time.monotonic()))

    def _restart_all(self) -> None:
        """Replace all parts, one after the other, except those with a lock, of which only one process can run."""
        self._must_restart = False
        self._report("Restarting …")
        for child in self._children:
            if child.part.lock is None and child.process is not None and not self._replace(child):
                self._report(f"  {child.part.name} does not start; the processes before go on")
                return
        self._report("Restarted.")

    def _replace(self, child: Child) -> bool:
        """Start a second process of the part. Stop the first once the second works; if it does not, keep the first."""
        if not child.start_replacement():
            return False
        until = time.monotonic() + REPLACEMENT_TIMEOUT
        while not self._works(child):
            assert child.process is not None  # noqa: S101 - just started
            if child.process.poll() is not None or time.monotonic() > until:
                child.give_up_replacement()
                return False
            self._keep_others(child)
        assert child.former is not None  # noqa: S101 - `start_replacement` was called for a running part
        child.former.terminate()
        until = time.monotonic() + child.part.grace
        while child.former.poll() is None and time.monotonic() < until:
            self._keep_others(child)
        child.kill_former()
        self._report(f"  restarted {child.part.name}")
        return True

    def _keep_others(self, child: Child) -> None:
        """Wait a moment while `child` is replaced, in which all other parts are kept running."""
        self._check_children(besides=child)
        self._kill_frozen()
        self._pause(POLL)

    def _works(self, child: Child) -> bool:
        """Return whether the part's process said that it runs, and that it is ready if it announces that."""
        assert child.process is not None  # noqa: S101 - just started
        return self._signs.has_run(child.process.pid) and self._announced(child)

    def _announced(self, child: Child) -> bool:
        assert child.process is not None  # noqa: S101 - the callers check it
        return not child.part.announces_readiness or self._signs.is_ready(child.process.pid)

    def _kill_frozen(self) -> None:
        """Kill the parts that are frozen; `_check_children` starts them again."""
        running = {child.process.pid: child for child in self._children if child.process is not None}
        for pid in self._signs.frozen(running, self._frozen_after):
            log.error("%s gave no sign of life for %.0f s", running[pid].part.name, self._frozen_after)
            self._report(f"  {running[pid].part.name} is frozen; starting it again")
            kill_group(pid)

    def _request_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop_requests += 1

    def _request_restart(self, number: int, frame: FrameType | None) -> None:
        self._must_restart = True

    def _check_children(self, besides: Child | None = None) -> None:
        for child in self._children:
            if child is besides:  # it is being replaced
                continue
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
        wakeup, signs = self._wakeup.fileno(), self._signs.fileno()
        if wakeup in select.select([wakeup, signs], [], [], seconds)[0]:
            self._wakeup.recv(4096)
        self._signs.receive()

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
        while self._stop_requests < 2 and any(child.runs() for child in children):
            left = until - time.monotonic()
            if left <= 0:
                break
            self._wait(left)
        for child in children:
            child.kill()
        self._report(f"  stopped {', '.join(child.part.name for child in children)}")
