"""Keys of the moderators' room: held comments and their index, notes, reports, bulk steps, the audit."""

from dataclasses import dataclass

from .names import SHARED, Names


@dataclass(frozen=True, slots=True)
class ReviewKeys(Names):
    def held_changed(self, site: str) -> str:
        """set; ids to be filed anew among the held; decide.lua; the file job, review pages; until hold.lua filed it."""
        return self._of(site, "held:changed")

    def held_here(self, site: str) -> str:
        """bitmap; slots of the comments that are held now; hold.lua, decide.lua; Held; for ever."""
        return self._of(site, "held:here")

    def held_slots(self, site: str) -> str:
        """hash; comment id -> its slot, its number in the bitmaps; hold.lua; hold.lua, decide.lua; while filed."""
        return self._of(site, "held:slots")

    def held_by_slot(self, site: str, what: str) -> str:
        """hash; slot -> "rows": comment id and version, "terms": a line each; hold.lua; Held; while filed."""
        return self._of(site, f"held:{what}")

    def held_free(self, site: str) -> str:
        """set; slots that were used before and are free; hold.lua; hold.lua; until taken."""
        return self._of(site, "held:free")

    def held_words(self, site: str) -> str:
        """sorted set; every word somewhere in a held comment; hold.lua; Held; while one has it."""
        return self._of(site, "held:words")

    def held_order(self, site: str, name: str) -> str:
        """string; eight bytes a slot, a number to order by; hold.lua; Held; for ever."""
        return self._of(site, f"held:order:{name}")

    def held_term(self, site: str, form: str, term: str) -> str:
        """set ("few") or bitmap ("many"); slots of held comments with a term; hold.lua; Held; while one has it."""
        return self._of(site, f"held:{form}:{term}")

    def held_top(self, site: str, kind: str) -> str:
        """sorted set; values of one kind of terms by the held comments that have it; hold.lua; Held; while one has."""
        return self._of(site, f"held:top:{kind}")

    def attention(self, site: str) -> str:
        """hash; person -> comment, ms since and until; look.lua, leave.lua; Attention; as long as anybody looks."""
        return self._of(site, "attention")

    def notes(self, site: str, id: str) -> str:
        """list; Notes to a comment as JSON; Notes; review; for ever."""
        return self._of(site, f"notes:{id}")

    def reports(self, site: str, id: str) -> str:
        """hash; eight bytes for a network -> what it found wrong; report.lua; Reports; 30 days from the last."""
        return self._of(site, f"reports:{id}")

    def reported(self, site: str) -> str:
        """sorted set; ids of reported comments by ms of the last report; report.lua; Reports; 30 days from that."""
        return self._of(site, "reported")

    def bulk(self, site: str, id: str) -> str:
        """hash; bulk -> a step for many comments as JSON, total -> how many; Bulks; Bulks; a week."""
        return self._of(site, f"bulk:{id}")

    def bulk_items(self, site: str, id: str, which: str) -> str:
        """list; comment and version of each that is still "left", or "done"; Bulks; Bulks; a week."""
        return self._of(site, f"bulk:{id}:{which}")

    def audit(self, site: str) -> str:
        """stream; Entry as JSON; decide.lua, swap.lua and what changes sites and people; the audit page; for ever."""
        return self._of(site or SHARED, "audit")
