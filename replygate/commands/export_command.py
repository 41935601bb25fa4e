"""Everything a site was sent and what became of it, as JSON lines: nothing is left out, nothing is cut.

The first line is the site without the digests of its keys; each further line is one comment with its whole history.
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

#: Comments read at once.
PAGE = 500


def lines(storage: Storage, site: Site) -> Iterator[str]:
    values = asdict(site)
    values["keys"] = [key.id for key in site.keys]
    yield _line("site", values)
    for comment in comments(storage, site.id):
        yield _line("comment", asdict(comment))


def _line(kind: str, values: dict[str, Any]) -> str:
    return json.dumps({"kind": kind, **values}, default=_moment, ensure_ascii=False, separators=(",", ":"))


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"there is no JSON for {type(value).__name__}")


def comments(storage: Storage, site: str) -> Iterator[Comment]:
    """Every comment accepted before the call, once, read by pages while the service goes on.

    What the filters decide meanwhile is met again, as queued comments are read first. What people move may go from a
    status not yet read to one read already; so whenever they did, all are looked through again for those not yet seen.
    """
    seen: set[str] = set()
    while True:
        before = storage.comments.counters(site).moderated
        for comment in _every(storage, site):
            if comment.id not in seen:
                seen.add(comment.id)
                yield comment
        if storage.comments.counters(site).moderated == before:
            return


def _every(storage: Storage, site: str) -> Iterator[Comment]:
    for status in Status:
        page = storage.comments.by_status(site, status, PAGE)
        yield from page.rows
        while page.cursor:
            page = storage.comments.by_status(site, status, PAGE, page.cursor)
            yield from page.rows
