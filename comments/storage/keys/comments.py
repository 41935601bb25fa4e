"""Keys of the comments themselves, of the queue they wait in and of what guards the door to it."""

from dataclasses import dataclass

from .names import Names


@dataclass(frozen=True, slots=True)
class CommentKeys(Names):
    def comment(self, site: str, id: str) -> str:
        """string; a line of state, a line of submission, both JSON; accept.lua, decide.lua; everybody; for ever."""
        return self._of(site, f"comment:{id}")

    def status(self, site: str, status: str) -> str:
        """sorted set; comment ids by ms received; accept.lua, decide.lua; review, ops, export; for ever."""
        return self._of(site, f"status:{status}")

    def due(self, site: str) -> str:
        """sorted set; undecided ids by the ms they may be claimed from; queue scripts; claim.lua; until decided."""
        return self._of(site, "due")

    def attempts(self, site: str) -> str:
        """hash; undecided id -> times it was claimed; claim.lua; claim.lua; until decided."""
        return self._of(site, "attempts")

    def wakes(self, site: str) -> str:
        """sorted set; tokens of outstanding wake-ups by the ms they expire; queue scripts; queue scripts; seconds."""
        return self._of(site, "wakes")

    def counters(self, site: str) -> str:
        """hash; totals since the site began; accept.lua, claim.lua, decide.lua, report.lua; ops; for ever."""
        return self._of(site, "counters")

    def decided(self, site: str) -> str:
        """channel; ids of decided comments; decide.lua; requests that wait for a verdict; not kept."""
        return self._of(site, "decided")

    def idempotency(self, site: str, key: str) -> str:
        """string; id and fingerprint under a client's Idempotency-Key; accept.lua; accept.lua; 24 hours."""
        return self._of(site, f"key:{key}")

    def same(self, site: str, minute: int) -> str:
        """hash; 16 bytes for a submission without a key -> its id, its second; accept.lua; accept.lua; two minutes."""
        return self._of(site, f"same:{minute}")

    def rate(self, site: str, origin: str) -> str:
        """string; ms at which the origin's allowance is whole again; accept.lua, report.lua; the same; a minute."""
        return self._of(site, f"rate:{origin}")
