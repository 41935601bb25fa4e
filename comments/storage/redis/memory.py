"""The memory of the server: new work is refused before the server itself refuses every write."""

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
    """Looks at the server's memory at most once a second."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._is_short, self._until = False, 0.0

    def is_short(self) -> bool:
        if time.monotonic() >= self._until:
            self._until = time.monotonic() + _LOOK_SECONDS
            self._is_short = is_memory_short(self._client.info("memory"))
        return self._is_short
