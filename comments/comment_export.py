"""Export of a site: all comments with their history, as JSON lines.

The first line is the site without the digests of its keys. Each further line is one comment, complete.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from comments.lifecycle import Status
from comments.model import Comment
from comments.site import Site
from comments.storage.interfaces import Storage

#: Comments loaded at once.
PAGE = 500


def export_lines(storage: Storage, site: Site) -> Iterator[str]:
    values = asdict(site)
    values["keys"] = [key.id for key in site.keys]
    yield _line("site", values)
    for comment in all_comments(storage, site.id):
        yield _line("comment", asdict(comment))


def _line(kind: str, values: dict[str, Any]) -> str:
    return json.dumps({"kind": kind, **values}, default=_to_json, ensure_ascii=False, separators=(",", ":"))


def _to_json(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


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
