"""Times in the storage: limits end on time, and times from before the server's clock was set back count as passed."""

import time

import pytest

from comments.errors import TooMany
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.redis import connect
from comments.storage.redis.client import Client
from comments.storage.redis.comments import WAKEUP_MS
from comments.storage.redis.leases import take_lease
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


def test_a_lease_ends_on_time_however_often_others_ask_for_it(client: Client) -> None:
    assert take_lease(client, "lease", "one", MINUTE)
    client.pexpire("lease", 1_000)
    assert not take_lease(client, "lease", "another", MINUTE)
    assert 0 < client.pttl("lease") <= 1_000
    client.pexpire("lease", HOUR)
    assert not take_lease(client, "lease", "another", MINUTE)
    assert client.pttl("lease") <= MINUTE, "the clock was set back"
    assert client.get("lease") == b"one"


@pytest.mark.parametrize("ahead", [0, HOUR])
@pytest.mark.parametrize(
    ("key", "longest", "limit"),
    [
        (KEYS.rate("blog", ORIGIN), MINUTE, {"per_minute": 70}),
        (KEYS.bytes_received("blog", ORIGIN), HOUR, {"bytes_per_hour": 4_000 * 30_000}),
    ],
)
def test_a_used_up_limit_is_free_after_a_second_also_if_the_clock_was_set_back(
    storage: Storage, client: Client, key: str, longest: int, limit: dict[str, int], ahead: int
) -> None:
    """Each comment takes 0.9 seconds of the limit, so the first that is refused has to wait for one second."""
    client.set(key, after(longest + ahead), px=longest + ahead)
    waits = []
    for _ in range(100):
        try:
            storage.comments.accept(a_comment(content="x" * 30_000), an_admission(**limit))
        except TooMany as error:
            waits.append(error.retry_after)
            break
    assert waits == [1]


def test_a_wake_up_that_ends_later_than_twice_its_time_is_over(storage: Storage, client: Client) -> None:
    comment = accepted(storage)
    client.delete(KEYS.wakeups("blog"))
    client.zadd(KEYS.wakeups("blog"), {comment.id: after(1.7 * WAKEUP_MS)})
    assert storage.queue.missing_wakeups("blog", batch=10, max_wakeups=1, lease=60) == []
    client.zadd(KEYS.wakeups("blog"), {comment.id: after(2.9 * WAKEUP_MS)})
    assert len(storage.queue.missing_wakeups("blog", batch=10, max_wakeups=1, lease=60)) == 1
