"""better-profanity's list and its answers, found in microseconds.

The package compares every word with each of its 916 entries and their spellings. Here letters and the signs that may
stand for them are folded into classes, so that one look into a dict leaves few entries, or none, to be compared.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import compress, product
from operator import contains

from better_profanity import Profanity
from better_profanity.constants import ALLOWED_CHARACTERS

from .memo import Memory
from .normalization import unusual

#: Python's patterns look up characters of the first plane at once, and each further one in a long row: 2 µs a space.
LAST_OF_PLANE = "\uffff"
BEYOND = re.compile("[\U00010000-\U0010ffff]")


def _classes(spellings: Mapping[str, Iterable[str]]) -> dict[int, str]:
    """Every character that may stand for another, with the one that names all it is connected to."""
    names: dict[str, str] = {}
    for letter, signs in spellings.items():
        group = {letter, *signs}
        group |= {c for c, name in names.items() if name in {names.get(member) for member in group}}
        names |= dict.fromkeys(group, min(group))
    return {ord(c): name for c, name in names.items()}


def _stand_in(beyond: re.Match[str]) -> str:
    """A character of the first plane that is in no entry, and part of a word if this one is."""
    return "Ì" if beyond[0] in ALLOWED_CHARACTERS else "☃"


def _one_of(characters: Iterable[str]) -> str:
    return "[" + "".join(map(re.escape, sorted(characters))) + "]+"


#: What a word is made of, in a text without characters beyond the first plane.
WORD = re.compile(_one_of(c for c in ALLOWED_CHARACTERS if c <= LAST_OF_PLANE))
#: Of each byte of an ASCII text its lower case, or a space between words.
LOWERED = bytes(ord(chr(n).lower() if chr(n) in ALLOWED_CHARACTERS else " ") for n in range(128)) + bytes(128)


@dataclass(frozen=True, slots=True)
class Match:
    """An entry found at text[start:end]; `joined` when only leaving out what is between words makes it one."""

    entry: str
    start: int
    end: int
    joined: bool = False


class Matcher:
    """Answers as `better_profanity.Profanity(words).contains_profanity` does, also where its way is peculiar."""

    def __init__(self, entries: Iterable[str] | None = None, remembered: int = 1 << 14) -> None:
        stock = Profanity(entries)
        self._spellings = {letter: frozenset({letter, *signs}) for letter, signs in stock.CHARS_MAPPING.items()}
        self._signs_of: dict[str, list[frozenset[str]]] = {}
        self._fold = _classes(stock.CHARS_MAPPING)
        self._most_joined: int = stock.MAX_NUMBER_COMBINATIONS
        self._entries: dict[str, list[str]] = defaultdict(list)
        self._first_words: dict[str, list[str]] = defaultdict(list)
        #: By the classes of their first letters, and of all of them.
        self._begun: dict[str, list[str]] = defaultdict(list)
        for entry in sorted({str(entry) for entry in stock.CENSOR_WORDSET}):
            self._add(entry)
        self._after = Memory(self._openings, remembered)

    def _add(self, entry: str) -> None:
        folded = entry.translate(self._fold)
        self._entries[folded].append(entry)
        self._signs_of[entry] = self._signs(entry)
        for n in range(1, len(folded) + 1):
            self._begun[folded[:n]].append(entry)
        first = WORD.match(entry)
        if first and first[0] != entry:
            self._first_words[first[0].translate(self._fold)].append(first[0])
            self._signs_of[first[0]] = self._signs(first[0])

    def contains(self, text: str) -> bool:
        return next(self.matches(text), None) is not None

    def matches(self, text: str) -> Iterator[Match]:
        """In the order of their first words; they may overlap."""
        if text.isascii() or ALLOWED_CHARACTERS.isdisjoint(unusual(text)):
            # Every sign beyond ASCII becomes a question mark, and stands between words as that does.
            written = text.encode("ascii", "replace").translate(LOWERED).decode().split()
        else:
            # Dotted capital I is the one character that grows in lower case; positions must stay.
            text = BEYOND.sub(_stand_in, text).replace("İ", "Ì")
            written = list(map(str.lower, WORD.findall(text)))
        starts = [n for n in self._suspects(written) if self._is_start(written, n)]
        if not starts or len(written) == 1 == len(written[0]):
            return
        lower, spans = text.lower(), [m.span() for m in WORD.finditer(text)]
        # A last word of one character, with nothing behind it, is never joined to what precedes.
        joinable = len(written) - (spans[-1][0] == len(text) - 1)
        for n in starts:
            last = max(n, min(n + self._most_joined, joinable - 1))
            words = [word.translate(self._fold) for word in written[n : last + 1]]
            yield from self._single(lower, words[0], spans[n])
            yield from self._glued(lower, words, spans[n : last + 1])
            yield from self._spaced(lower, spans[n : last + 1])

    def _suspects(self, written: Sequence[str]) -> list[int]:
        """Numbers of words that are how an entry begins, if what is behind them may be how it goes on."""
        after = list(map(self._after.__getitem__, written))
        behind = [*written[1:], ""]
        begun = compress(range(len(written)), after)
        return [n for n in begun if "" in after[n] or behind[n][:2] in after[n]]

    def _openings(self, word: str) -> frozenset[str]:
        """How entries that begin with a word go on, in the next one: its first letter, or two; "" for one that ends."""
        found: set[str] = set()
        for entry in self._begun.get(word.translate(self._fold), ()):
            if self._is_spelled(entry, word):
                behind = WORD.search(entry, len(word))
                signs = self._signs_of[entry][behind.start() : behind.end()][:2] if behind else []
                if signs or len(entry) == len(word):
                    found.update("".join(letters) for n in (1, 2) for letters in product(*signs[:n]))
        return frozenset(found)

    def _is_start(self, written: Sequence[str], n: int) -> bool:
        """Whether a match may begin here: with an entry, alone or glued together, or the first word of a longer one."""
        glued = ""
        for word in written[n : n + 1 + self._most_joined]:
            glued += word
            folded = glued.translate(self._fold)
            if folded not in self._begun:
                return False
            if folded in self._entries and any(self._spelled(folded, glued)):
                return True
            if glued == word and any(self._is_spelled(first, word) for first in self._first_words.get(folded, ())):
                return True
        return False

    def _signs(self, entry: str) -> list[frozenset[str]]:
        """What each of the letters may be written as."""
        return [self._spellings.get(letter, frozenset(letter)) for letter in entry]

    def _is_spelled(self, entry: str, lower: str) -> bool:
        """Whether this is a spelling of the entry, or of as many of its letters as were written."""
        return all(map(contains, self._signs_of[entry], lower))

    def _spelled(self, folded: str, lower: str) -> Iterator[str]:
        """Entries of which `lower` is a spelling."""
        return (entry for entry in self._entries.get(folded, ()) if self._is_spelled(entry, lower))

    def _single(self, lower: str, word: str, span: tuple[int, int]) -> Iterator[Match]:
        for entry in self._spelled(word, lower[slice(*span)]):
            yield Match(entry, *span)

    def _glued(self, lower: str, words: list[str], spans: list[tuple[int, int]]) -> Iterator[Match]:
        """The first word with those behind it, everything between them left out."""
        glued, written = words[0], lower[slice(*spans[0])]
        for word, (start, end) in zip(words[1:], spans[1:], strict=True):
            if glued not in self._begun:
                return
            glued, written = glued + word, written + lower[start:end]
            for entry in self._spelled(glued, written):
                yield Match(entry, spans[0][0], end, joined=True)

    def _spaced(self, lower: str, spans: list[tuple[int, int]]) -> Iterator[Match]:
        """Entries of several words, with exactly what is between them in the list."""
        start = spans[0][0]
        for _, end in spans[1:]:
            written = lower[start:end]
            for entry in self._spelled(written.translate(self._fold), written):
                yield Match(entry, start, end)


@cache
def stock() -> Matcher:
    """The matcher for the package's own list; made once, in 20 ms."""
    return Matcher()
