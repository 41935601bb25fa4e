"""What the public may see: which comments, in what order, how deep, and how many."""

from collections.abc import Iterable, Iterator, Sequence

from comments.lifecycle import Outcome
from comments.model import Comment
from comments.pseudonyms import digest
from comments.publication import public
from comments.storage import Threads
from comments.validation import thread_key

from .schemas import CommentList, OwnComment, PageQuery, PublicComment

#: Part of every ETag: raise it when the same comments begin to look different.
RENDERING = "1"


def page(threads: Threads, site: str, thread: str, query: PageQuery) -> CommentList:
    """Raises Invalid for a bad cursor."""
    found = threads.page(site, thread, query.limit, query.cursor, query.order == "newest")
    return CommentList(comments=list(published(found.rows)), total=found.total, next=found.cursor)


def published(rows: Iterable[Comment]) -> Iterator[PublicComment]:
    """`rows` in reading order, each with its depth; whatever is not published is left out, whoever asked for it."""
    depths: dict[str, int] = {}
    for comment in rows:
        if comment.outcome is not Outcome.PUBLISHED:
            continue
        depths[comment.id] = depths.get(comment.parent, -1) + 1
        yield PublicComment.model_validate(public(comment, depths[comment.id]))


def own(comment: Comment) -> OwnComment:
    """What the holder of a comment's receipt may know."""
    return OwnComment(id=comment.id, status=comment.outcome, received=comment.received)


def counts(threads: Threads, site: str, asked: Sequence[str]) -> dict[str, int]:
    """Published comments of each thread, by the thread's key as it was asked for."""
    return dict(zip(asked, threads.counts(site, [thread_key(thread) for thread in asked]), strict=True))


def etag(threads: Threads, site: str, thread: str, query: PageQuery) -> str:
    """Changes when the page does; costs one look at the thread's version and none at its comments."""
    version = threads.version(site, thread)
    return f"{RENDERING}.{version}.{digest(query.order, query.cursor, str(query.limit))}"
