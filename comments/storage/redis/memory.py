"""The memory of a server: new work is refused before the server itself refuses every write."""

import time
from collections.abc import Mapping
from typing import Any

from .client import Client

#: Share of the memory limit from which new comments are refused. The rest is for work on those that wait: at the limit
#: itself nothing can be decided, so the memory would never be free again.
MEMORY_SHARE = 0.7
#: Seconds for which one look at the server's memory counts. Ten thousand comments in that time take 25 MB.
_LOOK_SECONDS = 1.0


def is_memory_short(info: Mapping[str, Any]) -> bool:
    """Return True if the server uses more than `MEMORY_SHARE` of its limit. `info` is its section "memory"."""
    return bool(info.get("maxmemory")) and info["used_memory"] > MEMORY_SHARE * info["maxmemory"]


class MemoryWatch:
    """Looks at the memory of each server at most once a second."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._looks: dict[Client, tuple[bool, float]] = {}  # server -> whether its memory is short, and until when

    def is_short(self, key: str) -> bool:
        """Return True if the server that has the key should get no new work."""
        server = self._client.server_of(key)
        is_short, until = self._looks.get(server, (False, 0.0))
        if time.monotonic() >= until:
            until = time.monotonic() + _LOOK_SECONDS
            self._looks[server] = is_short, until  # also for other threads, and if the look fails
            is_short = is_memory_short(self._client.info_of(key, "memory"))
            self._looks[server] = is_short, until
        return is_short
