"""Keys of the review pages: the index of held comments, presence, notes, reports, bulk actions and the audit."""

from dataclasses import dataclass

from .names import SHARED, Names


@dataclass(frozen=True, slots=True)
class ModerationKeys(Names):
    def index_outdated(self, site: str) -> str:
        """set; ids whose index entry is out of date; comments/decide; the index job, review pages; until updated."""
        return self._of(site, "held:changed")

    def index_held(self, site: str) -> str:
        """bitmap; slots of comments that are held now; review/index_update, comments/decide; QueueIndex; for ever."""
        return self._of(site, "held:here")

    def index_slots(self, site: str) -> str:
        """hash; comment id -> its slot in the bitmaps; review/index_update; comments/decide; while indexed."""
        return self._of(site, "held:slots")

    def index_rows(self, site: str, part: str) -> str:
        """hash; slot -> comment id and version, or its terms; review/index_update; QueueIndex; while indexed."""
        return self._of(site, f"held:{part}")

    def index_free_slots(self, site: str) -> str:
        """set; slots that are free again; review/index_update; review/index_update; until used."""
        return self._of(site, "held:free")

    def index_words(self, site: str) -> str:
        """sorted set; every word of the held comments; review/index_update; QueueIndex; while a comment has it."""
        return self._of(site, "held:words")

    def index_column(self, site: str, name: str) -> str:
        """string; eight bytes a slot, a number to sort by; review/index_update; QueueIndex; for ever."""
        return self._of(site, f"held:order:{name}")

    def index_term(self, site: str, form: str, term: str) -> str:
        """set ("few") or bitmap ("many"); slots with a term; review/index_update; QueueIndex; while one has it."""
        return self._of(site, f"held:{form}:{term}")

    def index_facet(self, site: str, kind: str) -> str:
        """sorted set; values of one kind by their held comments; review/index_update; QueueIndex; while one has it."""
        return self._of(site, f"held:top:{kind}")

    def presence(self, site: str) -> str:
        """hash; moderator -> comment, ms since and until; review/presence_*; Presence; while a comment is open."""
        return self._of(site, "attention")

    def notes(self, site: str, id: str) -> str:
        """list; Notes on a comment as JSON; Notes; review; for ever."""
        return self._of(site, f"notes:{id}")

    def reports(self, site: str, id: str) -> str:
        """hash; network -> reason, wider networks, ms, browser; review/report; Reports; 30 days from the last."""
        return self._of(site, f"reports:{id}")

    def reported(self, site: str) -> str:
        """sorted set; ids of reported comments by ms of the last report; review/report; Reports; 30 days from that."""
        return self._of(site, "reported")

    def bulk(self, site: str, id: str) -> str:
        """hash; bulk -> BulkAction as JSON, total -> its size, cursor -> place of its search; Bulks; Bulks; a week."""
        return self._of(site, f"bulk:{id}")

    def bulk_items(self, site: str, id: str, part: str) -> str:
        """list; comment and version of each that is still "left", or "done"; Bulks; Bulks; a week."""
        return self._of(site, f"bulk:{id}:{part}")

    def check(self, site: str, id: str) -> str:
        """hash; a CheckRequest, and parts of its answer by the number of their first; Checks; Checks; ten minutes."""
        return self._of(site, f"check:{id}")

    def audit(self, site: str) -> str:
        """stream; AuditEntry as JSON; Audit and every script that changes a record; the audit page; for ever."""
        return self._of(site or SHARED, "audit")
