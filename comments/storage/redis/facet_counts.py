"""Counts the values of facets among the comments that a query of the index found."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from comments.index_terms import facet_terms
from comments.lifecycle import Status
from comments.storage.codec import load_comment
from comments.storage.keys import Keys
from comments.storage.queue_index import IndexQuery, facet_limit

from .bitmaps import CHUNK
from .client import Client, text
from .slot_numbers import ChunkSlots, read_ids
from .slot_terms import queue_terms, taken_terms


def count_frequent_values(
    client: Client, keys: Keys, site: str, query: IndexQuery, parts: Sequence[ChunkSlots]
) -> Mapping[str, Mapping[str, int]]:
    """Count only the values that are frequent among the comments of these statuses."""
    pipe = client.pipeline(transaction=False)
    for kind in query.facets:
        for status in query.statuses:
            pipe.zrange(keys.index_facet(site, status, kind), 0, facet_limit(kind) - 1, desc=True)
    replies = iter(pipe.execute())
    values = {kind: dict.fromkeys(text(v) for _ in query.statuses for v in next(replies)) for kind in query.facets}
    terms = [f"{kind}:{value}" for kind in values for value in values[kind]]
    chunks = [part.chunk for part in parts]
    pipe = client.pipeline(transaction=False)
    queue_terms(pipe, keys, site, terms, chunks)
    found = taken_terms(terms, chunks, iter(pipe.execute()))
    counts = {
        term: sum(part.count_with(*of_chunk) for part, of_chunk in zip(parts, found[term], strict=True))
        for term in terms
    }
    return {kind: {value: counts[f"{kind}:{value}"] for value in values[kind]} for kind in values}


def count_each(
    client: Client, keys: Keys, site: str, query: IndexQuery, parts: Sequence[ChunkSlots]
) -> Mapping[str, Mapping[str, int]]:
    """Count all values of the comments."""
    found: dict[str, Counter[str]] = {kind: Counter() for kind in query.facets}
    slots = [(part.chunk, offset) for part in parts for offset in part.offsets]
    read = _facets_of_held if query.statuses == (Status.HELD,) else _facets_of
    for terms in read(client, keys, site, slots) if slots else ():
        for term in terms:
            kind, _, value = term.partition(":")
            if kind in found:
                found[kind][value] += 1
    return found


def _facets_of_held(client: Client, keys: Keys, site: str, slots: Sequence[tuple[int, int]]) -> Iterable[Sequence[str]]:
    """Return the terms of facets of held comments, which the index stores, except until a renewal comes to them."""
    rows = client.hmget(keys.index_held_rows(site), [chunk * CHUNK + offset for chunk, offset in slots])
    if not all(rows):
        return _facets_of(client, keys, site, slots)
    return [text(row).split("\n") for row in rows]


def _facets_of(client: Client, keys: Keys, site: str, slots: Sequence[tuple[int, int]]) -> Iterable[Sequence[str]]:
    ids = [stored[0] for stored in read_ids(client, keys, site, slots) if stored]
    records = client.mget([keys.comment(site, id) for id in ids]) if ids else []
    return [facet_terms(load_comment(site, id, r)) for id, r in zip(ids, records, strict=True) if r]
