"""Refuse new comments and checks while an operator has paused them."""

import time
from collections.abc import Callable, Mapping
from typing import cast

from flask import Flask, current_app

from comments.errors import IntakePaused
from comments.storage.pauses import OperatorPause, Pauses, is_paused_by

#: Seconds until a pause takes effect in every web process.
PAUSE_TTL = 1.0
INTAKE_EXTENSION = "replygate.intake"


class IntakeGate:
    """Reads the pauses at most once a second. Two threads may read them at the same time, which does no harm."""

    def __init__(self, pauses: Pauses, clock: Callable[[], float] = time.monotonic, seconds: float = PAUSE_TTL) -> None:
        self._pauses, self._clock, self._seconds = pauses, clock, seconds
        self._until = clock()
        self._last: Mapping[str, OperatorPause] = {}

    def init_app(self, app: Flask) -> None:
        app.extensions[INTAKE_EXTENSION] = self

    def is_paused(self, site: str) -> bool:
        """Raises StorageDown."""
        if self._clock() >= self._until:
            self._last = self._pauses.all()
            self._until = self._clock() + self._seconds
        return is_paused_by(self._last, site)

    def check(self, site: str) -> None:
        """Raises IntakePaused, StorageDown."""
        if self.is_paused(site):
            raise IntakePaused

    def forget(self) -> None:
        """Read the pauses anew the next time."""
        self._until = self._clock()


def intake_gate() -> IntakeGate:
    """Return the gate of the current app."""
    return cast(IntakeGate, current_app.extensions[INTAKE_EXTENSION])
