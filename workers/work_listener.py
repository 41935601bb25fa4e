"""Wait inside a judging job for comments and checks that arrive soon: they need no job of their own.

RQ writes about ten times for each job, and Valkey writes each of them to disk before it goes on.
"""

import time
from contextlib import ExitStack, suppress

from comments.errors import StorageDown
from comments.job_queue import judging_channel
from comments.storage.checks import NextAnnounced

from .deps import Deps

#: Longest wait between two looks at the other jobs and at the end of the process.
SLICE_SECONDS = 0.1


class WorkListener:
    """Listens for work on one site, from the first `wait` on."""

    def __init__(self, d: Deps, site: str) -> None:
        self._d, self._site = d, site
        self._stack = ExitStack()
        self._next: NextAnnounced | None = None
        self._has_ended = False

    @property
    def is_listening(self) -> bool:
        return self._next is not None

    def wait(self, until: float) -> bool:
        """Wait for work on the site; return False if the job may end.

        Waits until the time `until` of the monotonic clock, and no longer than until another site needs a judge, or
        the process is to stop. The wait after that one returns False: what arrived before the end is claimed in
        between.
        """
        if self._has_ended or not (self.is_listening or self._d.may_listen()):
            return False
        try:
            if self._has_heard(until):
                return True
        except StorageDown:
            pass  # the claim is repeated until the server answers
        self.close()
        return True

    def _has_heard(self, until: float) -> bool:
        if self._next is None:
            listen = self._d.storage.announcements.listen_for_work
            self._next = self._stack.enter_context(listen(self._site, judging_channel(self._d.settings.prefix)))
        while time.monotonic() < until and self._d.may_listen():
            if heard := self._next(SLICE_SECONDS):
                return heard == {self._site}
        return False

    def close(self) -> None:
        self._has_ended, self._next = True, None
        with suppress(StorageDown):  # the subscription ends with its connection then
            self._stack.close()
