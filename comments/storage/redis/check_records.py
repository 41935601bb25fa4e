"""Records of checks on Redis: one string for each text, one hash for the numbers."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime

from comments.pseudonyms import digest
from comments.storage.check_records import CALLBACK_SECONDS, CheckCallback
from comments.storage.codec import dump, load
from comments.storage.keys import Keys

from .client import Client, guarded, text


@guarded
class RedisCheckRecords:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys

    def put(self, site: str, name: str, value: str, seconds: int) -> str:
        before = self._client.set(self._keys.check_record(site, digest(name)), value, ex=seconds, get=True)
        return text(before) if before else ""

    def get(self, site: str, name: str) -> str:
        found = self._client.get(self._keys.check_record(site, digest(name)))
        return text(found) if found else ""

    def count(self, site: str, event: str, at: datetime, n: int = 1) -> None:
        self._client.hincrby(self._keys.check_counts(site), f"{at.astimezone(UTC):%Y-%m}:{event}", n)

    def add_callback(self, site: str, id: str, callback: CheckCallback) -> None:
        pipe = self._client.pipeline()
        pipe.hset(key := self._keys.check_callbacks(site), id, dump(callback))
        pipe.expire(key, CALLBACK_SECONDS)
        pipe.execute()

    def callbacks(self, site: str) -> Mapping[str, CheckCallback]:
        found = self._client.hgetall(self._keys.check_callbacks(site))
        return {text(id): load(CheckCallback, stored) for id, stored in found.items()}

    def remove_callback(self, site: str, id: str) -> bool:
        return bool(self._client.hdel(self._keys.check_callbacks(site), id))

    def counts(self, site: str) -> Mapping[str, Counter[str]]:
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for field, n in self._client.hgetall(self._keys.check_counts(site)).items():
            month, _, event = text(field).partition(":")
            found[month][event] = int(n)
        return dict(found)
