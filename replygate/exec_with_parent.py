"""Run a command that ends when the process that started it ends.

Run by path, before any package can be imported: `python -I -S exec_with_parent.py PARENT LOCK COMMAND...`. This wrapper
costs 20 ms. The alternative, `preexec_fn`, would run Python between fork and exec in a parent that may have threads.
"""

import ctypes
import fcntl
import os
import signal
import sys
from pathlib import Path

#: From linux/prctl.h.
PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, number: int = signal.SIGTERM) -> None:
    """Have the kernel send this process signal `number` once its parent, the process `parent`, is gone.

    It lasts across exec but not across fork. Elsewhere than on Linux there is no such call, and nothing happens.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:  # it died before we asked, so the signal will not come
        sys.exit(0)


def hold(lock: str) -> None:
    """Wait for the file `lock`, and keep it locked for as long as this process, or the command it becomes, lives."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    os.set_inheritable(descriptor, True)
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def wrapped(command: list[str], lock: Path | None = None) -> list[str]:
    """`command` as this process should start it, from its main thread: the signal is for the thread that forked.

    Two commands with the same `lock` never run at once; the second waits.
    """
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(lock or ""), *command]


def main() -> None:
    parent, lock, *command = sys.argv[1:]
    die_with_parent(int(parent))
    if lock:
        hold(lock)
    os.execvp(command[0], command)  # noqa: S606 - the command is the one our own parent gave


if __name__ == "__main__":
    main()
