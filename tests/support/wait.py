"""Wait for conditions instead of fixed times."""

import time
from collections.abc import Callable

import psutil


def wait_until(condition: Callable[[], bool], what: str = "", seconds: float = 60.0) -> None:
    """Wait until `condition` is true. Fail the test after `seconds`, which is longer than any machine needs."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not true after {seconds:.0f} s: {what or condition}"
        time.sleep(0.01)


def has_ended(pid: int) -> bool:
    """Return whether the process has ended, even if it has not been reaped yet."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
