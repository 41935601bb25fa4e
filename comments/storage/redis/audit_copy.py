"""Write the audit of a site anew without the words that name a person.

Entries of a stream cannot be changed, and the bytes of a deleted one stay in memory and on disk. So the stream is
copied in steps, and the copy takes its place. Who did what, and when, stays in every entry.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from comments.audit import AuditEntry
from comments.personal_texts import ERASED_WORDS, PersonalTexts, is_query_about
from comments.storage.codec import load
from comments.storage.keys import Keys

from .audit_log import packed
from .client import Client, text
from .scripts import Script

#: Entries of one step, and those that the last step may copy.
ENTRIES_PER_STEP, MOST_AT_LAST = 500, 200
#: Beginnings of actions whose entries have texts of the team, such as words of a rule or the name of a view.
TEXT_ACTIONS = ("view.", "site.set", "standing.", "thread.set")


def without_words(entry: AuditEntry, names: Sequence[str], texts: PersonalTexts) -> AuditEntry:
    """Return the entry without the person's addresses, and without the words of a view about the person."""
    is_about = entry.action.startswith("view.") and is_query_about(entry.after, names, texts)
    erased = _erased if is_about else texts.without_addresses
    return replace(entry, subject=erased(entry.subject), before=erased(entry.before), after=erased(entry.after))


def _erased(value: str) -> str:
    return value and ERASED_WORDS


def has_name(entry: AuditEntry, texts: PersonalTexts) -> bool:
    """True if a text of the team in the entry has the person's name. Statuses and names of the team do not count."""
    words = (entry.subject, entry.before, entry.after)
    return entry.action.startswith(TEXT_ACTIONS) and any(map(texts.is_mentioned_in, words))


@dataclass(frozen=True, slots=True)
class AuditStep:
    """The number of replaced entries, ids of those that stay with the person's name, and the cursor, "" at the end."""

    replaced: int
    mentions: tuple[str, ...]
    cursor: str


class AuditCopy:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._swap = Script(client, "accounts/audit_swap")

    def step(self, site: str, names: Sequence[str], texts: PersonalTexts, cursor: str) -> AuditStep:
        """Look at the next entries, or copy them."""
        mode, _, last = (cursor or "look -").partition(" ")
        return (self._copy if mode == "copy" else self._look)(site, names, texts, last)

    def _read(self, site: str, last: str) -> list[tuple[str, bytes]]:
        start = last if last == "-" else f"({last}"
        rows = self._client.xrange(self._keys.audit(site), start, "+", count=ENTRIES_PER_STEP)
        return [(text(id), fields[b"e"]) for id, fields in rows]

    def _look(self, site: str, names: Sequence[str], texts: PersonalTexts, last: str) -> AuditStep:
        rows = self._read(site, last)
        entries = [(id, load(AuditEntry, record)) for id, record in rows]
        if any(without_words(entry, names, texts) != entry for _, entry in entries):
            self._client.unlink(self._keys.audit_copy(site))
            return AuditStep(0, (), "copy -")
        mentions = tuple(id for id, entry in entries if has_name(entry, texts))
        return AuditStep(0, mentions, f"look {rows[-1][0]}" if len(rows) == ENTRIES_PER_STEP else "")

    def _copy(self, site: str, names: Sequence[str], texts: PersonalTexts, last: str) -> AuditStep:
        rows, replaced, copy, mentions = self._read(site, last), 0, self._keys.audit_copy(site), list[str]()
        pipe = self._client.pipeline()
        for id, record in rows:
            entry = load(AuditEntry, record)
            after = without_words(entry, names, texts)
            replaced += after != entry
            mentions += [id] if has_name(after, texts) else []
            pipe.xadd(copy, {"e": packed(after) if after != entry else record}, id=id)
        pipe.execute()
        last = rows[-1][0] if rows else last
        if len(rows) < ENTRIES_PER_STEP:
            named = {"last": "0-0" if last == "-" else last, "most": MOST_AT_LAST}
            if self._swap([self._keys.audit(site), copy], named):
                return AuditStep(replaced, tuple(mentions), "")
        return AuditStep(replaced, tuple(mentions), f"copy {last}")
