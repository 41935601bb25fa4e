"""Every Redis key this project owns. (RQ owns rq:*; we never touch those by name.)

Each method's docstring says: type; members; written by; read by; lives for. The keys of one site share one hash tag, so
that a site is one Cluster slot. Long or private values are hashed inside the readable name.
"""

from dataclasses import dataclass
from hashlib import blake2b

from ..pseudonyms import digest

#: Stands in for a site in what all sites share. Not a possible site id.
SHARED = "~"


def value_name(value: str, size: int = 8) -> bytes:
    """Bytes that stand for a value. With eight, two of a million values meet once in 37 million windows."""
    return blake2b(value.encode(), digest_size=size).digest()


def thread_name(thread: str) -> str:
    return digest(thread)


@dataclass(frozen=True, slots=True)
class Keys:
    prefix: str

    def version(self) -> str:
        """string; version of the data's form; Server.prepare; Server.prepare; for ever."""
        return f"{self.prefix}:version"

    def sites(self) -> str:
        """hash; site id -> Site as JSON; Sites; everybody; for ever."""
        return f"{self.prefix}:sites"

    def people(self) -> str:
        """hash; name -> Person as JSON; People; sign-in and roles; for ever."""
        return f"{self.prefix}:people"

    def session(self, digest: str) -> str:
        """string; Session as JSON; People; every signed-in request; the idle time, renewed by use."""
        return f"{self.prefix}:session:{digest}"

    def sessions(self, name: str) -> str:
        """set; digests of a person's sessions; People; the account page; as long as the last of them may."""
        return f"{self.prefix}:sessions:{digest(name)}"

    def link(self, digest: str) -> str:
        """string; name of who may sign in; People; the sign-in link; until used or expired."""
        return f"{self.prefix}:link:{digest}"

    def tries(self, key: str) -> str:
        """string; number of tries; People.attempt; People.attempt; the limit's window."""
        return f"{self.prefix}:tries:{digest(key)}"

    def beats(self, part: str) -> str:
        """sorted set; process names by the ms until which they count as alive; Beats; readiness, ops; for ever."""
        return f"{self.prefix}:beats:{part}"

    def _of(self, site: str, name: str) -> str:
        return f"{self.prefix}:{{{site}}}:{name}"

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
        """hash; totals since the site began; accept.lua, claim.lua, decide.lua; ops; for ever."""
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
        """string; ms at which the origin's allowance is whole again; accept.lua; accept.lua; a minute."""
        return self._of(site, f"rate:{origin}")

    def roots(self, site: str, thread: str) -> str:
        """sorted set; published replies to the page by ms received; decide.lua; readers; for ever."""
        return self._of(site, f"thread:{thread_name(thread)}:roots")

    def replies(self, site: str, thread: str) -> str:
        """hash; approved reply -> parent, ms received, 1 if readers see it; decide.lua; readers; for ever."""
        return self._of(site, f"thread:{thread_name(thread)}:replies")

    def thread_counts(self, site: str) -> str:
        """hash; thread name -> published comments; decide.lua; readers; for ever."""
        return self._of(site, "threads:count")

    def thread_versions(self, site: str) -> str:
        """hash; thread name, or * for all -> ms of the last change readers see; decide.lua; readers; for ever."""
        return self._of(site, "threads:version")

    def recent(self, site: str) -> str:
        """sorted set; the 200 ids shown last, by the version that showed them; decide.lua; feeds; while shown."""
        return self._of(site, "recent")

    def changes(self, site: str) -> str:
        """stream; the last 1000 changes readers see; decide.lua; changes.lua; until newer ones push them out."""
        return self._of(site, "changes")

    def thread_opened(self, site: str) -> str:
        """hash; thread name -> ms of its first comment; accept.lua; filters, through Evidence; for ever."""
        return self._of(site, "threads:opened")

    def closed(self, site: str) -> str:
        """set; names of closed threads; Threads; accept.lua, filters through Evidence; until opened."""
        return self._of(site, "threads:closed")

    def authors(self, site: str, status: str) -> str:
        """hash; author's name (Comment.known_as) -> comments in that status; decide.lua; Evidence; for ever."""
        return self._of(site, f"authors:{status}")

    def window(self, site: str, name: str, bucket: int) -> str:
        """hash; eight bytes for a value -> comments with it; note.lua; filters, through Evidence; two windows."""
        return self._of(site, f"window:{name}:{bucket}")

    def corpus(self, site: str, label: str) -> str:
        """hash; token -> lessons of that label with it; learn.lua; filters, through Evidence; for ever."""
        return self._of(site, f"corpus:{label}")

    def lessons(self, site: str) -> str:
        """hash; label -> lessons, bars -> log-odds of latest ham; learn.lua; filters, through Evidence; for ever."""
        return self._of(site, "lessons")

    def learned(self, site: str) -> str:
        """hash; comment id -> label and tokens as learned, JSON; learn.lua; learn.lua; while it is a lesson."""
        return self._of(site, "learned")

    def unlearned(self, site: str) -> str:
        """set; ids whose lesson may have changed; decide.lua; the learn job; until learned."""
        return self._of(site, "unlearned")

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

    def bulk(self, site: str, id: str) -> str:
        """hash; bulk -> a step for many comments as JSON, total -> how many; Bulks; Bulks; a week."""
        return self._of(site, f"bulk:{id}")

    def bulk_items(self, site: str, id: str, which: str) -> str:
        """list; comment and version of each that is still "left", or "done"; Bulks; Bulks; a week."""
        return self._of(site, f"bulk:{id}:{which}")

    def outbox(self, site: str) -> str:
        """stream; one entry a decision; decide.lua; the deliver job; until delivered."""
        return self._of(site, "outbox")

    def audit(self, site: str) -> str:
        """stream; Entry as JSON; decide.lua, swap.lua and what changes sites and people; the audit page; for ever."""
        return self._of(site or SHARED, "audit")

    def standings(self, site: str) -> str:
        """hash; author, origin or domain -> Standing as JSON; Standings; filters, through Evidence; until lifted."""
        return self._of(site, "standings")

    def terms(self, site: str) -> str:
        """hash; term -> Standing as JSON; Standings; filters, through Evidence; until lifted."""
        return self._of(site, "standings:terms")

    def deliveries(self, site: str) -> str:
        """hash; delivery id -> Delivery as JSON; put.lua, settle.lua; Deliveries; while it is pending or in the log."""
        return self._of(site, "deliveries")

    def deliveries_pending(self, site: str) -> str:
        """sorted set; ids of deliveries by the ms they were put; put.lua, settle.lua; ops; until over."""
        return self._of(site, "deliveries:pending")

    def deliveries_over(self, site: str) -> str:
        """sorted set; ids of deliveries by the ms they ended; settle.lua; ops, settle.lua; the last 200."""
        return self._of(site, "deliveries:over")

    def rests(self, site: str) -> str:
        """hash; webhook -> ms until which it rests, failures in a row; take.lua, settle.lua; take.lua; until well."""
        return self._of(site, "deliveries:rests")

    def lanes(self, site: str, webhook: str) -> str:
        """sorted set; comment ids by the ms of the next attempt; put.lua, settle.lua; take.lua; until over."""
        return self._of(site, f"webhook:{webhook}:lanes")

    def versions(self, site: str, webhook: str) -> str:
        """sorted set; ids of pending deliveries, sorted by name; put.lua, settle.lua; take.lua; until over."""
        return self._of(site, f"webhook:{webhook}:versions")
