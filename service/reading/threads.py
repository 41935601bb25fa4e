"""What the public may see: which comments, in what order, how deep, and how many."""

from collections.abc import Iterable, Iterator, Sequence

from comments.lifecycle import Status
from comments.model import Comment
from comments.pseudonyms import digest
from comments.public_view import public
from comments.storage.interfaces import Threads
from comments.validation import thread_key
from service.web.schemas import CommentList, PageQuery, PublicComment

#: Part of every ETag: raise it when the same comments begin to look different.
RENDERING = "3"


def page(threads: Threads, site: str, thread: str, query: PageQuery, version: int) -> CommentList:
    """`version` is that of the thread, read before. Raises Invalid for a bad cursor."""
    found = threads.page(site, thread, query.limit, query.cursor, query.order == "newest")
    return CommentList(comments=list(published(found.rows)), total=found.total, next=found.cursor, version=version)


def published(rows: Iterable[Comment]) -> Iterator[PublicComment]:
    """`rows` in reading order, each with its depth; whatever is not published is left out, whoever asked for it."""
    depths: dict[str, int] = {}
    for comment in rows:
        if comment.status is not Status.APPROVED:
            continue
        depths[comment.id] = depths.get(comment.parent, -1) + 1
        yield PublicComment.model_validate(public(comment, depths[comment.id]))


def counts(threads: Threads, site: str, asked: Sequence[str]) -> dict[str, int]:
    """Published comments of each thread, by the thread's key as it was asked for."""
    return dict(zip(asked, threads.counts(site, [thread_key(thread) for thread in asked]), strict=True))


def etag(version: int, *question: str) -> str:
    """Changes when the answer to `question` does; costs one look at a version and none at comments."""
    return f"{RENDERING}.{version}.{digest(*question)}"
