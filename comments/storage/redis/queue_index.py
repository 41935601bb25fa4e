"""The index of comments on Redis: every term has a list or a bitmap of slots, in chunks of 65,536 slots.

Every update of a comment takes a new slot and marks its former one as dead: terms of an entry are not stored, which
saves two thirds of the memory. A chunk of which most is dead is emptied: its live comments are indexed again, and its
keys are deleted, in steps that hold the server for a few milliseconds.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from comments.index_terms import FACET_KINDS
from comments.lifecycle import Status
from comments.model import Comment
from comments.storage.codec import dump_state
from comments.storage.keys import Keys
from comments.storage.queue_index import INDEXED, IndexEntry, IndexQuery, IndexResult, TermHits

from .bitmaps import CHUNK, bit_positions
from .client import Client, guarded, keys_from, text
from .index_purge import POSITION, IndexPurge
from .paging import page
from .queue_search import Search
from .scripts import Script
from .slot_numbers import COLUMN_FORMATS, ID_FORMAT
from .term_lookup import comments_with_term, sites_with_term

#: Up to this number of comments of a chunk, a list of slots with two bytes each is stored, then a bitmap of 8 KiB.
#: Longer lists would save some memory, and take longer to extend.
LIST_MAX = 1024
#: Comments that one call of the script updates, and their terms, so that no call holds the server for long: 3,000 terms
#: take about 12 ms. A term that several of the comments have is read and written once.
UPDATES_AT_ONCE, TERMS_AT_ONCE = 100, 3_000
#: Comments that one step of upkeep looks at, terms that it deletes about, and outdated comments it does not add to.
COMMENTS_PER_STEP, TERMS_PER_STEP, MAX_OUTDATED = 1_000, 200, 1_000
#: Keys of a chunk other than the bitmaps of terms.
CHUNK_PARTS = ("terms", "live", "ids", *COLUMN_FORMATS)
#: Keys of the index of held comments of earlier versions, without those of terms.
FORMER_PARTS = ("here", "slots", "rows", "terms", "free", "words", "order:rank", "order:received", "order:points")
FORMER_TERMS = ("few", "many", "top")
DONE = b"done"


@dataclass(frozen=True, slots=True)
class _SlotUpdate:
    """One comment for index_update.lua."""

    id: str
    named: Mapping[str, Any]
    state: bytes = b""
    stored: bytes = b""

    @property
    def n_terms(self) -> int:
        return len(self.named.get("facets", ())) + len(self.named.get("terms", ()))


@guarded
class RedisQueueIndex:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._update = Script(client, "review/index_update")
        self._renew = Script(client, "review/index_renew")
        self._drop = Script(client, "review/index_drop")
        self._purge = IndexPurge(client, keys)

    def outdated(self, site: str, n: int) -> list[str]:
        return [text(id) for id in self._client.srandmember(self._keys.index_outdated(site), n)]

    def update(self, site: str, rows: Sequence[tuple[Comment, IndexEntry | None]]) -> None:
        updates = [
            _SlotUpdate(comment.id, _named(entry), dump_state(comment), _stored_id(comment)) for comment, entry in rows
        ]
        self._update_all(site, updates)

    def discard(self, site: str, ids: Sequence[str]) -> None:
        self._update_all(site, [_SlotUpdate(id, {"missing": True}) for id in ids])

    def _update_all(self, site: str, updates: Sequence[_SlotUpdate]) -> None:
        k, pipe = self._keys, self._client.pipeline(transaction=False)
        shared = [
            k.index_outdated(site), k.index_slots(site), k.index_state(site), k.index_chunks(site),
            k.index_held_rows(site), k.index_words(site),
        ]  # fmt: skip
        for some in _steps(updates):
            entries = [{"id": update.id, "missing": False, **update.named} for update in some]
            named = {"prefix": k.index_prefix(site), "list_max": LIST_MAX, "entries": entries}
            records = (record for update in some for record in (update.state, update.stored))
            self._update([*shared, *(k.comment(site, update.id) for update in some)], named, *records, client=pipe)
        pipe.execute()

    def is_complete(self, site: str) -> bool:
        pipe, k = self._client.pipeline(transaction=False), self._keys
        pipe.scard(k.index_outdated(site))
        pipe.scard(k.index_chunks(site, "retired"))
        pipe.hmget(k.index_state(site), "pass", "former", POSITION)
        for status in INDEXED:
            pipe.zcard(k.status(site, status))
        outdated, retired, (*states, purge), *stored = pipe.execute()
        return not outdated and not retired and not purge and (states == [DONE, DONE] or not any(stored))

    def continue_upkeep(self, site: str) -> bool:
        k = self._keys
        if self._client.scard(k.index_outdated(site)) > MAX_OUTDATED:
            return True
        position, former, purge = self._client.hmget(k.index_state(site), "pass", "former", POSITION)
        if position != DONE:
            self._find_unindexed(site, text(position or b""))
        elif former != DONE:
            self._delete_former(site, text(former or b"0"))
        elif purge and not self._client.scard(k.index_outdated(site)):
            self._purge.step(site, purge)
        elif retired := self._client.srandmember(k.index_chunks(site, "retired")):
            self._empty(site, text(retired))
        else:
            return self._retire_one(site)
        return True

    def renew(self, site: str) -> None:
        k = self._keys
        tops = [k.index_facet(site, status, kind) for status in INDEXED for kind in FACET_KINDS]
        shared = [k.index_state(site), k.index_chunks(site), k.index_chunks(site, "retired"), k.index_held_rows(site)]
        self._renew([*shared, *tops], {})

    def purge(self, site: str) -> None:
        self._purge.begin(site)

    def find(self, site: str, query: IndexQuery) -> IndexResult:
        return Search(self._client, self._keys, site, query).result()

    def with_term(self, site: str, term: str, most: int) -> TermHits | None:
        return comments_with_term(self._client, self._keys, site, term, most)

    def sites_with_term(self, sites: Sequence[str], term: str) -> set[str]:
        return sites_with_term(self._client, self._keys, sites, term)

    def _find_unindexed(self, site: str, position: str) -> None:
        """Mark the next comments that have no entry as outdated, or all in a renewal.

        The position names a status and a comment of it.
        """
        k = self._keys
        name, _, cursor = position.partition(" ")
        status = Status(name) if name else INDEXED[0]
        ids, following = page(self._client, k.status(site, status), cursor, COMMENTS_PER_STEP, newest=True)
        is_renewed = self._client.hexists(k.index_state(site), "all")
        slots = self._client.hmget(k.index_slots(site), ids) if ids else []
        missing = [id for id, slot in zip(ids, slots, strict=True) if is_renewed or slot is None]
        after = INDEXED[INDEXED.index(status) + 1 :]
        then = f"{status} {following}" if following else f"{after[0]} " if after else text(DONE)
        pipe = self._client.pipeline()
        if missing:
            pipe.sadd(k.index_outdated(site), *missing)
        pipe.hset(k.index_state(site), "pass", then)
        if then == text(DONE):
            pipe.hdel(k.index_state(site), "all")
        pipe.execute()

    def _delete_former(self, site: str, cursor: str) -> None:
        """Delete the next keys of the index that earlier versions kept of held comments alone."""
        k = self._keys
        parts = [k.former_index(site, name) for name in FORMER_PARTS]
        then: bytes | int = DONE
        if cursor != "0" or self._client.exists(*parts):
            then, found = self._client.scan(int(cursor), keys_from(k.former_index(site, "")), COMMENTS_PER_STEP)
            of_terms = tuple(k.former_index(site, name).encode() for name in FORMER_TERMS)
            if terms := [key for key in found if key.startswith(of_terms)]:
                self._client.unlink(*terms)
            if then == 0:
                self._client.unlink(*parts)
                then = DONE
        self._client.hset(k.index_state(site), "former", then)

    def _empty(self, site: str, chunk: str) -> None:
        """Mark some comments of a chunk as outdated, so that they move; or delete a part of the empty chunk."""
        k = self._keys
        live = bit_positions(self._client.get(k.index_live(site, chunk)) or b"", COMMENTS_PER_STEP)
        if not live:
            others = [text(n) for n in self._client.smembers(k.index_chunks(site)) if text(n) != chunk]
            named = {"prefix": k.index_prefix(site), "chunk": chunk, "parts": CHUNK_PARTS, "others": others}
            shared = [k.index_state(site), k.index_chunks(site), k.index_chunks(site, "retired"), k.index_words(site)]
            self._drop(shared, {**named, "count": TERMS_PER_STEP})
            return
        records = self._client.get(k.index_column(site, chunk, "ids")) or b""
        size = struct.calcsize(ID_FORMAT)
        ids = [text(struct.unpack_from(ID_FORMAT, records, n * size)[0].rstrip(b"\0")) for n in live]
        slots = self._client.hmget(k.index_slots(site), ids)
        pipe = self._client.pipeline()
        for n, id, slot in zip(live, ids, slots, strict=True):
            if slot and int(slot.split()[0]) == int(chunk) * CHUNK + n:
                pipe.sadd(k.index_outdated(site), id)
            else:
                pipe.setbit(k.index_live(site, chunk), n, 0)  # its comment has another slot
        pipe.execute()

    def _retire_one(self, site: str) -> bool:
        """Begin to empty a full chunk of which most is dead; False if there is none."""
        k = self._keys
        chunks = sorted(int(n) for n in self._client.smembers(k.index_chunks(site)))[:-1]
        for chunk in chunks:
            if self._client.bitcount(k.index_live(site, str(chunk))) < CHUNK // 2:
                self._client.sadd(k.index_chunks(site, "retired"), chunk)
                return True
        return False


def _steps(updates: Sequence[_SlotUpdate]) -> Iterator[list[_SlotUpdate]]:
    """Split updates into as many as one call of the script takes: at least one."""
    some: list[_SlotUpdate] = []
    n_terms = 0
    for update in updates:
        if some and (len(some) == UPDATES_AT_ONCE or n_terms + update.n_terms > TERMS_AT_ONCE):
            yield some
            some, n_terms = [], 0
        some.append(update)
        n_terms += update.n_terms
    if some:
        yield some


def _stored_id(comment: Comment) -> bytes:
    return struct.pack(ID_FORMAT, comment.id.encode(), comment.version)


def _named(entry: IndexEntry | None) -> dict[str, Any]:
    """Return an entry as index_update.lua takes it; nothing to remove the one there is."""
    if entry is None:
        return {}
    fields = {"facets": entry.facets, "terms": entry.terms}
    return {"status": entry.status.value, "columns": _columns(entry), **fields}


def _columns(entry: IndexEntry) -> list[tuple[str, str, int]]:
    """Return name, format and number of each column. Only held comments have a rank."""
    names = [name for name in COLUMN_FORMATS if name != "rank" or entry.status is Status.HELD]
    return [(name, COLUMN_FORMATS[name], getattr(entry, name)) for name in names]
