"""Keys of the erasure of a person's data."""

from dataclasses import dataclass

from .declarations import ExportClass, stored
from .names import Names


@dataclass(frozen=True, slots=True)
class SubjectKeys(Names):
    @stored(ExportClass.EXPORTED, "keyed names of people whose data was erased, names of staff")
    def erasures(self, site: str) -> str:
        """hash; id -> Erasure as JSON; Subjects; Subjects; for ever."""
        return self._of(site, "erasures")

    @stored(ExportClass.TEMPORARY)
    def erasure_comments(self, site: str, id: str) -> str:
        """set; ids of comments that are left to erase; Subjects; Subjects; until the erasure is done."""
        return self._of(site, f"erasure:{id}:comments")

    @stored(ExportClass.TEMPORARY, "names and email addresses of a person whose data is being erased")
    def erasure_words(self, site: str, id: str, kind: str) -> str:
        """set; the names or the addresses of a person; Subjects; Subjects; until the erasure is done."""
        return self._of(site, f"erasure:{id}:{kind}")

    @stored(ExportClass.TEMPORARY)
    def erasure_lease(self, site: str) -> str:
        """string; empty while a process works on an erasure; Subjects; Subjects; seconds."""
        return self._of(site, "erasure-lease")

    @stored(ExportClass.TEMPORARY, "names of staff, keyed networks")
    def audit_copy(self, site: str) -> str:
        """stream; the audit without the words of an erased person; Subjects; Subjects; until it is complete."""
        return self._of(site, "audit-copy")
