"""Lists of comments that lose personal data after a time, on Redis: a sorted set for each class."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from comments.lifecycle import Status
from comments.model import Comment
from comments.storage.codec import dump_state, dump_submission, load_comment, milliseconds
from comments.storage.keys import Keys
from comments.storage.retention import CLASS_OF_STATUS, RetentionClass

from .client import Client, guarded, text
from .scripts import Script

#: Records replaced in one call of the script, so that none holds the server for long: 25 of the largest take 2 ms.
REWRITTEN_AT_ONCE = 25


@guarded
class RedisRetention:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._rewrite = Script(client, "comments/rewrite")

    def due(self, site: str, kind: RetentionClass, before: datetime, n: int) -> list[str]:
        key = self._keys.retention(site, kind)
        return [text(id) for id in self._client.zrangebyscore(key, "-inf", f"({milliseconds(before)}", 0, n)]

    def counts(self, site: str, limits: Sequence[tuple[RetentionClass, datetime]]) -> list[int]:
        pipe = self._client.pipeline(transaction=False)
        for kind, before in limits:
            pipe.zcount(self._keys.retention(site, kind), "-inf", f"({milliseconds(before)}")
        return [int(n) for n in pipe.execute()]

    def with_due(self, limits: Mapping[str, Mapping[RetentionClass, datetime]]) -> set[str]:
        pipe, asked = self._client.pipeline(transaction=False), []
        for site, of_site in limits.items():
            for kind, before in of_site.items():
                pipe.zcount(self._keys.retention(site, kind), "-inf", f"({milliseconds(before)}")
                asked.append(site)
        return {site for site, n in zip(asked, pipe.execute(), strict=True) if n}

    def rewrite(
        self,
        site: str,
        ids: Sequence[str],
        change: Callable[[Comment], Comment | None],
        done: Sequence[RetentionClass],
    ) -> int:
        k, replaced = self._keys, 0
        shared = [k.index_outdated(site), k.index_slots(site), *(k.retention(site, kind) for kind in done)]
        for start in range(0, len(ids), REWRITTEN_AT_ONCE):
            some = ids[start : start + REWRITTEN_AT_ONCE]
            records = self._client.mget([k.comment(site, id) for id in some])
            values = [
                value for id, record in zip(some, records, strict=True) for value in _pair(site, id, record, change)
            ]
            named = {"ids": list(some), "n_lists": len(done), "index": k.index_prefix(site)}
            replaced += int(self._rewrite([*shared, *(k.comment(site, id) for id in some)], named, *values))
        return replaced

    def start(self, site: str, status: Status, ids: Sequence[str], at: datetime) -> None:
        kinds = [RetentionClass.DETAILS, *filter(None, [CLASS_OF_STATUS.get(status)])]
        pipe = self._client.pipeline(transaction=False)
        for kind in kinds:
            if ids:
                pipe.zadd(self._keys.retention(site, kind), dict.fromkeys(ids, milliseconds(at)), nx=True)
        pipe.execute()


def _pair(site: str, id: str, record: bytes | None, change: Callable[[Comment], Comment | None]) -> tuple[bytes, bytes]:
    """Return the record as it was read and the one to write, each empty if there is none."""
    after = change(load_comment(site, id, record)) if record else None
    return record or b"", dump_state(after) + dump_submission(after) if after else b""
