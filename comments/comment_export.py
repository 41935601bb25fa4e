"""All comments of a site, while the service runs."""

from collections.abc import Iterator

from comments.lifecycle import Status
from comments.model import Comment
from comments.storage.interfaces import Storage

#: Comments loaded at once.
PAGE = 500


def all_comments(storage: Storage, site: str) -> Iterator[Comment]:
    """Yield every comment accepted before the call, once, while the service goes on running.

    Queued comments are read first, so a comment that the filters decide during the export is found again. A moderator
    may move a comment to a status that was read before. After any such decision all statuses are read again for
    comments not yet seen.
    """
    seen: set[str] = set()
    while True:
        before = storage.comments.counters(site).moderated
        for comment in _by_status(storage, site):
            if comment.id not in seen:
                seen.add(comment.id)
                yield comment
        if storage.comments.counters(site).moderated == before:
            return


def _by_status(storage: Storage, site: str) -> Iterator[Comment]:
    for status in Status:
        page = storage.comments.by_status(site, status, PAGE)
        yield from page.rows
        while page.cursor:
            page = storage.comments.by_status(site, status, PAGE, page.cursor)
            yield from page.rows
