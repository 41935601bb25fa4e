"""Faults of the programs that Replygate sends to: webhook receivers and the mail server."""

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.installation import Installation
from tests.support.receiver import Behave, fine, says

#: Seconds between two kinds of failures.
CHANGE = 1.5


def _failures(to: Installation) -> tuple[Behave, ...]:
    """Return the failures of a webhook receiver: no answer, an error, a redirect, too much, and too slow."""
    return (
        lambda connection: None,
        says(b"HTTP/1.1 500 Error\r\nContent-Length: 0\r\n\r\n"),
        says(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
        lambda connection: to.receiver.pour(connection, b"HTTP/1.1 500 Error\r\n\r\n"),
        to.receiver.stall,
    )


@contextmanager
def receivers_failing(to: Installation, seconds: float, first: int) -> Iterator[None]:
    """Let the webhook receiver fail in one way after the other, and the mail server close its connections.

    `first` is the number of the first way. They work again after `seconds`, for which the block waits.
    """
    kinds = _failures(to)

    def fail() -> None:
        until = time.monotonic() + seconds
        for n in itertools.count(first):
            left = until - time.monotonic()
            if left <= 0:
                break
            to.receiver.behave = kinds[n % len(kinds)]
            time.sleep(min(CHANGE, left))
        to.receiver.behave = fine
        to.mail.says = {}

    to.mail.says = {"": ""}
    thread = threading.Thread(target=fail)
    thread.start()
    try:
        yield
    finally:
        thread.join()
