"""Notices on Redis: a sorted set of receivers by the time of their next notice, and a set of items for each."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from comments.storage.codec import dump, load, milliseconds
from comments.storage.keys import Keys
from comments.storage.notices import NOTICE_LIFETIME, NoticeClaim, NoticeItem, NoticeResult

from .client import Client, guarded, text
from .scripts import Script

#: No receiver rests longer after a failure.
LONGEST_REST = timedelta(hours=2)
RESULT_LIFETIME = timedelta(days=30)


@guarded
class RedisNotices:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._add = Script(client, "notices/add")
        self._claim = Script(client, "notices/claim")
        self._finish = Script(client, "notices/finish")

    def add(self, site: str, receiver: str, items: Sequence[NoticeItem], due: datetime, now: datetime) -> None:
        named = {
            "receiver": _member(site, receiver),
            "due": milliseconds(due),
            "now": milliseconds(now),
            "lifetime": round(NOTICE_LIFETIME.total_seconds() * 1000),
            "longest_rest": round(LONGEST_REST.total_seconds() * 1000),
        }
        keys = [self._keys.notices_due(), self._keys.notice_leases(), self._keys.notice_items(site, receiver)]
        if items:
            self._add(keys, named, *map(dump, items))

    def has_due(self, now: datetime) -> bool:
        return bool(self._client.zcount(self._keys.notices_due(), "-inf", milliseconds(now)))

    def claim(self, now: datetime, lease: float) -> NoticeClaim | None:
        at = milliseconds(now)
        keys = [self._keys.notices_due(), self._keys.notice_leases(), self._keys.notice_attempts()]
        found = self._claim(keys, {"now": at, "until": at + round(lease * 1000)})
        if not found:
            return None
        site, _, receiver = text(found[0]).partition(" ")
        records = self._client.smembers(self._keys.notice_items(site, receiver))
        items = tuple(load(NoticeItem, record) for record in sorted(records))
        return NoticeClaim(site, receiver, items, int(found[1]))

    def finish(self, claim: NoticeClaim, done: Sequence[NoticeItem], due: datetime, failed: bool = False) -> None:
        named = {
            "receiver": _member(claim.site, claim.receiver),
            "due": milliseconds(due),
            "failed": int(failed),
        }
        keys = [
            self._keys.notices_due(),
            self._keys.notice_leases(),
            self._keys.notice_attempts(),
            self._keys.notice_items(claim.site, claim.receiver),
        ]
        self._finish(keys, named, *map(dump, done))

    def forget(self, site: str, receiver: str) -> None:
        member, pipe = _member(site, receiver), self._client.pipeline()
        pipe.delete(self._keys.notice_items(site, receiver), self._keys.notice_result(site, receiver))
        pipe.zrem(self._keys.notices_due(), member)
        pipe.zrem(self._keys.notice_leases(), member)
        pipe.hdel(self._keys.notice_attempts(), member)
        pipe.execute()

    def count(self, site: str, kind: str, result: str) -> None:
        self._client.hincrby(self._keys.notice_counts(), json.dumps([site, kind, result]), 1)

    def figures(self) -> Mapping[tuple[str, str, str], int]:
        rows = self._client.hgetall(self._keys.notice_counts())
        return {(site, kind, result): int(n) for name, n in rows.items() for site, kind, result in [json.loads(name)]}

    def record_result(self, site: str, receiver: str, result: NoticeResult) -> None:
        self._client.set(self._keys.notice_result(site, receiver), dump(result), ex=RESULT_LIFETIME)

    def results(self, site: str, receivers: Sequence[str]) -> list[NoticeResult | None]:
        keys = [self._keys.notice_result(site, receiver) for receiver in receivers]
        return [load(NoticeResult, record) if record else None for record in (self._client.mget(keys) if keys else [])]


def _member(site: str, receiver: str) -> str:
    """Ids of sites contain no space; names of receivers may."""
    return f"{site} {receiver}"
