"""The tree of a thread: states of comments in it, and pages that show a bounded number of comments.

A page gives each branch a share of its comments, so that one long branch does not push the others off the page. Where
a branch is longer than its share, the comment above gets a cursor for the rest of its replies.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from comments.errors import Invalid, Problem
from comments.lifecycle import Status
from comments.model import Comment

#: Depth from which comments cannot be replied to. A decision updates all comments above it: this bounds its cost.
MAX_THREAD_DEPTH = 500
TOO_DEEP = "This conversation is nested too deeply. Reply to an earlier comment."

#: A page gives no branch more than this share of its comments while another branch needs them.
BRANCH_SHARE = 1 / 4
#: A branch gets at least its first comment and one reply.
LEAST_OF_BRANCH = 2

#: Pinned comments of one thread, at most.
MAX_PINNED = 3
#: `received` of a position among the pinned comments of a thread.
PINNED = -1

#: The last comment shown, by ms received (or "pinned") and id. For a branch the comment above it comes first.
THREAD_CURSOR = re.compile(r"(?:([a-z0-9-]{1,40})~)?(?:(\d{1,15}|pinned)\.([a-z0-9-]{1,40}))?")


class NodeState(StrEnum):
    PUBLISHED = "p"
    STUB = "s"  # not published; readers see a stub while there are visible comments below it
    HIDDEN = "h"  # not published, and everything below it is hidden


def node_state(comment: Comment) -> NodeState:
    """Return the state of a comment in its thread."""
    if comment.status is Status.APPROVED:
        return NodeState.PUBLISHED
    return NodeState.HIDDEN if comment.hides_replies else NodeState.STUB


@dataclass(frozen=True, slots=True)
class Node:
    """A comment in the tree. `replies` counts the visible comments below it."""

    id: str
    received: int  # ms
    published: bool
    replies: int
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """Place of a cursor: after a comment (at the beginning without one), among the replies to `parent` or the roots."""

    parent: str = ""
    received: int = 0
    after: str = ""

    @classmethod
    def of(cls, cursor: str) -> "Position":
        """Read a cursor. Raises Invalid."""
        match = THREAD_CURSOR.fullmatch(cursor)
        if not match:
            raise Invalid([Problem("cursor", "malformed", "is not a valid cursor")])
        received = PINNED if match[2] == "pinned" else int(match[2] or 0)
        return cls(match[1] or "", received, match[3] or "")

    @property
    def cursor(self) -> str:
        branch = f"{self.parent}~" if self.parent else ""
        received = "pinned" if self.received == PINNED else self.received
        return f"{branch}{received}.{self.after}" if self.after else branch


@dataclass(slots=True)
class PageEntry:
    """A comment of a page with the entries below it."""

    node: Node
    depth: int
    share: int  # comments of this branch on the page, itself included
    below: "list[PageEntry]" = field(default_factory=list)
    more: str = ""  # cursor of the rest of its replies


#: Returns up to n nodes after each position, in one round trip.
ReadNodes = Callable[[Sequence[tuple[Position, int]]], Sequence[Sequence[Node]]]


def read_page(
    read: ReadNodes, start: Position, limit: int, depth: int, pinned: Sequence[Node] = ()
) -> tuple[list[PageEntry], str]:
    """Return up to `limit` comments after a position in reading order, and the cursor of the next page.

    `depth` is that of the comments at the position. The `pinned` ones come first in the thread, and nowhere else.
    """
    nodes = _first_level(read, start, limit + 1, pinned)
    entries, cursor = _divide(nodes, start, limit, depth)
    level = entries
    while level := [entry for entry in level if entry.node.replies]:
        open_entries = [entry for entry in level if entry.share > 1]
        for entry in level:
            entry.more = Position(entry.node.id).cursor
        found = read([(Position(e.node.id), e.share) for e in open_entries]) if open_entries else []
        for entry, below in zip(open_entries, found, strict=True):
            position = Position(entry.node.id)
            entry.below, entry.more = _divide(below, position, entry.share - 1, entry.depth + 1)
        level = [below for entry in open_entries for below in entry.below]
    return list(_in_reading_order(entries)), cursor


def _first_level(read: ReadNodes, start: Position, n: int, pinned: Sequence[Node]) -> Sequence[Node]:
    """Read up to n nodes after a position, without what lies below them."""
    if start.parent:
        return read([(start, n)])[0]
    shown = start.received == PINNED
    # After a comment that is no longer pinned, the pinned comments come again.
    passed = next((i for i, node in enumerate(pinned, 1) if shown and node.id == start.after), 0)
    first = [] if start.after and not shown else pinned[passed:]
    (others,) = read([(Position() if shown else start, n + len(pinned))])
    ids = {node.id for node in pinned}
    return [*first, *(node for node in others if node.id not in ids)][:n]


def _divide(nodes: Sequence[Node], start: Position, n: int, depth: int) -> tuple[list[PageEntry], str]:
    """Divide `n` comments of the page among the branches. Returns them, and the cursor of the other branches."""
    most = max(LEAST_OF_BRANCH, int(n * BRANCH_SHARE))
    entries, left = [], n
    for node in nodes:
        if not left:
            break
        entries.append(PageEntry(node, depth, min(1 + node.replies, most, left)))
        left -= entries[-1].share
    for entry in entries:
        extra = min(left, 1 + entry.node.replies - entry.share)
        entry.share, left = entry.share + extra, left - extra
    # Stubs are not counted in `replies`, so that a branch with stubs may need more than it seems.
    branches = [entry for entry in entries if entry.node.replies]
    for entry in branches:
        entry.share += left // len(branches)
    if len(entries) == len(nodes):
        return entries, ""
    last = entries[-1].node
    return entries, Position(start.parent, PINNED if last.pinned else last.received, last.id).cursor


def _in_reading_order(entries: Sequence[PageEntry]) -> Iterator[PageEntry]:
    """Yield each entry and everything below it. Not recursive: a page may be deeper than Python's stack."""
    open_entries = list(reversed(entries))
    while open_entries:
        entry = open_entries.pop()
        yield entry
        open_entries += reversed(entry.below)
