"""Pauses on Redis: one hash for each kind."""

from collections.abc import Mapping

from comments.audit import AuditEntry
from comments.storage.codec import dump, load
from comments.storage.keys import Keys
from comments.storage.pauses import EVERY_SITE, OperatorPause

from .audit_log import SharedChanges
from .client import Client, guarded, text


@guarded
class RedisPauses:
    def __init__(self, client: Client, keys: Keys, key: str) -> None:
        self._client, self._keys, self._key = client, keys, key
        self._shared = SharedChanges(client, keys)

    def pause(self, site: str, pause: OperatorPause, *entries: AuditEntry) -> None:
        pipe = self._client.pipeline()
        pipe.hsetnx(self._key, site, dump(pause))
        self._shared.append(pipe, entries)
        pipe.execute()
        self._shared.move_soon()

    def resume(self, site: str, *entries: AuditEntry) -> None:
        pipe = self._client.pipeline()
        pipe.hdel(self._key, site)
        self._shared.append(pipe, entries)
        pipe.execute()
        self._shared.move_soon()

    def all(self) -> Mapping[str, OperatorPause]:
        found = self._client.hgetall(self._key)
        return {text(site): load(OperatorPause, record) for site, record in sorted(found.items())}

    def is_paused(self, site: str) -> bool:
        return any(self._client.hmget(self._key, [EVERY_SITE, site]))
