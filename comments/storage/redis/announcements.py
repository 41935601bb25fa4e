"""Announcements of decisions on Redis: one channel for each site, all of them in one subscription."""

from collections.abc import Iterator
from contextlib import contextmanager

import redis

from comments.errors import StorageDown
from comments.storage.checks import NextDecided
from comments.storage.keys import Keys

from .client import Client, is_unavailable, text

#: Seconds for the server to confirm the subscription. No decision after that is missed.
_CONFIRMATION = 2.0


class RedisAnnouncements:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys

    @contextmanager
    def listen(self) -> Iterator[NextDecided]:
        try:
            with self._client.pubsub(ignore_subscribe_messages=True) as channel:
                channel.psubscribe(self._keys.decided("*"))
                channel.get_message(timeout=_CONFIRMATION)
                yield lambda seconds: _decided(channel, seconds)
        except redis.RedisError as error:
            if not is_unavailable(error):
                raise
            raise StorageDown(str(error)) from error


def _decided(channel: Client, seconds: float) -> set[str]:
    """Wait for one message, and take all others that are there."""
    ids: set[str] = set()
    message = channel.get_message(timeout=seconds)
    while message:
        ids.add(text(message["data"]))
        message = channel.get_message()
    return ids
