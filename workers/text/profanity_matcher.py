"""Find better-profanity's words in microseconds, with the same results as the package.

The package compares every word with each of its 916 entries and their spellings. This matcher folds letters, and the
signs that may stand for them, into classes. One look into a dict then leaves few entries to compare, or none.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import compress, count, product
from operator import contains, itemgetter

from better_profanity import Profanity
from better_profanity.constants import ALLOWED_CHARACTERS

from .memo import WordCache
from .normalization import unusual
from .profanity_tiers import Tier, tier

#: `re` looks up characters of the first plane at once, but compares others one by one, at 2 µs for each space.
LAST_OF_PLANE = "\uffff"
BEYOND = re.compile("[\U00010000-\U0010ffff]")


def _classes(spellings: Mapping[str, Iterable[str]]) -> dict[int, str]:
    """Map every character that may stand for another to the name of its class."""
    names: dict[str, str] = {}
    for letter, signs in spellings.items():
        group = {letter, *signs}
        group |= {c for c, name in names.items() if name in {names.get(member) for member in group}}
        names |= dict.fromkeys(group, min(group))
    return {ord(c): name for c, name in names.items()}


def _replacement(beyond: re.Match[str]) -> str:
    """A character of the first plane that is in no entry, and is part of a word if this one is."""
    return "Ì" if beyond[0] in ALLOWED_CHARACTERS else "☃"


#: Characters of words in the first plane.
_LETTERS = "".join(map(re.escape, sorted(c for c in ALLOWED_CHARACTERS if c <= LAST_OF_PLANE)))
#: A word, in a text without characters beyond the first plane.
_WORD = re.compile(f"[{_LETTERS}]+")
#: Translation table for ASCII: lower case, or a space between words.
LOWERED = bytes(ord(chr(n).lower() if chr(n) in ALLOWED_CHARACTERS else " ") for n in range(128)) + bytes(128)


#: Letters of a word that are looked at first. Few words begin like an entry.
BEGINNING = 3
_BEGINNING_OF = itemgetter(slice(BEGINNING))


@dataclass(frozen=True, slots=True)
class Match:
    """An entry found at text[start:end]. `joined` if it is found only without the characters between words."""

    entry: str
    start: int
    end: int
    joined: bool = False


class Matcher:
    """Give the same results as `better_profanity.Profanity(words).contains_profanity`, including its oddities."""

    def __init__(self, entries: Iterable[str] | None = None, cache_size: int = 1 << 14) -> None:
        stock = Profanity(entries)
        self._spellings = {letter: frozenset({letter, *signs}) for letter, signs in stock.CHARS_MAPPING.items()}
        self._signs_of: dict[str, list[frozenset[str]]] = {}
        self._fold = _classes(stock.CHARS_MAPPING)
        self._most_joined: int = stock.MAX_NUMBER_COMBINATIONS
        self._entries: dict[str, list[str]] = defaultdict(list)
        self._first_words: dict[str, list[str]] = defaultdict(list)
        #: Entries by the classes of their first n letters, for every n.
        self._entries_by_prefix: dict[str, list[str]] = defaultdict(list)
        for entry in sorted({str(entry) for entry in stock.CENSOR_WORDSET}):
            self._add(entry)
        #: The spellings of the first letters of entries, for a first look at every word.
        self._beginnings = frozenset(self._first_letters())
        self._continuations = WordCache(self._continuations_of, cache_size)

    def _add(self, entry: str) -> None:
        folded = entry.translate(self._fold)
        self._entries[folded].append(entry)
        self._signs_of[entry] = self._signs(entry)
        for n in range(1, len(folded) + 1):
            self._entries_by_prefix[folded[:n]].append(entry)
        first = _WORD.match(entry)
        if first and first[0] != entry:
            self._first_words[first[0].translate(self._fold)].append(first[0])
            self._signs_of[first[0]] = self._signs(first[0])

    def _first_letters(self) -> Iterator[str]:
        """Yield the spellings of the first BEGINNING letters of every entry, and of all shorter beginnings."""
        for signs in self._signs_of.values():
            for n in range(1, BEGINNING + 1):
                yield from map("".join, product(*signs[:n]))

    def contains(self, text: str) -> bool:
        return next(self.matches(text), None) is not None

    def matches(self, text: str) -> Iterator[Match]:
        """Yield matches in the order of their first words. They may overlap."""
        if text.isascii() or ALLOWED_CHARACTERS.isdisjoint(unusual(text)):
            # Every other character becomes a question mark, which separates words too.
            lowered = text.encode("ascii", "replace").translate(LOWERED)
            written = lowered.decode().split()
            may_begin = list(compress(count(), map(self._beginnings.__contains__, map(_BEGINNING_OF, written))))
            if not may_begin:
                return
        else:
            # Dotted capital I is the only character that grows in lower case; positions must not move.
            text = BEYOND.sub(_replacement, text).replace("İ", "Ì")
            written = list(map(str.lower, _WORD.findall(text)))
            may_begin = list(range(len(written)))
        starts = [n for n in self._candidates(written, may_begin) if self._is_start(written, n)]
        if not starts or len(written) == 1 == len(written[0]):
            return
        yield from self._matches_from(text, written, starts)

    def _matches_from(self, text: str, written: Sequence[str], starts: Iterable[int]) -> Iterator[Match]:
        """Yield the matches that begin with these words."""
        lower, spans = text.lower(), [m.span() for m in _WORD.finditer(text)]
        # A last word of one character, with nothing after it, is never joined to the words before.
        joinable = len(written) - (spans[-1][0] == len(text) - 1)
        for n in starts:
            last = max(n, min(n + self._most_joined, joinable - 1))
            words = [word.translate(self._fold) for word in written[n : last + 1]]
            for entry in self._spelled(words[0], lower[slice(*spans[n])]):
                yield Match(entry, *spans[n])
            yield from self._joined(lower, words, spans[n : last + 1])
            yield from self._phrases(lower, spans[n : last + 1])

    def _candidates(self, written: Sequence[str], may_begin: Iterable[int]) -> list[int]:
        """Return positions of words that begin an entry and are followed by a possible continuation."""
        continued = ((n, self._continuations[written[n]]) for n in may_begin)
        following = [*written[1:], ""]
        return [n for n, after in continued if after and ("" in after or following[n][:2] in after)]

    def _continuations_of(self, word: str) -> frozenset[str]:
        """Return continuations of entries that begin with a word: one or two letters of the next; "" for the end."""
        found: set[str] = set()
        for entry in self._entries_by_prefix.get(word.translate(self._fold), ()):
            if self._is_spelled(entry, word):
                following = _WORD.search(entry, len(word))
                signs = self._signs_of[entry][following.start() : following.end()][:2] if following else []
                if signs or len(entry) == len(word):
                    found.update("".join(letters) for n in (1, 2) for letters in product(*signs[:n]))
        return frozenset(found)

    def _is_start(self, written: Sequence[str], n: int) -> bool:
        """Decide if a match may begin here: an entry, alone or joined, or the first word of a longer one."""
        joined = ""
        for word in written[n : n + 1 + self._most_joined]:
            joined += word
            folded = joined.translate(self._fold)
            if folded not in self._entries_by_prefix:
                return False
            if folded in self._entries and any(self._spelled(folded, joined)):
                return True
            if joined == word and any(self._is_spelled(first, word) for first in self._first_words.get(folded, ())):
                return True
        return False

    def _signs(self, entry: str) -> list[frozenset[str]]:
        """Return the possible spellings of each letter."""
        return [self._spellings.get(letter, frozenset(letter)) for letter in entry]

    def _is_spelled(self, entry: str, lower: str) -> bool:
        """Decide if this is a spelling of the entry, or of its first letters."""
        return all(map(contains, self._signs_of[entry], lower))

    def _spelled(self, folded: str, lower: str) -> Iterator[str]:
        """Return the entries that `lower` is a spelling of."""
        return (entry for entry in self._entries.get(folded, ()) if self._is_spelled(entry, lower))

    def _joined(self, lower: str, words: list[str], spans: list[tuple[int, int]]) -> Iterator[Match]:
        """Find the first word joined with the following ones, without the characters between them."""
        joined, written = words[0], lower[slice(*spans[0])]
        for word, (start, end) in zip(words[1:], spans[1:], strict=True):
            if joined not in self._entries_by_prefix:
                return
            joined, written = joined + word, written + lower[start:end]
            for entry in self._spelled(joined, written):
                yield Match(entry, spans[0][0], end, joined=True)

    def _phrases(self, lower: str, spans: list[tuple[int, int]]) -> Iterator[Match]:
        """Find entries of several words, with the same characters between them as in the list."""
        start = spans[0][0]
        for _, end in spans[1:]:
            written = lower[start:end]
            for entry in self._spelled(written.translate(self._fold), written):
                yield Match(entry, start, end)


@cache
def stock_matcher() -> Matcher:
    """Return the matcher for the package's own list, built once in 20 ms."""
    return Matcher()


@cache
def tier_matcher(included: frozenset[Tier]) -> Matcher:
    """Return the matcher for the entries of the package's list that are in these tiers."""
    return Matcher([entry for entry in map(str, Profanity().CENSOR_WORDSET) if tier(entry) in included])
