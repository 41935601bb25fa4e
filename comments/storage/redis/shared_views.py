"""Saved views of a site's team on Redis: one string for each site."""

import json
from collections.abc import Sequence

from comments.audit import AuditEntry
from comments.saved_views import SavedView
from comments.storage.codec import dump, unpack
from comments.storage.keys import Keys

from .audit_log import packed
from .client import Client, guarded
from .scripts import Script
from .unchanged_records import unchanged_bytes


@guarded
class RedisSharedViews:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._replace = Script(client, "review/views_replace")

    def all(self, site: str) -> tuple[SavedView, ...]:
        record = self._client.get(self._keys.shared_views(site))
        return _views(record) if record else ()

    def replace(self, site: str, before: Sequence[SavedView], after: Sequence[SavedView], entry: AuditEntry) -> bool:
        keys = [self._keys.shared_views(site), self._keys.audit(entry.site)]
        stored = unchanged_bytes(self._client.get(keys[0]), tuple(before), _views)
        return stored is not None and bool(self._replace(keys, {}, stored, dump(after), packed(entry)))


def _views(record: bytes) -> tuple[SavedView, ...]:
    return tuple(unpack(SavedView, each) for each in json.loads(record))
