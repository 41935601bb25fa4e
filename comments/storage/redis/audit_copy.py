"""Write the audit of a site anew without the words that name a person.

Entries of a stream cannot be changed, and the bytes of a deleted one stay in memory and on disk. So the stream is
copied in steps, and the copy takes its place. Who did what, and when, stays in every entry.
"""

from dataclasses import replace

from comments.audit import AuditEntry
from comments.data_subjects import PersonalTexts
from comments.storage.codec import load
from comments.storage.keys import Keys

from .audit_log import packed
from .client import Client, text
from .scripts import Script

#: Entries of one step, and those that the last step may copy.
ENTRIES_PER_STEP, MOST_AT_LAST = 500, 200
#: Stands for words that named the person.
ERASED_WORDS = "(erased)"


def without_words(entry: AuditEntry, texts: PersonalTexts) -> AuditEntry:
    """Return the entry with the fields replaced that name the person."""
    subject, before, after = (
        ERASED_WORDS if texts.is_mentioned_in(value) else value for value in (entry.subject, entry.before, entry.after)
    )
    return replace(entry, subject=subject, before=before, after=after)


class AuditCopy:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._swap = Script(client, "accounts/audit_swap")

    def step(self, site: str, texts: PersonalTexts, cursor: str) -> tuple[int, str]:
        """Look at the next entries, or copy them. Return the number of replaced ones and the cursor, "" at the end."""
        mode, _, last = (cursor or "look -").partition(" ")
        return self._copy(site, texts, last) if mode == "copy" else self._look(site, texts, last)

    def _read(self, site: str, last: str) -> list[tuple[str, bytes]]:
        start = last if last == "-" else f"({last}"
        rows = self._client.xrange(self._keys.audit(site), start, "+", count=ENTRIES_PER_STEP)
        return [(text(id), fields[b"e"]) for id, fields in rows]

    def _look(self, site: str, texts: PersonalTexts, last: str) -> tuple[int, str]:
        rows = self._read(site, last)
        entries = [load(AuditEntry, record) for _, record in rows]
        if any(without_words(entry, texts) != entry for entry in entries):
            self._client.unlink(self._keys.audit_copy(site))
            return 0, "copy -"
        return 0, f"look {rows[-1][0]}" if len(rows) == ENTRIES_PER_STEP else ""

    def _copy(self, site: str, texts: PersonalTexts, last: str) -> tuple[int, str]:
        rows, replaced, copy = self._read(site, last), 0, self._keys.audit_copy(site)
        pipe = self._client.pipeline()
        for id, record in rows:
            entry = load(AuditEntry, record)
            after = without_words(entry, texts)
            replaced += after != entry
            pipe.xadd(copy, {"e": packed(after) if after != entry else record}, id=id)
        pipe.execute()
        last = rows[-1][0] if rows else last
        if len(rows) < ENTRIES_PER_STEP:
            named = {"last": "0-0" if last == "-" else last, "most": MOST_AT_LAST}
            if self._swap([self._keys.audit(site), copy], named):
                return replaced, ""
        return replaced, f"copy {last}"
