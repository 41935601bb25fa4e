"""Comments with one rare term, read from the index of comments without its columns: as fast on a site of any size."""

import struct
from collections.abc import Sequence

from comments.storage.keys import Keys
from comments.storage.queue_index import INDEXED, IndexHit, IndexPosition, TermHits

from .bitmaps import CHUNK, little_endian
from .client import Client, text
from .site_figures import SITES_AT_ONCE
from .slot_numbers import COLUMN_FORMATS, ID_FORMAT, ID_SIZE

RECEIVED_FORMAT = COLUMN_FORMATS["received"]
RECEIVED_SIZE = struct.calcsize(RECEIVED_FORMAT)


def comments_with_term(client: Client, keys: Keys, site: str, term: str, most: int) -> TermHits | None:
    """Return the comments with a term, the newest first; None if there are more than `most`. Three round trips."""
    chunks = sorted(int(chunk) for chunk in client.smembers(keys.index_chunks(site)))
    pipe = client.pipeline(transaction=False)
    for chunk in chunks:
        pipe.hget(keys.index_terms(site, str(chunk)), term)
    pipe.scard(keys.index_outdated(site))
    pipe.hlen(keys.index_slots(site))
    for status in INDEXED:
        pipe.zcard(keys.status(site, status))
    replies = pipe.execute()
    lists, (outdated, indexed, *stored) = replies[: len(chunks)], replies[len(chunks) :]
    if b"" in lists:
        return None  # so frequent in one chunk that it has a bitmap
    slots = [
        (chunk, int(at))
        for chunk, packed in zip(chunks, lists, strict=True)
        for at in (little_endian("H", packed) if packed else ())
    ]
    if len(slots) > most:
        return None
    hits = _read(client, keys, site, slots)
    return TermHits(tuple(hits), max(outdated, sum(stored) - indexed))


def sites_with_term(client: Client, keys: Keys, sites: Sequence[str], term: str) -> set[str]:
    """Return the sites with the term in a chunk. A term of dead entries counts until a step of upkeep removes it."""
    found: set[str] = set()
    for start in range(0, len(sites), SITES_AT_ONCE):
        some = sites[start : start + SITES_AT_ONCE]
        pipe = client.pipeline(transaction=False)
        for site in some:
            pipe.smembers(keys.index_chunks(site))
        places = [(site, text(chunk)) for site, chunks in zip(some, pipe.execute(), strict=True) for chunk in chunks]
        pipe = client.pipeline(transaction=False)
        for site, chunk in places:
            pipe.hexists(keys.index_terms(site, chunk), term)
        found |= {site for (site, _), has_term in zip(places, pipe.execute(), strict=True) if has_term}
    return found


def _read(client: Client, keys: Keys, site: str, slots: Sequence[tuple[int, int]]) -> list[IndexHit]:
    """Read time, id and version of the live slots, the newest first."""
    pipe = client.pipeline(transaction=False)
    for chunk, at in slots:
        name = str(chunk)
        pipe.getbit(keys.index_live(site, name), at)
        start = at * RECEIVED_SIZE
        pipe.getrange(keys.index_column(site, name, "received"), start, start + RECEIVED_SIZE - 1)
        pipe.getrange(keys.index_column(site, name, "ids"), at * ID_SIZE, (at + 1) * ID_SIZE - 1)
    replies = iter(pipe.execute() if slots else ())
    hits = []
    for (chunk, at), is_live, received, stored in zip(slots, replies, replies, replies, strict=True):
        if is_live:
            id, version = struct.unpack(ID_FORMAT, stored)
            key = -int(struct.unpack(RECEIVED_FORMAT, received)[0])
            hits.append(IndexHit(text(id.rstrip(b"\0")), version, IndexPosition(key, chunk * CHUNK + at)))
    return sorted(hits, key=lambda hit: (hit.position.key, hit.position.slot))
