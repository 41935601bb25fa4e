"""A circuit breaker: while the server does not answer, calls fail at once instead of waiting for the time limit.

One request after the other would wait for a second, and with them everything behind them. Only a missing answer counts:
a refused or a lost connection fails at once anyway.
"""

import threading
import time
from collections.abc import Callable

from comments.errors import StorageDown

#: Seconds for which calls fail at once after one that got no answer.
PAUSE_SECONDS = 1.0
#: Seconds for which one call tests the server while the others fail. Longer than the time limit of a call.
_TEST_SECONDS = 5.0


class Breaker:
    """Shared by all stores of one client. One thread at a time tests a server that did not answer."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._is_open = False
        self._until, self._tester = 0.0, 0

    @property
    def is_open(self) -> bool:
        return self._is_open

    def check(self) -> None:
        """Raises StorageDown while calls should not wait for the server."""
        if not self._is_open:
            return
        with self._lock:
            is_paused = self._clock() < self._until
            if is_paused and self._tester == threading.get_ident():
                return  # a call within the call that tests the server
            if is_paused:
                raise StorageDown("the server did not answer a moment ago")
            self._until, self._tester = self._clock() + _TEST_SECONDS, threading.get_ident()

    def open(self) -> None:
        """Let calls fail at once, because one got no answer."""
        with self._lock:
            self._is_open, self._tester = True, 0
            self._until = self._clock() + PAUSE_SECONDS

    def close(self) -> None:
        """Let calls through, because one got an answer."""
        if self._is_open:
            self._is_open = False
