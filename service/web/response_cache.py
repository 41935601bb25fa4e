"""Cache of answers to readers: one for views and fast path, bounded in bytes and in time."""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, cast

from cachetools import TTLCache
from flask import Flask, current_app

CACHE_EXTENSION = "replygate.response_cache"

#: Bytes of the cache of one web process: some hundred pages of 50 comments, rendered and as complete answers.
MAX_BYTES = 32 * 1024 * 1024
#: Share of the cache that one value may take. A page of 50 comments of 10,000 characters each has 1.6 MB: it is cached,
#: because it takes most processor time to make.
LARGEST_SHARE = 1 / 8
#: Seconds after which an answer is forgotten, so that no process keeps for long what was erased or taken down.
LONGEST_CACHED = 1200.0
#: Seconds between two looks for answers to forget.
PURGE_EVERY = 60.0
#: Bytes of an entry besides its body: key, headers, ETag, places in the dictionaries.
OVERHEAD = 4096


@dataclass(frozen=True, slots=True)
class RenderedBody:
    """Body of an answer, and the cursor of the next page; "" on the last."""

    body: bytes
    next: str = ""


class ResponseCache:
    """Maps a key to the latest value stored for it. Each value names the version it was made from."""

    def __init__(self, max_bytes: int = MAX_BYTES, clock: Callable[[], float] = time.monotonic) -> None:
        self._largest = int(max_bytes * LARGEST_SHARE)
        self._lock = threading.Lock()
        self._entries: TTLCache[Hashable, tuple[Any, int]] = TTLCache(
            max_bytes, LONGEST_CACHED, timer=clock, getsizeof=lambda entry: entry[1]
        )
        self._clock, self._next_purge = clock, clock() + PURGE_EVERY

    def init_app(self, app: Flask) -> None:
        app.extensions[CACHE_EXTENSION] = self

    @property
    def size(self) -> int:
        """Bytes in use."""
        return int(self._entries.currsize)

    def get(self, key: Hashable) -> Any | None:
        try:
            with self._lock:
                if self._clock() >= self._next_purge:
                    self._entries.expire()
                    self._next_purge = self._clock() + PURGE_EVERY
                return self._entries[key][0]
        except KeyError:
            return None

    def drop(self, key: Hashable) -> None:
        with self._lock:
            self._entries.pop(key, None)

    def put(self, key: Hashable, value: object, size: int) -> None:
        """Store `value`, of `size` bytes in all. A value that is too large only removes the previous one."""
        with self._lock:
            self._entries.pop(key, None)
            if size <= self._largest:
                self._entries[key] = (value, size)

    def rendered(self, key: Hashable, etag: str, render: Callable[[], RenderedBody]) -> RenderedBody:
        """Return the cached body if it has this ETag, else render it.

        An ETag names the version in storage, read before the comments were. So a cached body never outlives a change;
        a change between the two reads only means that the body is rendered once more.
        """
        cached: tuple[str, RenderedBody] | None = self.get(key)
        if cached and cached[0] == etag:
            return cached[1]
        page = render()
        self.put(key, (etag, page), len(page.body) + OVERHEAD)
        return page


def response_cache() -> ResponseCache:
    """Return the cache of the current app."""
    return cast(ResponseCache, current_app.extensions[CACHE_EXTENSION])
