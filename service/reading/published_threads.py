"""Threads as readers see them: published comments in reading order with their depth, and counts."""

from collections.abc import Iterable, Iterator, Sequence

from pydantic_core import to_json

from comments.lifecycle import Status
from comments.model import Comment
from comments.pseudonyms import digest
from comments.public_view import public_row
from comments.site import Site
from comments.storage.interfaces import Storage, Threads
from comments.storage.values import ThreadPage, ThreadRow
from comments.thread_addresses import thread_key
from service.web.response_cache import RenderedBody
from service.web.schemas import CommentList, PageQuery, PublicComment

#: Part of every ETag: increase it when the same comments are rendered differently.
RENDERING = "6"


def thread_page(threads: Threads, site: str, thread: str, query: PageQuery, version: int) -> CommentList:
    """Load one page. `version` is the thread's, read before the comments. Raises Invalid for a bad cursor."""
    found = _load(threads, site, thread, query)
    comments = [PublicComment.model_validate(public_row(row)) for row in found.rows]
    return CommentList(comments=comments, total=found.total, next=found.cursor, version=version)


def thread_page_json(threads: Threads, site: str, thread: str, query: PageQuery, version: int) -> RenderedBody:
    """Load one page as the JSON of its `CommentList`, without the objects, which take as long as the rest."""
    found = _load(threads, site, thread, query)
    rows = [public_row(row) for row in found.rows]
    page = {"comments": rows, "total": found.total, "next": found.cursor, "version": version}
    return RenderedBody(to_json(page), found.cursor)


def _load(threads: Threads, site: str, thread: str, query: PageQuery) -> ThreadPage:
    return threads.page(site, thread, query.limit, query.cursor, query.order == "newest")


def published(comments: Iterable[Comment]) -> Iterator[PublicComment]:
    """Yield published comments without their place in the thread. Unpublished ones are left out."""
    for comment in comments:
        if comment.status is Status.APPROVED:
            yield PublicComment.model_validate(public_row(ThreadRow(comment)))


def count_comments(storage: Storage, site: Site, requested: Sequence[str]) -> dict[str, int]:
    """Count published comments of each thread, keyed by the thread as requested."""
    threads = storage.thread_moves.resolve(site.id, [thread_key(thread, site) for thread in requested])
    return dict(zip(requested, storage.threads.counts(site.id, threads), strict=True))


def etag(version: int, *question: str) -> str:
    """Return an ETag that changes with the answer to `question`. It needs the version but no comments."""
    return f"{RENDERING}.{version}.{digest(*question)}"
