"""Reads which slots of the index of comments have a term: a list of slots, or a bitmap for a common term."""

from collections.abc import Iterable, Iterator, Sequence

from comments.storage.keys import Keys

from .client import Client

#: Slots with a term in each chunk: a list, or b"" with a bitmap, or None; then the bitmap or None.
Found = Sequence[tuple[bytes | None, bytes | None]]


def queue_terms(pipe: Client, keys: Keys, site: str, terms: Sequence[str], chunks: Iterable[int]) -> None:
    """Read all lists and all bitmaps of a chunk with one command each: commands cost more than data."""
    if not terms:
        return
    for chunk in map(str, chunks):
        pipe.hmget(keys.index_terms(site, chunk), terms)
        pipe.mget([keys.index_bitmap(site, chunk, term) for term in terms])


def taken_terms(
    terms: Sequence[str], chunks: Iterable[int], replies: Iterator[Sequence[bytes | None]]
) -> dict[str, Found]:
    """Take the replies to `queue_terms`."""
    pairs = [list(zip(next(replies), next(replies), strict=True)) for _ in chunks if terms]
    return {term: [of_chunk[n] for of_chunk in pairs] for n, term in enumerate(terms)}
