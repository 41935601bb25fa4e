"""Who looks at what, in memory."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Lock

from comments.storage.presence import Viewer


class MemoryPresence:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = Lock()
        self._looks: dict[tuple[str, str], tuple[Viewer, datetime]] = {}  # site, person -> look, until

    def set(self, site: str, by: str, comment: str, seconds: float) -> None:
        with self._lock:
            now = self._now()
            look, until = self._looks.get((site, by), (None, now))
            if look is None or look.comment != comment or until <= now:
                look = Viewer(by, comment, now)
            self._looks[site, by] = look, now + timedelta(seconds=seconds)

    def clear(self, site: str, by: str, comments: Sequence[str] = ()) -> None:
        with self._lock:
            look, _ = self._looks.get((site, by), (None, None))
            if look is not None and (not comments or look.comment in comments):
                del self._looks[site, by]

    def viewers(self, site: str) -> list[Viewer]:
        now = self._now()
        with self._lock:
            found = [look for (of, _), (look, until) in self._looks.items() if of == site and until > now]
        return sorted(found, key=lambda look: (look.since, look.by))
