"""Keys of the review pages: the index of held comments, presence, notes, reports, bulk actions and the audit."""

from dataclasses import dataclass

from .declarations import ExportClass, stored
from .names import SHARED, Names


@dataclass(frozen=True, slots=True)
class ModerationKeys(Names):
    @stored(ExportClass.DERIVED)
    def index_outdated(self, site: str) -> str:
        """set; ids whose index entry is out of date; comments/decide; the index job, review pages; until updated."""
        return self._of(site, "held:changed")

    @stored(ExportClass.DERIVED)
    def index_slots(self, site: str) -> str:
        """hash; comment id -> its slot and status; review/index_update; comments/decide; while indexed."""
        return self._of(site, "index:slots")

    @stored(ExportClass.DERIVED)
    def index_state(self, site: str) -> str:
        """hash; next slot, position of each background step; review/index_*, QueueIndex; the same; for ever."""
        return self._of(site, "index:state")

    @stored(ExportClass.DERIVED)
    def index_chunks(self, site: str, state: str = "chunks") -> str:
        """set; chunks of slots, or those that are being emptied; review/index_*; QueueIndex; for ever."""
        return self._of(site, f"index:{state}")

    @stored(ExportClass.DERIVED, "names and keyed networks")
    def index_held_rows(self, site: str) -> str:
        """hash; slot of a held comment -> its terms of facets; review/index_update; the same; while held."""
        return self._of(site, "index:held")

    @stored(ExportClass.DERIVED, "words of comments, names, email addresses")
    def index_words(self, site: str) -> str:
        """sorted set; every word in the index; review/index_update; QueueIndex; while a chunk has it."""
        return self._of(site, "index:words")

    @stored(ExportClass.DERIVED, "words of comments, names, email addresses")
    def index_terms(self, site: str, chunk: str) -> str:
        """hash; term -> slots in a chunk, "" with a bitmap; review/index_update; QueueIndex; while the chunk lives."""
        return self._of(site, f"index:{chunk}:terms")

    @stored(ExportClass.DERIVED, "words of comments, names, email addresses")
    def index_bitmap(self, site: str, chunk: str, term: str) -> str:
        """bitmap; slots of a chunk with a common term; review/index_update; QueueIndex; while the chunk lives."""
        return self._of(site, f"index:{chunk}:many:{term}")

    @stored(ExportClass.DERIVED)
    def index_live(self, site: str, chunk: str) -> str:
        """bitmap; slots whose entry is valid; index_update, comments/decide; QueueIndex; while the chunk lives."""
        return self._of(site, f"index:{chunk}:live")

    @stored(ExportClass.DERIVED)
    def index_column(self, site: str, chunk: str, name: str) -> str:
        """string; a number, or id and version, of each slot; index_update; QueueIndex; while the chunk lives."""
        return self._of(site, f"index:{chunk}:{name}")

    @stored(ExportClass.DERIVED, "names and keyed networks")
    def index_facet(self, site: str, status: str, kind: str) -> str:
        """sorted set; frequent values by their comments of a status; review/index_update; QueueIndex; for ever."""
        return self._of(site, f"index:top:{status}:{kind}")

    @stored(ExportClass.DERIVED)
    def index_prefix(self, site: str) -> str:
        """prefix; of the keys of chunks, for scripts; review/index_update; the same; for ever."""
        return self._of(site, "index:")

    @stored(ExportClass.TEMPORARY, "words of comments, names")
    def former_index(self, site: str, name: str) -> str:
        """any; the index of held comments; up to 0.1.0; deleted in the background; until deleted."""
        return self._of(site, f"held:{name}")

    @stored(ExportClass.EXPORTED, "searches, names of moderators")
    def shared_views(self, site: str) -> str:
        """string; SavedViews of the team, JSON; review/views_replace; queue pages; for ever."""
        return self._of(site, "views")

    @stored(ExportClass.TEMPORARY, "names of moderators")
    def presence(self, site: str) -> str:
        """hash; moderator -> comment, ms since and until; review/presence_*; Presence; while a comment is open."""
        return self._of(site, "attention")

    @stored(ExportClass.EXPORTED, "names of moderators, their notes")
    def notes(self, site: str, id: str) -> str:
        """list; Notes on a comment as JSON; Notes; review; for ever."""
        return self._of(site, f"notes:{id}")

    @stored(ExportClass.TEMPORARY, "keyed networks and browsers of readers")
    def reports(self, site: str, id: str) -> str:
        """hash; network -> reason, wider networks, ms, browser; review/report; Reports; 30 days from the last."""
        return self._of(site, f"reports:{id}")

    @stored(ExportClass.TEMPORARY)
    def reported(self, site: str) -> str:
        """sorted set; ids of reported comments by ms of the last report; review/report; Reports; 30 days from that."""
        return self._of(site, "reported")

    @stored(ExportClass.TEMPORARY, "names of moderators, searches")
    def bulk(self, site: str, id: str) -> str:
        """hash; bulk -> BulkAction as JSON, total -> its size, cursor -> place of its search; Bulks; Bulks; a week."""
        return self._of(site, f"bulk:{id}")

    @stored(ExportClass.TEMPORARY)
    def bulk_items(self, site: str, id: str, part: str) -> str:
        """list; comment and version of each that is still "left", or "done"; Bulks; Bulks; a week."""
        return self._of(site, f"bulk:{id}:{part}")

    @stored(ExportClass.TEMPORARY)
    def check_record(self, site: str, name: str) -> str:
        """string; text under the digest of its name: id, feedback or callback; CheckRecords; the same; 15 days."""
        return self._of(site, f"checkrecord:{name}")

    @stored(ExportClass.TEMPORARY)
    def check_callbacks(self, site: str) -> str:
        """hash; id of a check -> CheckCallback as JSON; CheckRecords; the job deliver, the sweep; fifteen minutes."""
        return self._of(site, "checkcallbacks")

    @stored(ExportClass.EXPORTED)
    def check_counts(self, site: str) -> str:
        """hash; month and event -> number of checks and feedback; CheckRecords; the Akismet API; for ever."""
        return self._of(site, "checkcounts")

    @stored(ExportClass.EXPORTED, "names of staff, keyed networks")
    def audit(self, site: str) -> str:
        """stream; AuditEntry as JSON; Audit and every script that changes a record; the audit page; for ever."""
        return self._of(site or SHARED, "audit")

    @stored(ExportClass.TEMPORARY, "names of staff, keyed networks")
    def audit_waiting(self) -> str:
        """stream; AuditEntry as JSON; changes of sites and pauses in a cluster; Audit; until in the site's audit."""
        return self._of(SHARED, "audit-waiting")
