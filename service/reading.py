"""What the public may see: which comments, in what order, how deep, and how many."""

from collections.abc import Iterable, Iterator, Sequence

from comments.errors import Invalid
from comments.lifecycle import Status
from comments.model import Comment, Site
from comments.pseudonyms import digest
from comments.publication import public
from comments.storage import Threads
from comments.validation import thread_key, thread_problems

from .schemas import CommentList, PageQuery, PublicComment

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


def told_reason(comment: Comment, site: Site) -> str:
    """What a moderator lets the author know of why it was removed; of spam never anything."""
    code = comment.standing.reason if comment.standing and comment.status is Status.REMOVED else ""
    return next((reason.told for reason in site.reasons if reason.code == code), "")


def asked_thread(given: str) -> str:
    """The key of a thread somebody asks about. Raises Invalid."""
    key = thread_key(given)
    if problems := thread_problems(key):
        raise Invalid(problems)
    return key


def counts(threads: Threads, site: str, asked: Sequence[str]) -> dict[str, int]:
    """Published comments of each thread, by the thread's key as it was asked for."""
    return dict(zip(asked, threads.counts(site, [thread_key(thread) for thread in asked]), strict=True))


def etag(version: int, *question: str) -> str:
    """Changes when the answer to `question` does; costs one look at a version and none at comments."""
    return f"{RENDERING}.{version}.{digest(*question)}"
