"""The brake of a flooded site: how much work its forms have to ask for, from how many comments came in a minute."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from comments.site import Site
from comments.storage.interfaces import Comments

#: Comments in a minute -> bits of work from there on. Two bits more take four times as long. The first step is
#: what the filter `velocity.site` calls unusual. A phone does 2^16 tries in about a second, a desktop 2^20 in five.
STEPS = ((60, 16), (240, 18), (960, 20))
MINUTE = timedelta(minutes=1)
#: A rate is remembered for as long, so that a flood does not make everybody count.
SECONDS = 1.0


def bits(per_minute: int) -> int:
    return max((bits for above, bits in STEPS if per_minute > above), default=0)


class Brake:
    def __init__(self, comments: Comments, clock: Callable[[], float] = time.monotonic) -> None:
        self._comments, self._clock = comments, clock
        self._known: dict[str, tuple[float, int]] = {}

    def bits(self, site: Site, now: datetime) -> int:
        """Bits of work that a form of the site has to ask for; 0 for none."""
        if site.proof_of_work != "auto":
            return 0
        until, found = self._known.get(site.id, (0.0, 0))
        if until <= self._clock():
            found = bits(self._comments.received_since(site.id, now - MINUTE))
            self._known[site.id] = (self._clock() + SECONDS, found)
        return found
