"""Threads that wait for other people's servers, so that no job has to."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

log = logging.getLogger(__name__)

#: Attempts that one process waits for at once. A dead receiver takes some threads for five seconds, and rests then.
THREADS = 64


class Couriers:
    """Runs errands by name, each name once at a time; those that find no thread are asked for again by the sweep."""

    def __init__(self, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads, "courier")
        self._threads, self._lock = threads, Lock()
        self._out: set[str] = set()
        self.closing = False  # an errand with more to do ends where it stands

    def send(self, name: str, errand: Callable[[], None], extra: bool = False) -> bool:
        """Whether it is on its way; False while one of that name is, and when all threads are busy.

        For an `extra` courier half of them is enough, so that the dead leave room for the living.
        """
        with self._lock:
            room = self._threads // 2 if extra else self._threads
            if self.closing or name in self._out or len(self._out) >= room:
                return False
            self._out.add(name)
            future = self._pool.submit(errand)
        future.add_done_callback(lambda done: self._back(name, done))
        return True

    def _back(self, name: str, done: "Future[None]") -> None:
        with self._lock:
            self._out.discard(name)
        if error := done.exception():
            log.error("a courier failed", exc_info=error)

    def close(self) -> None:
        """Wait for those that are out."""
        with self._lock:
            self.closing = True
        self._pool.shutdown()
