"""Sets of slots as bitmaps, the way Redis keeps them: slot 0 is the highest bit of the first byte."""

from array import array
from collections.abc import Iterable, Iterator

#: Which bits of a byte are set.
SET = tuple(tuple(n for n in range(8) if byte & 0x80 >> n) for byte in range(256))


class Bitmap:
    """All bitmaps of one question have `size` bytes, so that whole sets are one number each."""

    def __init__(self, size: int) -> None:
        self._size = size

    def of(self, kept: bytes | None) -> int:
        """A bitmap as Redis gave it; what lies beyond `size` was set later than what the question is about."""
        return int.from_bytes((kept or b"")[: self._size].ljust(self._size, b"\0"), "big")

    def holding(self, slots: Iterable[int]) -> int:
        found = bytearray(self._size)
        for slot in slots:
            if slot >> 3 < self._size:
                found[slot >> 3] |= 0x80 >> (slot & 7)
        return int.from_bytes(found, "big")

    def slots(self, bits: int) -> list[int]:
        """Ascending."""
        return list(self._slots(bits))

    def _slots(self, bits: int) -> Iterator[int]:
        for n, byte in enumerate(bits.to_bytes(self._size, "big")):
            if byte:
                start = n << 3
                for bit in SET[byte]:
                    yield start + bit


def column(kept: bytes) -> "array[float]":
    """One number a slot."""
    numbers: array[float] = array("d")
    numbers.frombytes(kept[: len(kept) & ~7])
    return numbers
