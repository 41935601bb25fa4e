"""Add this process's failed requests to the history of the system, at most once a second."""

import time
from collections import Counter
from collections.abc import Callable
from threading import Lock

from comments.errors import StorageDown
from comments.storage.system_history import SystemHistory
from service.web.request_counters import RequestLabels

from .dashboard import PROBES

#: Statuses that mean a fault of the service. Their numbers are drawn on the operations page.
ERROR_STATUSES = frozenset({500, 503})
#: Seconds between two writes; storage that fails is asked as seldom.
WRITE_INTERVAL = 1.0


class RequestErrors:
    """Counts in memory and writes with a later request, so that a failing request never waits for storage twice."""

    def __init__(self, history: SystemHistory, clock: Callable[[], float] = time.monotonic) -> None:
        self._history, self._clock = history, clock
        self._lock = Lock()
        self._pending: Counter[int] = Counter()
        self._next = 0.0

    def add(self, answer: RequestLabels) -> None:
        """Count a request, and write what is pending if it is time."""
        is_error = answer.status in ERROR_STATUSES and answer.route not in PROBES
        if not is_error and not self._pending:
            return
        with self._lock:
            if is_error:
                self._pending[answer.status] += 1
            if self._clock() < self._next:
                return
            self._next = self._clock() + WRITE_INTERVAL
            errors, self._pending = self._pending, Counter()
        try:
            self._history.count_request_errors(errors)
        except StorageDown:
            with self._lock:
                self._pending += errors
