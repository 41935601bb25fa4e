"""Pauses of judging on Redis: one hash."""

from collections.abc import Mapping

from comments.audit import AuditEntry
from comments.storage.codec import dump, load
from comments.storage.judging_pauses import EVERY_SITE, JudgingPause
from comments.storage.keys import Keys

from .audit_log import append
from .client import Client, guarded, text


@guarded
class RedisJudgingPauses:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys

    def pause(self, site: str, pause: JudgingPause, *entries: AuditEntry) -> None:
        pipe = self._client.pipeline()
        pipe.hsetnx(self._keys.judging_pauses(), site, dump(pause))
        append(pipe, self._keys, entries)
        pipe.execute()

    def resume(self, site: str, *entries: AuditEntry) -> None:
        pipe = self._client.pipeline()
        pipe.hdel(self._keys.judging_pauses(), site)
        append(pipe, self._keys, entries)
        pipe.execute()

    def all(self) -> Mapping[str, JudgingPause]:
        found = self._client.hgetall(self._keys.judging_pauses())
        return {text(site): load(JudgingPause, record) for site, record in sorted(found.items())}

    def is_paused(self, site: str) -> bool:
        return any(self._client.hmget(self._keys.judging_pauses(), [EVERY_SITE, site]))
