"""The corpus in memory: the counterpart of the script learning/learn."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from comments.lifecycle import Label
from comments.model import Comment
from comments.shared_learning import LearningGroups
from comments.storage.checks import is_check_id
from comments.storage.corpus_lessons import Lesson, Quota, counted_lessons, ham_ceiling, lesson_of
from comments.storage.values import TokenCounts

from .site_data import AllSites, SiteData


def token_counts(data: SiteData, tokens: Set[str] | None = None) -> TokenCounts:
    """Return the counts of these tokens, or of all."""
    ham, spam = data.corpus[Label.HAM], data.corpus[Label.SPAM]
    known = {*ham, *spam} if tokens is None else {t for t in tokens if ham[t] or spam[t]}
    pairs = {t: (ham[t], spam[t]) for t in known if ham[t] or spam[t]}
    return TokenCounts(data.lessons[Label.HAM], data.lessons[Label.SPAM], pairs, data.ham_ceiling, data.residual)


class MemoryCorpus:
    def __init__(self, sites: AllSites, together: LearningGroups) -> None:
        self._sites, self._together = sites, together

    def due(self, site: str, n: int) -> list[str]:
        return sorted(self._sites[site].unlearned)[:n]

    def learn(self, site: str, comment: Comment, tokens: frozenset[str], quotas: Sequence[Quota] = ()) -> bool:
        with self._sites.lock:
            own, data = self._sites[site], self._data(site)
            if (own.taught if is_check_id(comment.id) else own.comments).get(comment.id) != comment:
                return False
            own.unlearned.discard(comment.id)
            old, new = data.learned.get(comment.id), lesson_of(comment, tokens, quotas)
            _put(data, comment.id, new)
            data.ham_ceiling = ham_ceiling(data.learned)
            return (old and replace(old, at=0)) != (new and replace(new, at=0))

    def forget_lesson(self, site: str, id: str) -> None:
        with self._sites.lock:
            data = self._data(site)
            self._sites[site].unlearned.discard(id)
            _put(data, id, None)
            data.ham_ceiling = ham_ceiling(data.learned)

    def totals(self, site: str) -> tuple[int, int]:
        lessons = self._data(site).lessons
        return lessons[Label.HAM], lessons[Label.SPAM]

    def snapshot(self, site: str) -> TokenCounts:
        with self._sites.lock:
            return token_counts(self._data(site))

    def forget(self, site: str, due: Mapping[str, Sequence[str]]) -> None:
        with self._sites.lock:
            data = self._data(site)
            data.lessons.clear()
            data.learned.clear()
            data.ham_ceiling, data.residual = 0.0, 0
            for counts in data.corpus.values():
                counts.clear()
            for taught, ids in due.items():
                self._sites[taught].unlearned.update(ids)

    def _data(self, site: str) -> SiteData:
        """Return the data that holds the lessons: of sites that learn together, that of one of them."""
        return self._sites[self._together.corpus_site(site)]


def _put(data: SiteData, id: str, lesson: Lesson | None) -> None:
    """Replace a comment's lesson. Others in its quotas may start or stop to count."""
    earlier = dict(data.learned)
    data.learned.pop(id, None)
    if lesson:
        data.learned[id] = lesson
    was, now = counted_lessons(earlier), counted_lessons(data.learned)
    for of in was - (now - {id}):
        _count(data, earlier[of], -1)
    for of in now - (was - {id}):
        _count(data, data.learned[of], 1)


def _count(data: SiteData, lesson: Lesson, by: int) -> None:
    data.lessons[lesson.label] += by
    data.residual += by * lesson.residual
    for token in lesson.tokens:
        data.corpus[lesson.label][token] += by
