"""Export of a site: all comments with their history, as JSON lines.

The first line is the site without its secrets. Its field `left_out` names each of them, such as
`chat_receivers.<id>.token`: an import has to ask for it. Each further line is one comment, complete.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from comments.lifecycle import Status
from comments.model import Comment
from comments.site import Site
from comments.storage.interfaces import Storage

#: Comments loaded at once.
PAGE = 500


def export_lines(storage: Storage, site: Site) -> Iterator[str]:
    yield _line("site", _without_secrets(site))
    for comment in all_comments(storage, site.id):
        yield _line("comment", asdict(comment))


def _without_secrets(site: Site) -> dict[str, Any]:
    """Return the fields of a site. Keys are replaced by their ids, and secret addresses by their hosts."""
    values = asdict(site)
    values["keys"] = [key.id for key in site.keys]
    left_out = [f"keys.{key.id}" for key in site.keys]
    for name in ("webhooks", "chat_receivers"):
        for part, exported in zip(getattr(site, name), values[name], strict=True):
            exported["host"] = urlsplit(part.url).hostname or ""
            secrets = [field.name for field in fields(part) if field.metadata.get("secret")]
            left_out += [f"{name}.{part.id}.{secret}" for secret in secrets if exported.pop(secret)]
    return values | {"left_out": left_out}


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
