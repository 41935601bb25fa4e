"""What is known around a comment, in memory: the promises of note.lua."""

from collections.abc import Sequence
from datetime import UTC, datetime

from comments.lifecycle import Status
from comments.shared_learning import Together
from comments.storage.values import Evidence, EvidenceQuery, WindowUse

from .administration import among
from .corpus import counted
from .site_data import SHARED, Shelf, Shelves


class MemoryEvidence:
    def __init__(self, shelves: Shelves, together: Together) -> None:
        self._shelves, self._together = shelves, together

    def look_up(self, site: str, questions: Sequence[EvidenceQuery]) -> list[Evidence]:
        with self._shelves.lock:
            return [self._answer(site, q) for q in questions]

    def _answer(self, site: str, q: EvidenceQuery) -> Evidence:
        shelf = self._shelves[site]
        counts: dict[str, int] = {}
        for use in q.uses:
            n = self._note(self._shelves[SHARED if use.shared else site], use, q.first_attempt and not use.before)
            counts[use.window] = max(n, counts.get(use.window, 0))
        opened = shelf.opened.get(q.thread)
        return Evidence(
            counts=counts,
            approved=tuple(shelf.authors[Status.APPROVED][name] for name in q.author),
            spam=tuple(shelf.authors[Status.SPAM][name] for name in q.author),
            first_seen=min((day for key, day in shelf.first_seen.items() if _is_of(key, q.author)), default=None),
            parent_published=not q.parent or _published(shelf, q),
            thread_closed=q.thread in shelf.closed,
            thread_opened=datetime.fromtimestamp(opened, UTC) if opened is not None else None,
            corpus=counted(self._shelves[self._together.keeper(site)], q.tokens),
            rules=tuple(among(shelf.rules, q.rules, terms=True)),
        )

    def _note(self, shelf: Shelf, use: WindowUse, note: bool) -> int:
        now = self._shelves.now()
        noted = shelf.windows[use.window, use.value]
        noted[:] = [(at, value) for at, value in noted if at > now - use.seconds]
        if note:
            noted.append((now, use.value))
        return max(0, len(noted) - 1)


def _is_of(key: tuple[Status, str], names: Sequence[str]) -> bool:
    status, name = key
    return status in (Status.APPROVED, Status.SPAM) and name in names[:1]


def _published(shelf: Shelf, q: EvidenceQuery) -> bool:
    parent = shelf.comments.get(q.parent)
    return parent is not None and parent.thread == q.thread and shelf.published(q.parent)
