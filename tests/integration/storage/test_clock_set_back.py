"""Times that the storage wrote before the server's clock was set back: those too far ahead count as passed."""

import time

import pytest

from comments.errors import TooMany
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.redis import connect
from comments.storage.redis.client import Client
from comments.storage.redis.comments import WAKEUP_MS
from tests.support.builders import a_comment, accepted, an_admission

KEYS = Keys("rg")
MINUTE, HOUR = 60_000, 3_600_000
ORIGIN = a_comment().origin


@pytest.fixture
def client(storage: Storage, valkey_settings: Settings) -> Client:
    return connect(valkey_settings)


def after(ms: float) -> int:
    """Return a time to come, in the form in which the storage writes it."""
    return round(1000 * time.time() + ms)


@pytest.mark.parametrize(
    ("key", "longest"), [(KEYS.rate("blog", ORIGIN), MINUTE), (KEYS.bytes_received("blog", ORIGIN), HOUR)]
)
def test_a_limit_that_ends_later_than_twice_its_time_is_free(
    storage: Storage, client: Client, key: str, longest: int
) -> None:
    client.set(key, after(1.7 * longest))
    with pytest.raises(TooMany):
        storage.comments.accept(a_comment(), an_admission(per_minute=5, bytes_per_hour=2_000_000))
    client.set(key, after(2.3 * longest))
    storage.comments.accept(a_comment(), an_admission(per_minute=5, bytes_per_hour=2_000_000))


def test_a_wake_up_that_ends_later_than_twice_its_time_is_over(storage: Storage, client: Client) -> None:
    comment = accepted(storage)
    client.delete(KEYS.wakeups("blog"))
    client.zadd(KEYS.wakeups("blog"), {comment.id: after(1.7 * WAKEUP_MS)})
    assert storage.queue.missing_wakeups("blog", batch=10, max_wakeups=1, lease=60) == []
    client.zadd(KEYS.wakeups("blog"), {comment.id: after(2.9 * WAKEUP_MS)})
    assert len(storage.queue.missing_wakeups("blog", batch=10, max_wakeups=1, lease=60)) == 1
