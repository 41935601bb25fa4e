"""Waves in the queue: near-copies, and comments with the same advertised name, are one row."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from comments.index_terms import WAVE_OF_NAME
from comments.model import Comment
from comments.storage.interfaces import Storage
from comments.storage.queue_index import IndexHit, IndexQuery, IndexResult

#: Fewer near-copies stay rows of their own: they are decided as fast as a wave.
LEAST_COMMENTS = 3
#: Comments of a wave whose threads and networks are counted.
MAX_EXAMINED = 100


@dataclass(frozen=True, slots=True)
class Wave:
    """The comments that need review and share a wave. `examined` are the first `MAX_EXAMINED` of them."""

    name: str
    total: int
    examined: tuple[Comment, ...]
    titles: Mapping[str, str]  # of the threads of `examined`

    @property
    def are_copies(self) -> bool:
        """False for different texts around the same name."""
        return not self.name.startswith(WAVE_OF_NAME)

    @property
    def threads(self) -> list[tuple[str, int]]:
        """Titles of the threads with their number of copies, the most copies first."""
        return Counter(self.titles[comment.thread] for comment in self.examined).most_common()

    @property
    def networks(self) -> list[tuple[str, int]]:
        """Networks with their number of copies, the most copies first."""
        return Counter(comment.origin for comment in self.examined).most_common()


@dataclass(frozen=True, slots=True)
class GroupedHits:
    """Hits with the first comment of each wave in place of the wave."""

    hits: tuple[IndexHit, ...]
    waves: Mapping[str, Wave]  # by the id of that comment


def group_waves(
    storage: Storage, site: str, query: IndexQuery, found: IndexResult, comments: Sequence[Comment]
) -> GroupedHits:
    """Find the waves among the `comments` of a page, and fill the page with other comments.

    A wave is looked up only if the page has two of its comments, so that a page without waves costs nothing.
    """
    of = {comment.id: comment.filter_decision.wave for comment in comments if comment.filter_decision}
    twice = [name for name, n in Counter(of.values()).items() if name and n > 1]
    waves = {name: wave for name in twice if (wave := _wave(storage, site, query, name)).total >= LEAST_COMMENTS}
    if not waves:
        return GroupedHits(found.hits, {})
    first = {of[hit.id]: hit for hit in reversed(found.hits) if of.get(hit.id) in waves}
    others = storage.queue_index.find(site, replace(query, none_of=_terms(waves), facets=(), since=()))
    merged = sorted((*others.hits, *first.values()), key=lambda hit: (hit.position.key, hit.position.slot))
    return GroupedHits(tuple(merged[: query.limit]), {hit.id: waves[name] for name, hit in first.items()})


def _wave(storage: Storage, site: str, query: IndexQuery, name: str) -> Wave:
    own = replace(query, all_of=(*query.all_of, *((term,) for term in _terms([name]))), after=None, facets=(), since=())
    found = storage.queue_index.find(site, replace(own, limit=MAX_EXAMINED))
    comments = tuple(c for c in storage.comments.load(site, [hit.id for hit in found.hits]) if c)
    threads = list({c.thread: None for c in comments})
    details = storage.thread_details.get(site, threads)
    titles = {name: about.title or name.removeprefix("https://") for name, about in zip(threads, details, strict=True)}
    return Wave(name, found.total, comments, titles)


def _terms(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"wave:{name}" for name in names)
