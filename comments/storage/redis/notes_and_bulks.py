"""Notes and bulk actions on Redis."""

from collections.abc import Sequence

from redis import WatchError

from comments.errors import NotFound
from comments.storage.codec import dump, load
from comments.storage.keys import Keys
from comments.storage.notes_and_bulks import BulkAction, BulkItem, BulkProgress, Note

from .client import Client, guarded, text

MOST_NOTES = 50
#: Seconds for which a bulk action is kept, and can be continued and undone.
BULK_SECONDS = 7 * 24 * 3600
#: Items sent in one command.
ITEMS_PER_COMMAND = 1000


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
class RedisBulkActions:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys

    def create(self, site: str, bulk: BulkAction, items: Sequence[BulkItem]) -> None:
        k = self._keys
        pipe = self._client.pipeline()
        for chunk in _chunks(items):
            pipe.rpush(k.bulk_items(site, bulk.id, "left"), *map(_item, chunk))
        pipe.expire(k.bulk_items(site, bulk.id, "left"), BULK_SECONDS)
        pipe.hset(k.bulk(site, bulk.id), mapping={"bulk": dump(bulk), "total": len(items)})
        if bulk.identity or bulk.origin:
            pipe.hset(k.bulk(site, bulk.id), "cursor", "")
        pipe.expire(k.bulk(site, bulk.id), BULK_SECONDS)
        pipe.execute()

    def get(self, site: str, id: str) -> BulkAction:
        record = self._client.hget(self._keys.bulk(site, id), "bulk")
        if record is None:
            raise NotFound("there is no such bulk action")
        return load(BulkAction, record)

    def progress(self, site: str, id: str) -> BulkProgress:
        pipe = self._client.pipeline()
        pipe.hmget(self._keys.bulk(site, id), "total", "cursor")
        pipe.llen(self._keys.bulk_items(site, id, "left"))
        pipe.llen(self._keys.bulk_items(site, id, "done"))
        (total, cursor), left, done = pipe.execute()
        if total is None:
            raise NotFound("there is no such bulk action")
        return BulkProgress(int(total), left, done, cursor is not None)

    def search_cursor(self, site: str, id: str) -> str | None:
        cursor = self._client.hget(self._keys.bulk(site, id), "cursor")
        return None if cursor is None else text(cursor)

    def extend(self, site: str, id: str, items: Sequence[BulkItem], before: str, after: str | None) -> bool:
        key, left = self._keys.bulk(site, id), self._keys.bulk_items(site, id, "left")
        with self._client.pipeline() as pipe:
            pipe.watch(key)
            if pipe.hget(key, "cursor") != before.encode():
                return False
            pipe.multi()
            if items:
                pipe.rpush(left, *map(_item, items))
                pipe.expire(left, BULK_SECONDS)
                pipe.hincrby(key, "total", len(items))
            if after is None:
                pipe.hdel(key, "cursor")
            else:
                pipe.hset(key, "cursor", after)
            try:
                pipe.execute()
            except WatchError:
                return False
        return True

    def left(self, site: str, id: str, n: int) -> list[BulkItem]:
        return [_parsed_item(item) for item in self._client.lrange(self._keys.bulk_items(site, id, "left"), 0, n - 1)]

    def check_off(self, site: str, id: str, tried: Sequence[BulkItem], done: Sequence[BulkItem]) -> None:
        k = self._keys
        pipe = self._client.pipeline()
        # One by one, because another process may have checked off some of them; each is found near the beginning.
        for item in tried:
            pipe.lrem(k.bulk_items(site, id, "left"), 1, _item(item))
        for chunk in _chunks(done):
            pipe.rpush(k.bulk_items(site, id, "done"), *map(_item, chunk))
        pipe.expire(k.bulk_items(site, id, "done"), BULK_SECONDS)
        pipe.execute()

    def done(self, site: str, id: str) -> list[BulkItem]:
        return [_parsed_item(item) for item in self._client.lrange(self._keys.bulk_items(site, id, "done"), 0, -1)]


def _chunks(items: Sequence[BulkItem]) -> list[Sequence[BulkItem]]:
    return [items[n : n + ITEMS_PER_COMMAND] for n in range(0, len(items), ITEMS_PER_COMMAND)]


def _item(item: BulkItem) -> str:
    return f"{item[0]} {item[1]}"


def _parsed_item(item: bytes) -> BulkItem:
    id, _, version = text(item).partition(" ")
    return id, int(version)
