"""The index of a thread's tree, computed from its comments: for migrations, and to check and repair what is stored."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from comments.model import Comment

from .codec import milliseconds
from .thread_tree import NodeState, node_state


@dataclass(frozen=True, slots=True)
class ThreadIndex:
    """Nodes as the storage holds them, and the comments that readers can reach from each parent, by ms received."""

    nodes: Mapping[str, str]
    lists: Mapping[str, Mapping[str, int]]  # parent, or "" for the top-level comments -> comment -> ms received
    total: int  # visible comments


def thread_index(comments: Iterable[Comment]) -> ThreadIndex:
    """Compute the index from the comments of one thread. It needs all published comments and all above them."""
    by_id = {comment.id: comment for comment in comments if not comment.draft_of}
    replies, total = _count_replies(by_id)
    nodes: dict[str, str] = {}
    lists: dict[str, dict[str, int]] = defaultdict(dict)
    for c in by_id.values():
        state, at = node_state(c), milliseconds(c.received)
        if state is NodeState.HIDDEN or replies[c.id] or (c.parent and state is NodeState.PUBLISHED):
            nodes[c.id] = f"{c.parent}|{at}|{state}|{replies[c.id]}"
        if state is NodeState.PUBLISHED or (state is NodeState.STUB and replies[c.id]):
            lists[c.parent][c.id] = at
    return ThreadIndex(nodes, dict(lists), total)


def _count_replies(comments: Mapping[str, Comment]) -> tuple[Counter[str], int]:
    """Count the published comments below each one, and those that no comment above hides."""
    counts: Counter[str] = Counter()
    total = 0
    for comment in comments.values():
        if node_state(comment) is not NodeState.PUBLISHED:
            continue
        above = comments.get(comment.parent)
        while above is not None:
            counts[above.id] += 1
            if node_state(above) is NodeState.HIDDEN:
                break
            above = comments.get(above.parent)
        total += above is None
    return counts, total


class ThreadIndexes(Protocol):
    def repair(self, site: str, thread: str, ids: Collection[str], check: bool = False) -> bool:
        """Return False if the index of a thread agrees with its comments; otherwise replace it, unless `check`.

        `ids` names the published comments of the thread.
        """

    def hiding(self, site: str) -> Iterator[str]:
        """Yield the ids of the comments that hide everything below them."""
