"""Common English words, in a Bloom filter of 32 KiB: small enough to ship, and free of anybody's text.

`training.vocabulary` writes the file. One unknown word in ten thousand is taken for a known one.
"""

import zlib
from functools import cache
from importlib.resources import files

from .memo import WordCache

#: Bits of the filter, a power of two, and bits set for each word. With 12,000 words 1 of 10,000 others passes.
BITS, HASHES = 1 << 18, 7


def bit_positions(word: str) -> tuple[int, ...]:
    """Return the bits of a word. Method: double hashing (Kirsch and Mitzenmacher 2006) with CRC-32 and Adler-32."""
    encoded = word.encode("utf-8", "replace")
    first, second = zlib.crc32(encoded), zlib.adler32(encoded) * 0x9E3779B1 >> 7 | 1
    return tuple((first + n * second) % BITS for n in range(HASHES))


@cache
def _bits() -> bytes:
    return files(__package__).joinpath("english.bin").read_bytes()


def _is_known(word: str) -> bool:
    bits = _bits()
    return all(bits[at >> 3] >> (at & 7) & 1 for at in bit_positions(word))


#: Cache by subscript: True for a common English word in small letters.
is_english = WordCache(_is_known)
