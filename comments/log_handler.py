"""Handler of the log that never waits long for a reader: lines are left out while the pipe of stderr is full."""

import io
import logging
import select
import time

#: Milliseconds to wait for a reader that is slow, once in PAUSE_BETWEEN seconds. All requests of a process wait.
LONGEST_PAUSE_MS = 200
PAUSE_BETWEEN = 10.0


class StderrHandler(logging.StreamHandler):  # type: ignore[type-arg]  # typeshed: generic for type checkers only
    """Writes lines to stderr, and says later how many were left out.

    A line of up to 4 KiB fits if the pipe takes anything at all.
    """

    def __init__(self) -> None:
        super().__init__()
        self._left_out, self._next_pause = 0, 0.0
        self._poll: select.poll | None = select.poll()
        try:
            self._poll.register(self.stream.fileno(), select.POLLOUT)
        except io.UnsupportedOperation:  # a stream in memory
            self._poll = None

    def emit(self, record: logging.LogRecord) -> None:
        if not self._is_writable():
            self._left_out += 1
            return
        if self._left_out:
            number, self._left_out = self._left_out, 0
            message = "%d lines of the log were left out because nothing read the log"
            super().emit(logging.LogRecord(__name__, logging.WARNING, "", 0, message, (number,), None))
        super().emit(record)

    def _is_writable(self) -> bool:
        if self._poll is None or self._poll.poll(0):
            return True
        now = time.monotonic()
        if now < self._next_pause:
            return False
        self._next_pause = now + PAUSE_BETWEEN
        return bool(self._poll.poll(LONGEST_PAUSE_MS))
