"""Reading order of a thread: each root, then everything below it."""

from collections.abc import Iterable, Iterator, Mapping


def children(replies: Iterable[tuple[str, str, int]]) -> dict[str, list[str]]:
    """Return parent -> its replies, the oldest first, from (id, parent, ms received)."""
    below: dict[str, list[str]] = {}
    for id, parent, _ in sorted(replies, key=lambda r: (r[2], r[0])):
        below.setdefault(parent, []).append(id)
    return below


def reading_order(roots: Iterable[str], below: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield each root and everything below it. Not recursive: a thread may be deeper than Python's stack."""
    for root in roots:
        open_ids = [root]
        while open_ids:
            id = open_ids.pop()
            yield id
            open_ids += reversed(below.get(id, ()))
