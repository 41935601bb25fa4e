"""Walk through all pages of a list. A walk yields the calls to make and the comments it found, and does no I/O."""

from collections.abc import Generator, Iterator
from typing import Any, TypeAlias

from .answers import CommentList, PublicComment
from .calls import Call, ReadOrder, read
from .review_answers import ReviewedComment, ReviewPage
from .review_calls import ReviewFilters, review_page

#: Each call that is yielded gets its answer back.
ThreadWalk: TypeAlias = Generator[Call[Any] | PublicComment, Any, None]
ReviewWalk: TypeAlias = Generator[Call[Any] | ReviewedComment, Any, None]


def comments(thread: str, *, order: ReadOrder = "oldest", limit: int = 50) -> ThreadWalk:
    """Iterate over all published comments of a thread in reading order. `limit` is the size of a page."""
    yield from _branch(thread, order, limit, "")


def _branch(thread: str, order: ReadOrder, limit: int, cursor: str) -> ThreadWalk:
    while True:
        found: CommentList = yield read(thread, order=order, limit=limit, cursor=cursor)
        yield from _reading_order(thread, order, limit, iter(found.comments))
        if not found.next:
            return
        cursor = found.next


def _reading_order(thread: str, order: ReadOrder, limit: int, page: Iterator[PublicComment]) -> ThreadWalk:
    """Insert the rest of each branch that the page cuts after the last comment of the branch on the page."""
    cut: list[PublicComment] = []
    for comment in page:
        while cut and comment.depth <= cut[-1].depth:
            yield from _branch(thread, order, limit, cut.pop().more)
        yield comment
        if comment.more:
            cut.append(comment)
    while cut:
        yield from _branch(thread, order, limit, cut.pop().more)


def review(filters: ReviewFilters | None = None, *, limit: int = 20) -> ReviewWalk:
    """Iterate over all comments that match the filters, with their reasons."""
    cursor = ""
    while True:
        found: ReviewPage = yield review_page(filters, limit=limit, cursor=cursor)
        yield from found.comments
        if not found.next:
            return
        cursor = found.next
