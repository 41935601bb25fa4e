"""One part that the supervisor keeps running, and its current process."""

import contextlib
import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from comments.watchdog import NOTIFY_SOCKET

from .exec_with_parent import wrapped

log = logging.getLogger(__name__)

SHORTEST_DELAY = 0.2  # seconds; long enough that a program that cannot start costs little
LONGEST_DELAY = 5.0  # seconds; together with the lease less than the 15 within which a comment should be decided


class PartProcess(Protocol):
    """A running process, as Popen describes it. It leads a process group."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    def poll(self) -> int | None: ...
    def wait(self) -> object: ...
    def terminate(self) -> None: ...


@dataclass(frozen=True, slots=True)
class SupervisedPart:
    """One program to keep running. Parts of the lowest `rank` are stopped first."""

    name: str
    command: list[str]
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    ready: Callable[[], bool] | None = None  # asked at the first start, instead of waiting for what it announces
    rank: int = 0
    grace: float = 10.0  # seconds from SIGTERM to SIGKILL
    delay: float = SHORTEST_DELAY  # seconds to the first restart; later ones back off
    stable_after: float = 10.0  # seconds of running after which the next end counts as the first again
    listening: int | None = None  # file descriptor of the socket that it gets
    lock: Path | None = None  # held while it runs, so that a restart waits for the process before
    progress: Callable[[], str] = lambda: ""  # while it starts; as long as there is any, it has more time
    explain: Callable[[], str] = lambda: ""  # why it does not start, for people
    announces_readiness: bool = False  # it says when it is ready (`watchdog.ready_signal`)
    start: Callable[[Mapping[str, str]], PartProcess] | None = None  # with its environment; instead of the command


class Child:
    """A part and its current process."""

    def __init__(self, part: SupervisedPart, output: BinaryIO | None, notify: str) -> None:
        self.part = part
        self._output, self._notify = output, notify
        self.ends = 0
        self.process: PartProcess | None = None
        self.former: PartProcess | None = None  # still runs, until its replacement is ready
        self.started = 0.0
        self.start_at = 0.0  # earliest time of the next start, by the monotonic clock
        self._delay = 0.0

    def start(self) -> None:
        """Start the process. If the system refuses, for lack of memory or in the middle of an upgrade, try later."""
        self.started = time.monotonic()
        try:
            self.process = self._started_process()
        except OSError as error:
            self.process = None
            self._schedule_restart(f"could not be started: {error}")

    def _started_process(self) -> PartProcess:
        env = {**self.part.env, NOTIFY_SOCKET: self._notify}
        if self.part.start is not None:
            return self.part.start(env)
        words = wrapped(self.part.command, self.part.lock, self.part.listening)
        return subprocess.Popen(  # noqa: S603 - the commands are our own
            words,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
            start_new_session=True,
            pass_fds=() if self.part.listening is None else (self.part.listening,),
        )

    def check(self) -> None:
        """If the process has ended, kill the rest of its group and schedule a restart."""
        if self.process is None or self.process.poll() is None:
            return
        kill_group(self.process.pid)
        self._schedule_restart(f"ended with {self.process.returncode}")
        self.process = None

    def _schedule_restart(self, why: str) -> None:
        lived = time.monotonic() - self.started
        first = lived >= self.part.stable_after or not self._delay
        self._delay = max(SHORTEST_DELAY, 0 if first else min(self._delay * 2, LONGEST_DELAY))
        wait = self.part.delay if first else self._delay
        log.warning("%s %s after %.1f s", self.part.name, why, lived)
        self.ends += 1
        self.start_at = time.monotonic() + wait

    def start_replacement(self) -> bool:
        """Start a second process. The first one becomes `former`. Return False if the system refuses."""
        try:
            second = self._started_process()
        except OSError as error:
            log.error("%s could not be replaced: %s", self.part.name, error)
            return False
        self.former, self.process, self.started = self.process, second, time.monotonic()
        return True

    def give_up_replacement(self) -> None:
        """Kill the second process, and keep the former one."""
        assert self.process is not None  # noqa: S101 - started by start_replacement
        kill_group(self.process.pid)
        self.process.wait()
        self.process, self.former = self.former, None

    def runs(self) -> bool:
        return any(process.poll() is None for process in self._processes())

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the main process only, which stops its own child processes."""
        for process in self._processes():
            process.terminate()

    def kill(self) -> None:
        """Kill the rest of the process group and wait for it."""
        for process in self._processes():
            kill_group(process.pid)
            process.wait()
        self.process = self.former = None

    def kill_former(self) -> None:
        """Kill the rest of the former process's group and wait for it."""
        if self.former is not None:
            kill_group(self.former.pid)
            self.former.wait()
            self.former = None

    def _processes(self) -> list[PartProcess]:
        return [process for process in (self.process, self.former) if process is not None]


def kill_group(leader: int) -> None:
    """Kill all processes of a process group."""
    with contextlib.suppress(ProcessLookupError):  # all have ended
        os.killpg(leader, signal.SIGKILL)
