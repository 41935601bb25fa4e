"""Announcements on Redis: channels of decisions and of new work for each site."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import redis

from comments.errors import StorageDown
from comments.storage.checks import NextAnnounced
from comments.storage.keys import Keys

from .client import Client, is_unavailable, text

#: Seconds for the server to confirm the subscription. Nothing after that is missed.
_CONFIRMATION = 2.0


def work_channel(client: Client, keys: Keys, site: str) -> str:
    """Return the channel of work on a site. A server has the same channels for all its databases."""
    return f"{keys.work(site)}:{client.connection_pool.connection_kwargs.get('db') or 0}"


class RedisAnnouncements:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys

    @contextmanager
    def listen(self) -> Iterator[NextAnnounced]:
        pattern = self._keys.decided("*")
        with self._subscription(self._client, lambda channel: channel.psubscribe(pattern)) as next_announced:
            yield next_announced

    @contextmanager
    def listen_for_work(self, site: str, *channels: str) -> Iterator[NextAnnounced]:
        """Listen on the server that has the site, because scripts count only the listeners of their own server."""
        names = (work_channel(self._client, self._keys, site), *channels)
        server = self._client.server_of(names[0])
        with self._subscription(server, lambda channel: channel.subscribe(*names), len(names)) as next_announced:
            yield next_announced

    @contextmanager
    def _subscription(
        self, server: Client, subscribe: Callable[[Client], None], names: int = 1
    ) -> Iterator[NextAnnounced]:
        try:
            with server.pubsub(ignore_subscribe_messages=True) as channel:
                subscribe(channel)
                for _ in range(names):
                    channel.get_message(timeout=_CONFIRMATION)
                yield lambda seconds: _announced(channel, seconds)
                _unsubscribe(channel)
        except redis.RedisError as error:
            if not is_unavailable(error):
                raise
            raise StorageDown(str(error)) from error


def _unsubscribe(channel: Client) -> None:
    """End the subscription before the connection: the server may notice the end of that one later."""
    until = time.monotonic() + _CONFIRMATION
    channel.unsubscribe()
    channel.punsubscribe()
    while channel.subscribed and time.monotonic() < until:
        channel.get_message(timeout=_CONFIRMATION)


def _announced(channel: Client, seconds: float) -> set[str]:
    """Wait for one message, and take all others that are there."""
    ids: set[str] = set()
    message = channel.get_message(timeout=seconds)
    while message:
        ids.add(text(message["data"]))
        message = channel.get_message()
    return ids
