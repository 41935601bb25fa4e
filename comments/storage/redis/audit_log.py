"""The audit on Redis: one stream for each site, which is never trimmed."""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import redis

from comments.audit import AuditEntry, AuditPage, AuditQuery
from comments.errors import Invalid, Problem, StorageDown
from comments.storage.codec import dump, load, milliseconds, moment
from comments.storage.keys import Keys

from .client import Client, guarded, is_unavailable, text
from .scripts import Script

log = logging.getLogger(__name__)

_CURSOR = re.compile(r"\d{1,15}-\d{1,10}")
#: Entries read in one command, and searched for one page.
ENTRIES_PER_READ, MAX_SEARCHED_ENTRIES = 1_000, 10_000
#: Most milliseconds between the clocks of two servers of a cluster.
_CLOCK_DIFFERENCE_MS = 3_600_000


def packed(entry: AuditEntry) -> bytes:
    """Return the entry as stored. The stream adds the site, the id and the time."""
    return dump(replace(entry, site=""))


def append(pipe: Client, keys: Keys, entries: Sequence[AuditEntry]) -> None:
    """Add the entries to the transaction that makes their change."""
    for entry in entries:
        pipe.xadd(keys.audit(entry.site), {"e": packed(entry)})


class SharedChanges:
    """Audit entries of changes of what all sites share: sites, people and pauses.

    In a cluster the audit of a site is on another server than these. The entries are stored with the change, in one
    step. Then they move to the audit of their site, now or in the next sweep. Two processes may move them at once.
    """

    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._add_once = Script(client, "accounts/audit_add_once")

    def append(self, pipe: Client, entries: Sequence[AuditEntry]) -> None:
        """Add the entries to the transaction that makes the change."""
        for entry in entries:
            stream, stored = self.stream(entry)
            pipe.xadd(stream, {"e": stored})

    def stream(self, entry: AuditEntry) -> tuple[str, bytes]:
        """Return the stream for an entry, and the entry as stored there."""
        if self._client.is_cluster and entry.site:
            return self._keys.audit_waiting(), dump(entry)
        return self._keys.audit(entry.site), packed(entry)

    def move(self) -> None:
        """Move all entries. Does nothing on one server, where none wait."""
        if self._client.is_cluster:
            self.move_restored()

    def move_restored(self) -> None:
        """Move all entries, also on one server to which a cluster was restored."""
        waiting = self._keys.audit_waiting()
        for id, fields in self._client.xrange(waiting, count=ENTRIES_PER_READ):
            entry, since = load(AuditEntry, fields[b"e"]), int(text(id).partition("-")[0]) - _CLOCK_DIFFERENCE_MS
            named = {"waiting": text(id), "since": since}
            self._add_once([self._keys.audit(entry.site)], named, packed(entry))
            self._client.xdel(waiting, id)

    def move_soon(self) -> None:
        """Move all entries; leave them to the sweep if the server of a site does not answer."""
        try:
            self.move()
        except (redis.RedisError, StorageDown) as error:
            if isinstance(error, redis.RedisError) and not is_unavailable(error):
                raise
            log.warning("audit entries wait for the server of their site: %s", error)


@guarded
class RedisAudit:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._shared = SharedChanges(client, keys)

    def move_waiting(self) -> None:
        self._shared.move()

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
