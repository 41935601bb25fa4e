"""Time that passes as a test says, for what both back ends reckon alike."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from comments.storage.interfaces import Storage
from comments.storage.memory import open_memory


@pytest.fixture
def at_will() -> tuple[Storage, Callable[[float], None]]:
    """A storage in memory, and what lets seconds pass; the scripts share their tables of times with it."""
    moment = [datetime.now(UTC)]

    def pass_by(seconds: float) -> None:
        moment[0] += timedelta(seconds=seconds)

    return open_memory(lambda: moment[0]), pass_by
