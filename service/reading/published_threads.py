"""Threads as readers see them: published comments in reading order with their depth, and counts."""

from collections.abc import Iterable, Iterator, Sequence

from comments.lifecycle import Status
from comments.model import Comment
from comments.pseudonyms import digest
from comments.public_view import public_fields
from comments.storage.interfaces import Threads
from comments.validation import thread_key
from service.web.schemas import CommentList, PageQuery, PublicComment

#: Part of every ETag: increase it when the same comments are rendered differently.
RENDERING = "4"


def thread_page(threads: Threads, site: str, thread: str, query: PageQuery, version: int) -> CommentList:
    """Load one page. `version` is the thread's, read before the comments. Raises Invalid for a bad cursor."""
    found = threads.page(site, thread, query.limit, query.cursor, query.order == "newest")
    return CommentList(comments=list(published(found.rows)), total=found.total, next=found.cursor, version=version)


def published(rows: Iterable[Comment]) -> Iterator[PublicComment]:
    """Yield published comments with their depth. `rows` are in reading order; unpublished ones are left out."""
    depths: dict[str, int] = {}
    for comment in rows:
        if comment.status is not Status.APPROVED:
            continue
        depths[comment.id] = depths.get(comment.parent, -1) + 1
        yield PublicComment.model_validate(public_fields(comment, depths[comment.id]))


def count_comments(threads: Threads, site: str, requested: Sequence[str]) -> dict[str, int]:
    """Count published comments of each thread, keyed by the thread as requested."""
    return dict(zip(requested, threads.counts(site, [thread_key(thread) for thread in requested]), strict=True))


def etag(version: int, *question: str) -> str:
    """Return an ETag that changes with the answer to `question`. It needs the version but no comments."""
    return f"{RENDERING}.{version}.{digest(*question)}"
