"""Wait for the storage server where nothing can be done without it, instead of ending and starting again."""

import logging
import time
from collections.abc import Callable
from math import inf
from typing import TypeVar

from comments.errors import StorageDown

Result = TypeVar("Result")

log = logging.getLogger(__name__)

#: Seconds between two tries, at first and at most: comments must not wait long once the server is back.
SHORTEST_WAIT, LONGEST_WAIT = 0.1, 2.0


def retried(step: Callable[[], Result], until: float = inf) -> Result:
    """Call a step that can be repeated until the server answers.

    Raises StorageDown at `until`, by the monotonic clock.
    """
    wait = SHORTEST_WAIT
    while True:
        try:
            return step()
        except StorageDown as error:
            if time.monotonic() + wait > until:
                raise
            log.warning("the server is unavailable, so work waits: %s", error)
        time.sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT)
