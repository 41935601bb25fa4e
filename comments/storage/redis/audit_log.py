"""The audit on Redis: one stream for each site, which is never trimmed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from comments.audit import AuditEntry, AuditPage, AuditQuery
from comments.errors import Invalid, Problem
from comments.storage.codec import dump, load, milliseconds, moment
from comments.storage.keys import Keys

from .client import Client, guarded, text

_CURSOR = re.compile(r"\d{1,15}-\d{1,10}")
#: Entries read in one command, and searched for one page.
ENTRIES_PER_READ, MAX_SEARCHED_ENTRIES = 1_000, 10_000


def packed(entry: AuditEntry) -> bytes:
    """Return the entry as stored. The stream adds the site, the id and the time."""
    return dump(replace(entry, site=""))


def append(pipe: Client, keys: Keys, entries: Sequence[AuditEntry]) -> None:
    """Add the entries to the transaction that makes their change."""
    for entry in entries:
        pipe.xadd(keys.audit(entry.site), {"e": packed(entry)})


@guarded
class RedisAudit:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys

    def append(self, *entries: AuditEntry) -> None:
        pipe = self._client.pipeline()
        append(pipe, self._keys, entries)
        pipe.execute()

    def page(self, site: str, search: AuditQuery, limit: int, cursor: str = "") -> AuditPage:
        rows: list[AuditEntry] = []
        last, searched, needles = _checked(cursor), 0, _needles(search)
        oldest = str(milliseconds(search.since)) if search.since else "-"
        newest = f"({milliseconds(search.until)}" if search.until else "+"
        while searched < MAX_SEARCHED_ENTRIES:
            at = f"({last}" if last else newest
            chunk = self._client.xrevrange(self._keys.audit(site), at, oldest, count=ENTRIES_PER_READ)
            for row in chunk:
                last = text(row[0])
                if all(needle in row[1][b"e"] for needle in needles) and search.wants(entry := _entry(site, row)):
                    rows.append(entry)
                if len(rows) == limit:
                    return AuditPage(tuple(rows), last)
            searched += len(chunk)
            if len(chunk) < ENTRIES_PER_READ:
                return AuditPage(tuple(rows))
        return AuditPage(tuple(rows), last)

    def all(self, site: str) -> Iterator[AuditEntry]:
        last = "-"
        while chunk := self._client.xrange(self._keys.audit(site), last, "+", count=ENTRIES_PER_READ):
            yield from (_entry(site, row) for row in chunk)
            last = "(" + text(chunk[-1][0])


def _needles(search: AuditQuery) -> list[bytes]:
    """Return bytes that the record of every matching entry contains, so that only those records are parsed."""
    return [dump({name: getattr(search, name)})[1:-1] for name in ("by", "subject", "origin") if getattr(search, name)]


def _checked(cursor: str) -> str:
    if cursor and not _CURSOR.fullmatch(cursor):
        raise Invalid([Problem("cursor", "malformed", "is not a valid cursor")])
    return cursor


def _entry(site: str, row: Any) -> AuditEntry:
    id = text(row[0])
    return replace(load(AuditEntry, row[1][b"e"]), site=site, id=id, at=moment(int(id.partition("-")[0])))
