"""Common English words: which pieces make a word, and which text is clearly English.

`training.vocabulary` writes the file: 12,000 words, the most frequent first, compressed.
"""

import gzip
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

#: The most frequent words are half of any English text, and few of them are words of another language.
COMMON = 400


@cache
def _by_frequency() -> tuple[str, ...]:
    packed = files(__package__).joinpath("english.gz").read_bytes()
    return tuple(gzip.decompress(packed).decode("ascii").split())


@cache
def ranks() -> Mapping[str, int]:
    """Return the place of each word in the list, 0 for the most frequent."""
    return {word: n for n, word in enumerate(_by_frequency())}


@cache
def english_words() -> frozenset[str]:
    """Return the words in small letters."""
    return frozenset(_by_frequency())


@cache
def common_words() -> frozenset[str]:
    """Return the COMMON most frequent words. So small a set stays in the cache of the processor."""
    return frozenset(_by_frequency()[:COMMON])
