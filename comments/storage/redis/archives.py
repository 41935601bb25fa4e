"""Exports and imports of whole sites on Redis."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from comments.audit import AuditEntry
from comments.errors import SiteTaken
from comments.shared_learning import LearningGroups
from comments.site import Site
from comments.storage.archives import ArchivedComment, StoredRow
from comments.storage.codec import dump
from comments.storage.keys import Keys

from .archive_reader import ArchiveReader
from .archive_writer import ArchiveWriter
from .audit_log import SharedChanges
from .client import Client, guarded, text
from .comments import RedisComments
from .leases import take_lease
from .site_removal import SiteRemoval

#: Time for which a site id stays reserved after the last step of an import: longer than a step takes.
RESERVATION = timedelta(minutes=1)


@guarded
class RedisArchives:
    def __init__(self, client: Client, keys: Keys, together: LearningGroups, comments: RedisComments) -> None:
        self._client, self._keys = client, keys
        self._reader = ArchiveReader(client, keys, together)
        self._writer = ArchiveWriter(client, keys, together, comments)
        self._removal = SiteRemoval(client, keys, together)
        self._shared = SharedChanges(client, keys)

    def audit_end(self, site: str) -> str:
        last = self._client.xrevrange(self._keys.audit(site), count=1)
        return text(last[0][0]) if last else ""

    def comments(self, site: str) -> Iterator[ArchivedComment]:
        return self._reader.comments(site)

    def rows(self, site: str, audit_end: str) -> Iterator[StoredRow]:
        return self._reader.rows(site, audit_end)

    def begin(self, site: str, token: str) -> None:
        milliseconds = round(RESERVATION.total_seconds() * 1000)
        if not take_lease(self._client, self._keys.importing(site), token, milliseconds):
            raise SiteTaken(f"Another import writes the site {site}.")
        if self._client.hexists(self._keys.sites(), site):
            self._client.unlink(self._keys.importing(site))
            raise SiteTaken(f"There is a site {site} already.")
        self._remove(site)

    def add(self, site: str, comments: Sequence[ArchivedComment]) -> None:
        self._renew(site)
        self._writer.add(site, comments)

    def missing(self, site: str, ids: Sequence[str]) -> set[str]:
        return self._writer.missing(site, ids)

    def depths(self, site: str, ids: Sequence[str], most: int) -> list[int]:
        return self._writer.depths(site, ids, most)

    def replace_rows(self, site: str, rows: Iterable[StoredRow]) -> None:
        self._writer.replace_rows(site, self._renewing(site, rows))

    def finish(self, site: Site, *entries: AuditEntry) -> None:
        pipe = self._client.pipeline()
        pipe.hsetnx(self._keys.sites(), site.id, dump(site))
        self._shared.append(pipe, entries)
        pipe.unlink(self._keys.importing(site.id))
        if not pipe.execute()[0]:
            raise SiteTaken(f"The site {site.id} was added in the meantime.")
        self._shared.move_soon()

    def discard(self, site: str) -> None:
        self._remove(site)
        self._client.unlink(self._keys.importing(site))

    def _remove(self, site: str) -> None:
        while self._removal.step(site):
            self._renew(site)

    def _renew(self, site: str) -> None:
        if not self._client.expire(self._keys.importing(site), RESERVATION):
            raise SiteTaken(f"The import of {site} took too long without a step.")

    def _renewing(self, site: str, rows: Iterable[StoredRow]) -> Iterator[StoredRow]:
        for n, row in enumerate(rows):
            if n % 1_000 == 0:
                self._renew(site)
            yield row
