"""Requests that wait for a verdict: only so many at once, so that they never take all threads from the others."""

import threading

from comments.model import Comment
from comments.storage.interfaces import Comments


class Places:
    """Half of a process's threads may wait; with a single thread nobody may."""

    def __init__(self, threads: int) -> None:
        self._free = threading.BoundedSemaphore(threads // 2)

    def wait(self, comments: Comments, comment: Comment, seconds: float) -> Comment | None:
        """The comment as it is when it was decided or `seconds` have passed; None at once when no place is free."""
        if not self._free.acquire(blocking=False):
            return None
        try:
            return comments.wait(comment.site, comment.id, seconds)
        finally:
            self._free.release()
