"""What is known around a comment, in memory: the promises of note.lua and learn.lua."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from ...lifecycle import Label, Status
from ...model import Comment
from .. import Answer, Question, TokenCounts, Use
from .oversight import among
from .shelf import SHARED, Shelf, Shelves

#: The latest lessons of ham that raise the bar for refusing, as in learn.lua.
MOST_BARS = 100


class MemoryEvidence:
    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    def look_up(self, site: str, questions: Sequence[Question]) -> list[Answer]:
        with self._shelves.lock:
            return [self._answer(site, q) for q in questions]

    def _answer(self, site: str, q: Question) -> Answer:
        shelf = self._shelves[site]
        counts: dict[str, int] = {}
        for use in q.uses:
            n = self._note(self._shelves[SHARED if use.shared else site], use, q.first_attempt and not use.before)
            counts[use.window] = max(n, counts.get(use.window, 0))
        opened = shelf.opened.get(q.thread)
        return Answer(
            counts=counts,
            approved=tuple(shelf.authors[Status.APPROVED][name] for name in q.author),
            spam=tuple(shelf.authors[Status.SPAM][name] for name in q.author),
            first_seen=min((day for key, day in shelf.first_seen.items() if _is_of(key, q.author)), default=None),
            parent_published=not q.parent or _published(shelf, q),
            thread_closed=q.thread in shelf.closed,
            thread_opened=datetime.fromtimestamp(opened, UTC) if opened is not None else None,
            corpus=replace(_corpus(shelf, q.tokens), bar=max(shelf.bars.values(), default=0.0)),
            standings=tuple(among(shelf.standings, q.standings, terms=True)),
        )

    def _note(self, shelf: Shelf, use: Use, note: bool) -> int:
        now = self._shelves.now()
        noted = shelf.windows[use.window, use.value]
        noted[:] = [(at, value) for at, value in noted if at > now - use.seconds]
        if note:
            noted.append((now, use.value))
        return max(0, len(noted) - 1)


def _is_of(key: tuple[Status, str], names: Sequence[str]) -> bool:
    status, name = key
    return status in (Status.APPROVED, Status.SPAM) and name in names[:1]


def _published(shelf: Shelf, q: Question) -> bool:
    parent = shelf.comments.get(q.parent)
    return parent is not None and parent.thread == q.thread and shelf.published(q.parent)


def _corpus(shelf: Shelf, tokens: frozenset[str] | None = None) -> TokenCounts:
    ham, spam = shelf.corpus[Label.HAM], shelf.corpus[Label.SPAM]
    known = {*ham, *spam} if tokens is None else {t for t in tokens if ham[t] or spam[t]}
    return TokenCounts(
        shelf.lessons[Label.HAM], shelf.lessons[Label.SPAM], {t: (ham[t], spam[t]) for t in known if ham[t] or spam[t]}
    )


class MemoryCorpus:
    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    def due(self, site: str, n: int) -> list[str]:
        return sorted(self._shelves[site].unlearned)[:n]

    def learn(self, site: str, comment: Comment, tokens: frozenset[str], log_odds: float | None = None) -> bool:
        with self._shelves.lock:
            shelf = self._shelves[site]
            if shelf.comments.get(comment.id) != comment:
                return False
            shelf.unlearned.discard(comment.id)
            label, old_tokens = shelf.learned.pop(comment.id, (None, frozenset[str]()))
            if comment.lesson is not None:
                shelf.learned[comment.id] = (comment.lesson, old_tokens if label == comment.lesson else tokens)
            if label == comment.lesson:
                return False
            _count(shelf, label, old_tokens, -1)
            _count(shelf, comment.lesson, tokens, 1)
            _raise_bar(shelf, comment, log_odds)
            return True

    def totals(self, site: str) -> tuple[int, int]:
        lessons = self._shelves[site].lessons
        return lessons[Label.HAM], lessons[Label.SPAM]

    def snapshot(self, site: str) -> TokenCounts:
        with self._shelves.lock:
            return _corpus(self._shelves[site])

    def forget(self, site: str, due: Sequence[str]) -> None:
        with self._shelves.lock:
            shelf = self._shelves[site]
            shelf.lessons.clear()
            shelf.learned.clear()
            shelf.bars.clear()
            for counts in shelf.corpus.values():
                counts.clear()
            shelf.unlearned.update(due)


def _raise_bar(shelf: Shelf, comment: Comment, log_odds: float | None) -> None:
    shelf.bars.pop(comment.id, None)
    if comment.lesson is Label.HAM and log_odds is not None:
        shelf.bars[comment.id] = log_odds
    for oldest in list(shelf.bars)[:-MOST_BARS]:
        del shelf.bars[oldest]


def _count(shelf: Shelf, label: Label | None, tokens: frozenset[str], by: int) -> None:
    if label is None:
        return
    shelf.lessons[label] += by
    for token in tokens:
        shelf.corpus[label][token] += by
