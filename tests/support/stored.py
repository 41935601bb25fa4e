"""A storage on a Valkey of this process's own, for tests that cannot use the fixtures; and data that grows older."""

import atexit
import tempfile
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.redis import open_redis
from replygate.embedded_valkey import start
from tests.support.builders import settings

_numbers = count()


@cache
def _url() -> str:
    directory = tempfile.TemporaryDirectory(prefix="rg")  # short: the path of a socket has 107 bytes at most
    server = start(Path(directory.name), fsync="everysec")
    atexit.register(directory.cleanup)
    atexit.register(server.stop)
    return server.url


def new_settings(**changes: Any) -> Settings:
    """Settings with a prefix of their own, so that each storage starts empty."""
    return settings(redis_url=_url(), prefix=f"test{next(_numbers)}", **changes)


def new_storage(**changes: Any) -> Storage:
    return open_redis(new_settings(**changes))


def age(client: Any, seconds: float) -> None:
    """Make all data older: the expiry of keys, and the times by which sorted sets and pauses are ordered."""
    ms = round(seconds * 1000)
    for key in list(client.scan_iter()):
        if (left := client.pttl(key)) > 0:
            client.pexpire(key, left - ms)
        if client.type(key) == b"zset":
            times = {member: score - ms for member, score in client.zrange(key, 0, -1, withscores=True) if score > ms}
            _replace(client.zadd, key, times)
        elif key.endswith(b":deliveries:rests"):
            _replace(lambda k, rows: client.hset(k, mapping=rows), key, dict(_earlier(client.hgetall(key), ms)))


def _replace(write: Any, key: bytes, rows: dict[bytes, Any]) -> None:
    if rows:
        write(key, rows)


def _earlier(pauses: dict[bytes, bytes], ms: int) -> Iterator[tuple[bytes, bytes]]:
    for webhook, pause in pauses.items():
        until, _, rest = pause.partition(b"|")
        yield webhook, b"%d|%s" % (max(0, int(until) - ms), rest)
