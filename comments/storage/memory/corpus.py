"""What a site's moderators taught, in memory: the promises of learn.lua."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from comments.lifecycle import Label
from comments.model import Comment
from comments.shared_learning import Together
from comments.storage.corpus_lessons import Lesson, Quota, counted_lessons, ham_ceiling, lesson_of
from comments.storage.values import TokenCounts

from .site_data import Shelf, Shelves


def counted(shelf: Shelf, tokens: frozenset[str] | None = None) -> TokenCounts:
    """What is known of these tokens, or of all."""
    ham, spam = shelf.corpus[Label.HAM], shelf.corpus[Label.SPAM]
    known = {*ham, *spam} if tokens is None else {t for t in tokens if ham[t] or spam[t]}
    pairs = {t: (ham[t], spam[t]) for t in known if ham[t] or spam[t]}
    return TokenCounts(shelf.lessons[Label.HAM], shelf.lessons[Label.SPAM], pairs, shelf.bar)


class MemoryCorpus:
    def __init__(self, shelves: Shelves, together: Together) -> None:
        self._shelves, self._together = shelves, together

    def due(self, site: str, n: int) -> list[str]:
        return sorted(self._shelves[site].unlearned)[:n]

    def learn(self, site: str, comment: Comment, tokens: frozenset[str], quotas: Sequence[Quota] = ()) -> bool:
        with self._shelves.lock:
            own, shelf = self._shelves[site], self._kept(site)
            if own.comments.get(comment.id) != comment:
                return False
            own.unlearned.discard(comment.id)
            old, new = shelf.learned.get(comment.id), lesson_of(comment, tokens, quotas)
            _put(shelf, comment.id, new)
            shelf.bar = ham_ceiling(shelf.learned)
            return (old and replace(old, at=0)) != (new and replace(new, at=0))

    def totals(self, site: str) -> tuple[int, int]:
        lessons = self._kept(site).lessons
        return lessons[Label.HAM], lessons[Label.SPAM]

    def snapshot(self, site: str) -> TokenCounts:
        with self._shelves.lock:
            return counted(self._kept(site))

    def forget(self, site: str, due: Mapping[str, Sequence[str]]) -> None:
        with self._shelves.lock:
            shelf = self._kept(site)
            shelf.lessons.clear()
            shelf.learned.clear()
            shelf.bar = 0.0
            for counts in shelf.corpus.values():
                counts.clear()
            for taught, ids in due.items():
                self._shelves[taught].unlearned.update(ids)

    def _kept(self, site: str) -> Shelf:
        """What it learned is kept with one of those that learn together."""
        return self._shelves[self._together.keeper(site)]


def _put(shelf: Shelf, id: str, lesson: Lesson | None) -> None:
    """A lesson in place of an earlier one, or of none; others may begin to count by that, or stop."""
    earlier = dict(shelf.learned)
    shelf.learned.pop(id, None)
    if lesson:
        shelf.learned[id] = lesson
    was, now = counted_lessons(earlier), counted_lessons(shelf.learned)
    for of in was - (now - {id}):
        _count(shelf, earlier[of], -1)
    for of in now - (was - {id}):
        _count(shelf, shelf.learned[of], 1)


def _count(shelf: Shelf, lesson: Lesson, by: int) -> None:
    shelf.lessons[lesson.label] += by
    for token in lesson.tokens:
        shelf.corpus[lesson.label][token] += by
