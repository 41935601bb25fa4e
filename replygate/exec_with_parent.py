"""Run a command that ends when the process that started it ends.

Run by path, before any package can be imported: `python -I -S exec_with_parent.py PARENT LOCK SOCKET COMMAND...`. This
wrapper costs 20 ms. The alternative, `preexec_fn`, would run Python between fork and exec in a parent that may have
threads.

A supervisor of the previous version, which still runs after an upgrade, starts this file: keep its arguments.
"""

import ctypes
import fcntl
import os
import signal
import sys
from pathlib import Path

#: From linux/prctl.h.
PR_SET_PDEATHSIG = 1
#: File descriptor of a socket that systemd, or this wrapper, passes to a program (sd_listen_fds(3)).
PASSED_SOCKET = 3


def stop_with_parent(parent: int, number: int = signal.SIGTERM) -> None:
    """Ask the kernel to send this process the signal `number` when its parent, the process `parent`, ends.

    The request lasts across exec but not across fork. Only Linux has it; elsewhere nothing happens.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:  # the parent ended before the request, so no signal will come
        sys.exit(0)


def hold(lock: str) -> None:
    """Wait for the file `lock`. Keep it locked while this process, or the command that replaces it, runs."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    os.set_inheritable(descriptor, True)
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def pass_socket(descriptor: int) -> None:
    """Pass a listening socket to the command that replaces this process, as systemd does."""
    if descriptor != PASSED_SOCKET:
        os.dup2(descriptor, PASSED_SOCKET)
        os.close(descriptor)
    os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}


def wrapped(command: list[str], lock: Path | None = None, listening: int | None = None) -> list[str]:
    """Return the command line that runs `command` with this process as its parent.

    Start it from the main thread, because the kernel watches the thread that forked. A second command with the same
    `lock` waits for the first. `listening` is an inherited file descriptor of a listening socket for the command.
    """
    passed = "" if listening is None else str(listening)
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(lock or ""), passed, *command]


def main() -> None:
    parent, lock, listening, *command = sys.argv[1:]
    stop_with_parent(int(parent))
    if lock:
        hold(lock)
    if listening:
        pass_socket(int(listening))
    os.execvp(command[0], command)  # noqa: S606 - our own parent gave the command


if __name__ == "__main__":
    main()
