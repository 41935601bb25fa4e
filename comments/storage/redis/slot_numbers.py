"""Reads numbers and ids of some slots of the index of comments.

The numbers of a slot never change, because every entry gets a new slot. So they are read after the matching slots are
known, and only for those: a list of few comments takes as long on a site of any size.
"""

import struct
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import compress
from typing import cast

from comments.storage.keys import Keys

from .bitmaps import CHUNK, CHUNK_BYTES, TRUTH_DIGITS, Bitmap, little_endian
from .client import Client, text

#: Column -> format of one slot in `struct`, and little-endian. Points are thousandths, exact up to 16 million.
COLUMN_FORMATS: Mapping[str, str] = {"rank": "<d", "received": "<d", "decided": "<d", "points": "<f"}
#: Id and version of the comment of a slot.
ID_FORMAT = "<40sI"
ID_SIZE = struct.calcsize(ID_FORMAT)
#: Up to this number of slots of a chunk, their numbers are read one by one. For more, the whole column is faster.
ONE_BY_ONE_MAX = 500
#: Size of a number in bytes -> the same size as an integer, in the words of BITFIELD and in `struct`.
_INTEGERS = {8: ("i64", "q"), 4: ("u32", "I")}
_CHUNK_BITMAP = Bitmap(CHUNK_BYTES)


class ChunkSlots:
    """Some slots of one chunk, which is the `n`th of a query."""

    def __init__(self, n: int, chunk: int, bits: int) -> None:
        self.n, self.chunk, self.bits = n, chunk, bits
        self.count = bits.bit_count()

    @cached_property
    def chosen(self) -> bytes:
        """One byte for each slot of the chunk, 1 for those in the set."""
        return _CHUNK_BITMAP.chosen(self.bits)

    @cached_property
    def offsets(self) -> list[int]:
        return list(compress(range(CHUNK), self.chosen))

    @property
    def places(self) -> Iterator[int]:
        """The places of the slots among all slots of the query's chunks."""
        return compress(range(self.n * CHUNK, (self.n + 1) * CHUNK), self.chosen)

    def count_with(self, packed: bytes | None, bitmap: bytes | None) -> int:
        """Return how many slots have a term, from its list or its bitmap."""
        if bitmap:
            return (self.bits & _CHUNK_BITMAP.of([bitmap])).bit_count()
        slots = cast("array[int]", little_endian("H", packed or b""))
        return sum(map(self.chosen.__getitem__, slots))

    def only(self, offsets: Iterable[int]) -> "ChunkSlots":
        """Return the slots of this chunk at `offsets`."""
        chosen = bytearray(CHUNK)
        for offset in offsets:
            chosen[offset] = 1
        return ChunkSlots(self.n, self.chunk, int(chosen.translate(TRUTH_DIGITS), 2))


def chunk_slots(chunks: Sequence[int], bits: int) -> list[ChunkSlots]:
    """Split a set of slots of a query into its chunks, without empty ones. The last chunk of `bits` is whole."""
    packed = bits.to_bytes(len(chunks) * CHUNK_BYTES, "big")
    parts = (packed[n * CHUNK_BYTES : (n + 1) * CHUNK_BYTES] for n in range(len(chunks)))
    found = (
        ChunkSlots(n, chunk, int.from_bytes(part, "big"))
        for n, (chunk, part) in enumerate(zip(chunks, parts, strict=True))
    )
    return [slots for slots in found if slots.count]


def numbers_of_slots(
    client: Client, keys: Keys, site: str, parts: Sequence[ChunkSlots], names: Iterable[str]
) -> "dict[str, array[float]]":
    """Return the numbers of all slots of `parts` in each column, in the order of the slots."""
    columns = dict.fromkeys(names)
    if not parts or not columns:
        return {name: array(COLUMN_FORMATS[name][-1]) for name in columns}
    pipe = client.pipeline(transaction=False)
    for name in columns:
        size = struct.calcsize(COLUMN_FORMATS[name])
        for part in parts:
            key = keys.index_column(site, str(part.chunk), name)
            if part.count > ONE_BY_ONE_MAX:
                pipe.get(key)
            else:
                wanted = [word for at in part.offsets for word in ("GET", _INTEGERS[size][0], at * size * 8)]
                pipe.execute_command("BITFIELD_RO", key, *wanted)
    replies = iter(pipe.execute())
    return {name: _joined(COLUMN_FORMATS[name], parts, replies) for name in columns}


def _joined(format: str, parts: Iterable[ChunkSlots], replies: Iterator[bytes | list[int] | None]) -> "array[float]":
    """Join the numbers of the chosen slots of each chunk; a slot without a number has 0."""
    size = struct.calcsize(format)
    numbers: array[float] = array(format[-1])
    for part, reply in zip(parts, replies, strict=False):  # the replies of further columns follow
        if isinstance(reply, list):
            numbers.extend(little_endian(format[-1], struct.pack(f">{len(reply)}{_INTEGERS[size][1]}", *reply)))
        else:
            column = little_endian(format[-1], (reply or b"").ljust(CHUNK * size, b"\0"))
            numbers.extend(compress(column, part.chosen))
    return numbers


def read_ids(client: Client, keys: Keys, site: str, slots: Iterable[tuple[int, int]]) -> list[tuple[str, int] | None]:
    """Read the id and the version of the comment of each slot, given by chunk and offset; None if it is gone."""
    pipe = client.pipeline(transaction=False)
    for chunk, offset in slots:
        start = offset * ID_SIZE
        pipe.getrange(keys.index_column(site, str(chunk), "ids"), start, start + ID_SIZE - 1)
    return [_unpacked(record) if record else None for record in pipe.execute()]


def _unpacked(record: bytes) -> tuple[str, int]:
    id, version = struct.unpack(ID_FORMAT, record)
    return text(id.rstrip(b"\0")), version
