"""Wait for what must become true, instead of for some time."""

import time
from collections.abc import Callable

import psutil


def until(condition: Callable[[], bool], what: str = "", seconds: float = 60.0) -> None:
    """Returns as soon as `condition` holds; fails the test if it does not within `seconds`, which no machine needs."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"still not so after {seconds:.0f} s: {what or condition}"
        time.sleep(0.01)


def gone(pid: int) -> bool:
    """Whether the process has ended, whoever may still have to collect it."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
