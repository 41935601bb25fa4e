"""Sets of slots as bitmaps in the format of Redis: slot 0 is the highest bit of the first byte."""

import sys
from array import array
from collections.abc import Iterable, Sequence
from itertools import compress, count, islice

#: Slots of a chunk of the index, and bytes of a bitmap of so many.
CHUNK, CHUNK_BYTES = 65_536, 65_536 // 8
#: Translates the digits 0 and 1 to the bytes 0 and 1, and back.
TRUTH = bytes(byte == ord("1") for byte in range(256))
TRUTH_DIGITS = b"01" + bytes(254)


class Bitmap:
    """Bitmaps of one query over chunks. All have `size` bytes, so that each set is one integer."""

    def __init__(self, size: int) -> None:
        self.size = size

    def of(self, chunks: Sequence[bytes | None]) -> int:
        """Join the bitmaps of all chunks. Bits after `size` were set after the query was read."""
        whole = b"".join((bits or b"").ljust(CHUNK_BYTES, b"\0") for bits in chunks)
        return int.from_bytes(whole[: self.size].ljust(self.size, b"\0"), "big")

    def of_lists(self, lists: Iterable[tuple[int, bytes]]) -> int:
        """Join lists of slots, two bytes each, each with the number of its chunk in this query."""
        found = bytearray(self.size)
        for n, packed in lists:
            start = n * CHUNK_BYTES
            for slot in map(int, little_endian("H", packed)):
                byte = start + (slot >> 3)
                if byte < self.size:
                    found[byte] |= 0x80 >> (slot & 7)
        return int.from_bytes(found, "big")

    def chosen(self, bits: int) -> bytes:
        """Return one byte for each slot, 1 for those in the set, as `itertools.compress` takes them."""
        return format(bits, f"0{self.size * 8}b").encode().translate(TRUTH) if self.size else b""


def bit_positions(bitmap: bytes, n: int) -> list[int]:
    """Return the first `n` positions that are set."""
    bits = Bitmap(len(bitmap))
    return list(islice(compress(count(), bits.chosen(int.from_bytes(bitmap, "big"))), n))


def little_endian(code: str, packed: bytes) -> "array[float]":
    """Return the numbers of a column or list."""
    numbers: array[float] = array(code)
    numbers.frombytes(packed[: len(packed) - len(packed) % numbers.itemsize])
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
