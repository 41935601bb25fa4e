"""Threads that wait for receivers and mail servers, so that jobs do not have to."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

log = logging.getLogger(__name__)

#: Attempts that one process makes at once. A dead receiver blocks some threads for five seconds, and is paused then.
THREADS = 64


class SenderPool:
    """Runs tasks by name, each name once at a time. If no thread is free, the sweep starts the task later."""

    def __init__(self, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads, "sender")
        self._threads, self._lock = threads, Lock()
        self._running: set[str] = set()
        self.closing = False  # tasks stop after their current delivery

    def start(self, name: str, task: Callable[[], None], low_priority: bool = False) -> bool:
        """Start a task. Return False if one of that name is running, or if no thread is free.

        Low-priority tasks use at most half of the threads, so that dead receivers leave threads for the others.
        """
        with self._lock:
            usable = self._threads // 2 if low_priority else self._threads
            if self.closing or name in self._running or len(self._running) >= usable:
                return False
            self._running.add(name)
            future = self._pool.submit(task)
        future.add_done_callback(lambda done: self._finished(name, done))
        return True

    def _finished(self, name: str, done: "Future[None]") -> None:
        with self._lock:
            self._running.discard(name)
        if error := done.exception():
            log.error("a sender failed", exc_info=error)

    def close(self) -> None:
        """Wait for the running tasks."""
        with self._lock:
            self.closing = True
        self._pool.shutdown()
