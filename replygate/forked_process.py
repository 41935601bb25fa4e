"""Child processes that run a function of this program instead of another program, and share its memory.

The forking process must have one thread and no connections.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping

from .exec_with_parent import stop_with_parent

#: Signals that the forking process handles itself. A child process has no handlers until it sets its own.
HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)


class ForkedProcess:
    """A child process with the methods of Popen that the supervisor uses. It leads a process group of its own.

    It is killed when the forking process ends: nobody would restart it then, or stop it.
    """

    def __init__(self, run: Callable[[Mapping[str, str]], None], env: Mapping[str, str]) -> None:
        context = multiprocessing.get_context("fork")
        self._process = context.Process(target=_run, args=(run, env, os.getpid()))
        # A signal between the fork and the end of the inherited handlers would be lost.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
        try:
            self._process.start()
            self.pid = int(self._process.pid or 0)
            os.setpgid(self.pid, self.pid)  # the child does the same; whoever comes first
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> None:
        self._process.join()

    def terminate(self) -> None:
        self._process.terminate()


def _run(run: Callable[[Mapping[str, str]], None], env: Mapping[str, str], parent: int) -> None:
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    for number in HANDLED:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
    stop_with_parent(parent, signal.SIGKILL)
    run(env)
