"""Keys of notices to moderators and chat channels. All sites share one slot: one sorted set lists what is due."""

from dataclasses import dataclass

from comments.pseudonyms import digest

from .declarations import ExportClass, stored
from .names import SHARED, Names


@dataclass(frozen=True, slots=True)
class NoticeKeys(Names):
    @stored(ExportClass.TEMPORARY, "names of moderators")
    def notices_due(self) -> str:
        """sorted set; site and receiver by the ms of the next notice; notices/*; notices/claim; until sent."""
        return self._of(SHARED, "notices:due")

    @stored(ExportClass.TEMPORARY, "names of moderators")
    def notice_leases(self) -> str:
        """sorted set; site and receiver by the ms a sender has it or it rests; notices/*; the same; until sent."""
        return self._of(SHARED, "notices:leases")

    @stored(ExportClass.TEMPORARY, "names of moderators")
    def notice_attempts(self) -> str:
        """hash; site and receiver -> failures in a row; notices/finish; notices/claim; until sent."""
        return self._of(SHARED, "notices:attempts")

    @stored(ExportClass.TEMPORARY, "digest of a name")
    def notice_items(self, site: str, receiver: str) -> str:
        """set; what to report, JSON; notices/add, notices/finish; notices/claim; a week from the last."""
        return self._of(SHARED, f"notices:items:{site}:{digest(receiver)}")

    @stored(ExportClass.EXPORTED)
    def notice_counts(self) -> str:
        """hash; site, kind and result -> notices; Notices; ops; for ever."""
        return self._of(SHARED, "notices:counts")

    @stored(ExportClass.TEMPORARY, "digest of a name")
    def notice_result(self, site: str, receiver: str) -> str:
        """string; NoticeResult as JSON; Notices; the pages about notices; 30 days."""
        return self._of(SHARED, f"notices:result:{site}:{digest(receiver)}")
