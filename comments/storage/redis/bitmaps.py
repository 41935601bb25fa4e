"""Sets of slots as bitmaps, the way Redis keeps them: slot 0 is the highest bit of the first byte."""

from array import array
from collections.abc import Iterable

#: Makes bytes 0 and 1 of the digits 0 and 1.
TRUTH = bytes(byte == ord("1") for byte in range(256))


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

    def chosen(self, bits: int) -> bytes:
        """A byte a slot, 1 for those in the set: what `itertools.compress` takes, so that no loop of ours is needed."""
        return format(bits, f"0{self._size * 8}b").encode().translate(TRUTH) if self._size else b""


def column(kept: bytes) -> "array[float]":
    """One number a slot."""
    numbers: array[float] = array("d")
    numbers.frombytes(kept[: len(kept) & ~7])
    return numbers
