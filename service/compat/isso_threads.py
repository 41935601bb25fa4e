"""Read threads as Isso shows them: top-level comments, each with one level of replies.

Here replies may be nested deeper. All comments below a top-level comment are its replies, in reading order, as in Isso.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from comments.isso_names import FIRST_OWN_NUMBER, id_of_isso_comment, isso_number, time_of_isso_number
from comments.model import Comment
from comments.storage.codec import milliseconds
from comments.storage.interfaces import Storage, Threads
from comments.storage.thread_tree import MAX_THREAD_DEPTH, Position
from comments.storage.values import ThreadRow

#: Comments that are read at once, and most comments of one answer. The client offers to load the others.
MAX_THREAD_ROWS = 1000
#: Comments that share a millisecond with the one that is looked for, and replies between them.
FEW_ROWS = 10


@dataclass(frozen=True, slots=True)
class CommentSlice:
    """Part of a list of comments. A limit of None is none."""

    limit: int | None = None
    offset: int = 0
    nested_limit: int | None = None
    after: float = 0.0  # seconds since the epoch
    newest: bool = False
    most: int = MAX_THREAD_ROWS  # comments of the answer

    def wants(self, row: ThreadRow) -> bool:
        return row.comment.received.timestamp() > self.after


@dataclass(slots=True)
class CommentBranch:
    """A top-level comment with the first replies to it."""

    top: ThreadRow
    replies: list[ThreadRow] = field(default_factory=list)

    @property
    def visible(self) -> int:
        """Published comments in this branch."""
        return self.top.replies + (not self.top.removed)


@dataclass(frozen=True, slots=True)
class ThreadPart:
    """Branches for one answer. `hidden` counts the top-level comments after them."""

    branches: list[CommentBranch]
    total: int  # published comments of the whole thread
    hidden: int


def number_of(comment: Comment) -> int:
    return isso_number(comment.id, comment.received)


def read_branches(threads: Threads, site: str, thread: str, part: CommentSlice) -> ThreadPart:
    """Read a part of the thread. Where the rest is longer than one answer, `hidden` counts replies too."""
    shown: list[CommentBranch] = []
    passed = hidden = rows = visible = total = 0
    cursor, ended = "", False
    while not ended:
        page = threads.page(site, thread, part.most, cursor, part.newest)
        cursor, total = page.cursor, page.total
        for branch in _branches(page.rows, part):
            visible += branch.visible
            passed += part.wants(branch.top)
            if passed <= part.offset or not part.wants(branch.top):
                continue
            if rows < part.most and len(shown) != part.limit:
                shown.append(branch)
                rows += 1 + len(branch.replies)
            else:
                hidden += 1
        # There are no more top-level comments than published ones: each one that is a stub has a reply.
        ended = not cursor or hidden > 0 or part.offset >= total
    goes_on = cursor and part.offset < total
    return ThreadPart(shown, total, hidden + (max(1, total - visible) if goes_on else 0))


def _branches(rows: Iterable[ThreadRow], part: CommentSlice) -> Iterator[CommentBranch]:
    """Group rows by top-level comment. Replies end where one is missing, so that the others follow them."""
    branch: CommentBranch | None = None
    end = 0  # depth up to which replies would leave a gap
    for row in rows:
        if not row.depth:
            if branch:
                yield branch
            branch, end = CommentBranch(row), 0
        elif branch and row.depth > end:
            is_full = part.nested_limit is not None and len(branch.replies) >= part.nested_limit
            if not row.removed and part.wants(row) and not is_full:
                branch.replies.append(row)
            end = max(end, row.depth) if row.more else end
        else:
            end = MAX_THREAD_DEPTH
    if branch:
        yield branch


def read_replies(threads: Threads, site: str, thread: str, top: ThreadRow, part: CommentSlice) -> list[ThreadRow]:
    """Read a part of the published comments below a top-level comment."""
    wanted = part.most if part.limit is None else min(part.most, part.limit)
    below = _below(threads, site, thread, Position(top.id).cursor, part.most)
    return list(islice((row for row in below if part.wants(row)), part.offset, part.offset + wanted))


def _below(threads: Threads, site: str, thread: str, cursor: str, n: int) -> Iterator[ThreadRow]:
    """Yield the published comments of a branch in reading order, also where a page of `n` cuts a branch in it."""
    while cursor:
        page = threads.page(site, thread, n, cursor)
        cut: list[ThreadRow] = []
        for row in page.rows:
            while cut and row.depth <= cut[-1].depth:
                yield from _below(threads, site, thread, cut.pop().more, n)
            if not row.removed:
                yield row
            if row.more:
                cut.append(row)
        for row in reversed(cut):
            yield from _below(threads, site, thread, row.more, n)
        cursor = page.cursor


def find_comment(storage: Storage, site: str, thread: str, number: int) -> ThreadRow | None:
    """Find a comment that readers see by its number.

    A reply is found among the first MAX_THREAD_ROWS comments only. Isso's client never asks for one.
    """
    if not 0 < number < 2 * FIRST_OWN_NUMBER:
        return None
    if number < FIRST_OWN_NUMBER:
        (imported,) = storage.comments.load(site, [id_of_isso_comment(number)])
        if imported is None:
            return None
        time = milliseconds(imported.received)
    else:
        time = time_of_isso_number(number)
    for cursor, limit in ((Position("", time, "0").cursor, FEW_ROWS), ("", MAX_THREAD_ROWS)):  # no id is before "0"
        rows = storage.threads.page(site, thread, limit, cursor).rows
        if found := next((row for row in rows if number_of(row.comment) == number), None):
            return found
    return None


def top_numbers(storage: Storage, site: str, comments: Sequence[Comment]) -> list[int | None]:
    """Return for each comment the number of the top-level comment above it; None for a top-level comment."""
    above: list[Comment | None] = list(comments)
    for _ in range(MAX_THREAD_DEPTH):
        replies = [n for n, comment in enumerate(above) if comment and comment.parent]
        if not replies:
            break
        parents = storage.comments.load(site, [comment.parent for n in replies if (comment := above[n])])
        for n, parent in zip(replies, parents, strict=True):
            above[n] = parent
    return [
        number_of(top) if top and top.id != comment.id else None for top, comment in zip(above, comments, strict=True)
    ]
