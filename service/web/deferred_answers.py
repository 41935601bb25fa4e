"""Answers that come later: a request waits for a judge without the thread that began it."""

import time
from collections.abc import Callable

from flask import Response

#: Seconds between two looks for an answer.
LOOK_SECONDS = 0.01


def wait_until(
    site: str, id: str, seconds: float, is_answered: Callable[[], bool], finish: Callable[[], Response]
) -> Response:
    """Return what `finish` makes once the record `id` of the site is answered, or after `seconds`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and not is_answered():
        time.sleep(LOOK_SECONDS)
    return finish()
