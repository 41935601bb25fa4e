"""Sets of slots as bitmaps in the format of Redis: slot 0 is the highest bit of the first byte."""

from array import array
from collections.abc import Iterable

#: Translates the digits 0 and 1 to the bytes 0 and 1.
TRUTH = bytes(byte == ord("1") for byte in range(256))


class Bitmap:
    """Bitmaps of one query. All have `size` bytes, so that each set is one integer."""

    def __init__(self, size: int) -> None:
        self._size = size

    def of(self, kept: bytes | None) -> int:
        """Convert a bitmap from Redis. Bits after `size` were set after the query was read."""
        return int.from_bytes((kept or b"")[: self._size].ljust(self._size, b"\0"), "big")

    def holding(self, slots: Iterable[int]) -> int:
        found = bytearray(self._size)
        for slot in slots:
            if slot >> 3 < self._size:
                found[slot >> 3] |= 0x80 >> (slot & 7)
        return int.from_bytes(found, "big")

    def chosen(self, bits: int) -> bytes:
        """Return one byte for each slot, 1 for those in the set, as `itertools.compress` takes them."""
        return format(bits, f"0{self._size * 8}b").encode().translate(TRUTH) if self._size else b""


def column(kept: bytes) -> "array[float]":
    """Return one number for each slot."""
    numbers: array[float] = array("d")
    numbers.frombytes(kept[: len(kept) & ~7])
    return numbers
