"""Keys of comments, of the judging queue and of the limits on submissions."""

from dataclasses import dataclass

from .declarations import ExportClass, stored
from .names import Names


@dataclass(frozen=True, slots=True)
class CommentKeys(Names):
    @stored(
        ExportClass.EXPORTED,
        "name, email address, website, text, user agent, keyed network and identity, names of moderators",
    )
    def comment(self, site: str, id: str) -> str:
        """string; a line of state, a line of submission, both JSON; comments/accept, comments/decide; all; for ever."""
        return self._of(site, f"comment:{id}")

    @stored(ExportClass.DERIVED)
    def status(self, site: str, status: str) -> str:
        """sorted set; comment ids by ms received; comments/accept, comments/decide; review, ops, export; for ever."""
        return self._of(site, f"status:{status}")

    @stored(ExportClass.EXPORTED)
    def retention(self, site: str, kind: str) -> str:
        """sorted set; ids by the ms from which personal data is kept; comments/decide; Retention; until deleted."""
        return self._of(site, f"retention:{kind}")

    @stored(ExportClass.DERIVED)
    def due(self, site: str) -> str:
        """sorted set; undecided ids by the ms from which they can be claimed; queue/*; queue/claim; until decided."""
        return self._of(site, "due")

    @stored(ExportClass.TEMPORARY)
    def claimed(self, site: str, id: str) -> str:
        """list; ids of one claim, each with its attempts; queue/claim; queue/claim; the lease."""
        return self._of(site, f"claim:{id}")

    @stored(ExportClass.TEMPORARY)
    def attempts(self, site: str) -> str:
        """hash; undecided id -> number of claims; queue/claim; queue/claim; until decided."""
        return self._of(site, "attempts")

    @stored(ExportClass.TEMPORARY)
    def wakeups(self, site: str) -> str:
        """sorted set; tokens of open wake-ups by the ms they expire; queue/*, comments/accept; the same; seconds."""
        return self._of(site, "wakes")

    @stored(ExportClass.TEMPORARY)
    def work(self, site: str) -> str:
        """channel; the site of a new comment or check; comments/accept, checks/ask; judges that listen; not stored."""
        return self._of(site, "work")

    @stored(ExportClass.EXPORTED)
    def counters(self, site: str) -> str:
        """hash; totals since the site began; accept, claim, decide, report, finish; ops; for ever."""
        return self._of(site, "counters")

    @stored(ExportClass.TEMPORARY)
    def decided(self, site: str) -> str:
        """channel; ids of decided comments; comments/decide; requests that wait for a decision; not stored."""
        return self._of(site, "decided")

    @stored(ExportClass.TEMPORARY)
    def idempotency(self, site: str, key: str) -> str:
        """string; id and fingerprint under a client's Idempotency-Key; comments/accept; comments/accept; 24 hours."""
        return self._of(site, f"key:{key}")

    @stored(ExportClass.DERIVED, "keyed name of a signed user")
    def user_comments(self, site: str, user: str) -> str:
        """sorted set; newest ids of a signed user (Comment.user) by ms received; comments/accept; users; for ever."""
        return self._of(site, f"user:{user}")

    @stored(ExportClass.TEMPORARY, "digest of a submission")
    def repeats(self, site: str, minute: int) -> str:
        """hash; fingerprint of a submission -> its id and second; comments/accept; comments/accept; two minutes."""
        return self._of(site, f"same:{minute}")

    @stored(ExportClass.TEMPORARY)
    def receipt_code(self, site: str, digest: str) -> str:
        """string; 1, under the digest of a one-time code that was used; ReceiptCodes; the same; ten minutes."""
        return self._of(site, f"code:{digest}")

    @stored(ExportClass.TEMPORARY, "keyed network")
    def bytes_received(self, site: str, origin: str) -> str:
        """string; ms at which the network's limit on bytes is free again; accept; accept; an hour."""
        return self._of(site, f"bytes:{origin}")

    @stored(ExportClass.TEMPORARY, "keyed network")
    def rate(self, site: str, origin: str) -> str:
        """string; ms at which the network's rate limit is free again; accept, report; the same; a minute."""
        return self._of(site, f"rate:{origin}")
