"""Notes and bulk steps on Redis: short lists."""

from collections.abc import Sequence

from comments.errors import NotFound
from comments.storage.codec import dump, load
from comments.storage.keys import Keys
from comments.storage.notes_and_bulks import Bulk, BulkItem, BulkProgress, Note

from .client import Client, guarded, text

MOST_NOTES = 50
#: Seconds that a bulk step is kept: as long it can be gone on with and taken back.
BULK_SECONDS = 7 * 24 * 3600
#: Items sent in one command.
CHUNK = 1000


@guarded
class RedisNotes:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys

    def add(self, site: str, id: str, note: Note) -> None:
        key = self._keys.notes(site, id)
        pipe = self._client.pipeline()
        pipe.rpush(key, dump(note))
        pipe.ltrim(key, -MOST_NOTES, -1)
        pipe.execute()

    def of(self, site: str, ids: Sequence[str]) -> list[tuple[Note, ...]]:
        pipe = self._client.pipeline(transaction=False)
        for id in ids:
            pipe.lrange(self._keys.notes(site, id), 0, -1)
        return [tuple(load(Note, note) for note in notes) for notes in pipe.execute()] if ids else []


@guarded
class RedisBulks:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys

    def create(self, site: str, bulk: Bulk, items: Sequence[BulkItem]) -> None:
        k = self._keys
        pipe = self._client.pipeline()
        for chunk in _chunks(items):
            pipe.rpush(k.bulk_items(site, bulk.id, "left"), *map(_item, chunk))
        pipe.expire(k.bulk_items(site, bulk.id, "left"), BULK_SECONDS)
        pipe.hset(k.bulk(site, bulk.id), mapping={"bulk": dump(bulk), "total": len(items)})
        pipe.expire(k.bulk(site, bulk.id), BULK_SECONDS)
        pipe.execute()

    def get(self, site: str, id: str) -> Bulk:
        record = self._client.hget(self._keys.bulk(site, id), "bulk")
        if record is None:
            raise NotFound("there is no such step for many comments")
        return load(Bulk, record)

    def progress(self, site: str, id: str) -> BulkProgress:
        pipe = self._client.pipeline()
        pipe.hget(self._keys.bulk(site, id), "total")
        pipe.llen(self._keys.bulk_items(site, id, "left"))
        pipe.llen(self._keys.bulk_items(site, id, "done"))
        total, left, done = pipe.execute()
        if total is None:
            raise NotFound("there is no such step for many comments")
        return BulkProgress(int(total), left, done)

    def left(self, site: str, id: str, n: int) -> list[BulkItem]:
        return [_made(item) for item in self._client.lrange(self._keys.bulk_items(site, id, "left"), 0, n - 1)]

    def check_off(self, site: str, id: str, tried: Sequence[BulkItem], done: Sequence[BulkItem]) -> None:
        k = self._keys
        pipe = self._client.pipeline()
        # One by one, because somebody else may have crossed off some of them; each is found near the beginning.
        for item in tried:
            pipe.lrem(k.bulk_items(site, id, "left"), 1, _item(item))
        for chunk in _chunks(done):
            pipe.rpush(k.bulk_items(site, id, "done"), *map(_item, chunk))
        pipe.expire(k.bulk_items(site, id, "done"), BULK_SECONDS)
        pipe.execute()

    def done(self, site: str, id: str) -> list[BulkItem]:
        return [_made(item) for item in self._client.lrange(self._keys.bulk_items(site, id, "done"), 0, -1)]


def _chunks(items: Sequence[BulkItem]) -> list[Sequence[BulkItem]]:
    return [items[n : n + CHUNK] for n in range(0, len(items), CHUNK)]


def _item(item: BulkItem) -> str:
    return f"{item[0]} {item[1]}"


def _made(item: bytes) -> BulkItem:
    id, _, version = text(item).partition(" ")
    return id, int(version)
