"""better-profanity's list and its answers, found in microseconds; and profanity masked.

The package compares every word with each of its 916 entries and their spellings. Here letters and the signs that may
stand for them are folded into classes, so that one look into a dict leaves few entries, or none, to be compared.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from better_profanity import Profanity
from better_profanity.constants import ALLOWED_CHARACTERS

from .harmless import NAMES, PHRASES, WORDS
from .text import SPACED, fold, squeezed

#: Quotation marks, stars and at-signs around a word, and "'s" behind it: the package takes them for letters.
QUOTED = re.compile(r"""(?<![^\W_])["'*@]+|["'*@]+(?:s\b)?(?![^\W_])""")
STRETCHED = re.compile(r"([^\W\d_])\1\1")
BETWEEN = re.compile(r"[\W_]+")
SHORTEST_PART = 3
#: What masking looks at one by one: letters spaced apart, or whatever is between two spaces.
CHUNK = re.compile(rf"{SPACED.pattern}|\S+")
AROUND = "\"'*_.,;:!?()[]{}<>"
STARRED = re.compile(r"\S")


def _classes(spellings: Mapping[str, Iterable[str]]) -> dict[int, str]:
    """Every character that may stand for another, with the one that names all it is connected to."""
    names: dict[str, str] = {}
    for letter, signs in spellings.items():
        group = {letter, *signs}
        group |= {c for c, name in names.items() if name in {names.get(member) for member in group}}
        names |= dict.fromkeys(group, min(group))
    return {ord(c): name for c, name in names.items()}


def _one_of(characters: Iterable[str]) -> str:
    return "[" + "".join(map(re.escape, sorted(characters))) + "]+"


@dataclass(frozen=True, slots=True)
class Match:
    """An entry found at text[start:end]; `joined` when only leaving out what is between words makes it one."""

    entry: str
    start: int
    end: int
    joined: bool = False


class Matcher:
    """Answers as `better_profanity.Profanity(words).contains_profanity` does, also where its way is peculiar."""

    def __init__(self, entries: Iterable[str] | None = None) -> None:
        stock = Profanity(entries)
        self._spellings = {letter: frozenset(signs) for letter, signs in stock.CHARS_MAPPING.items()}
        self._fold = _classes(stock.CHARS_MAPPING)
        self._most_joined: int = stock.MAX_NUMBER_COMBINATIONS
        self._word = re.compile(_one_of(ALLOWED_CHARACTERS))
        self._ascii_word = re.compile(_one_of(c for c in ALLOWED_CHARACTERS if c.isascii()))
        self._entries: dict[str, list[str]] = defaultdict(list)
        for entry in sorted({str(entry) for entry in stock.CENSOR_WORDSET}):
            self._entries[entry.translate(self._fold)].append(entry)
        # A word that is the beginning of no entry begins none that runs over several words; most words end here.
        self._beginnings = frozenset(folded[:n] for folded in self._entries for n in range(1, len(folded)))
        first_words = (self._word.match(folded) for folded in self._entries if not self._word.fullmatch(folded))
        self._first_words = frozenset(first[0] for first in first_words if first)

    def contains(self, text: str) -> bool:
        return next(self.matches(text), None) is not None

    def matches(self, text: str) -> Iterator[Match]:
        """In the order of their first words; they may overlap."""
        # Dotted capital I is the one character that grows in lower case; positions must stay.
        lower = text.replace("İ", "\ue000").lower()
        folded = lower.translate(self._fold)
        if text.isascii():
            words = self._ascii_word.findall(folded)
        else:
            words = [folded[m.start() : m.end()] for m in self._word.finditer(text)]
        starts = [n for n, w in enumerate(words) if w in self._entries or w in self._beginnings]
        if not starts or len(words) == 1 == len(words[0]):
            return
        spans = [m.span() for m in self._word.finditer(text)]
        # A last word of one character, with nothing behind it, is never joined to what precedes.
        joinable = len(words) - (spans[-1][0] == len(text) - 1)
        for n in starts:
            yield from self._single(lower, words[n], spans[n])
            last = max(n, min(n + self._most_joined, joinable - 1))
            yield from self._glued(lower, words, spans[: last + 1], n)
            if words[n] in self._first_words:
                yield from self._spaced(lower, folded, spans[n : last + 1])

    def _spelled(self, folded: str, lower: str) -> Iterator[str]:
        """Entries of which `lower` is a spelling."""
        for entry in self._entries.get(folded, ()):
            if all(c == e or c in self._spellings.get(e, ()) for c, e in zip(lower, entry, strict=True)):
                yield entry

    def _single(self, lower: str, word: str, span: tuple[int, int]) -> Iterator[Match]:
        for entry in self._spelled(word, lower[slice(*span)]):
            yield Match(entry, *span)

    def _glued(self, lower: str, words: list[str], spans: list[tuple[int, int]], n: int) -> Iterator[Match]:
        """Words from the n-th on with everything between them left out."""
        glued, written = words[n], lower[slice(*spans[n])]
        for k in range(n + 1, len(spans)):
            if glued not in self._beginnings:
                return
            glued, written = glued + words[k], written + lower[slice(*spans[k])]
            for entry in self._spelled(glued, written):
                yield Match(entry, spans[n][0], spans[k][1], joined=True)

    def _spaced(self, lower: str, folded: str, spans: list[tuple[int, int]]) -> Iterator[Match]:
        """Entries of several words, with exactly what is between them in the list."""
        start = spans[0][0]
        for _, end in spans[1:]:
            for entry in self._spelled(folded[start:end], lower[start:end]):
                yield Match(entry, start, end)


@cache
def stock() -> Matcher:
    """The matcher for the package's own list; made once, in 20 ms."""
    return Matcher()


@lru_cache(maxsize=64)
def _harmless(allow: tuple[str, ...]) -> tuple[frozenset[str], re.Pattern[str]]:
    """Harmless words, and a pattern for harmless phrases and names: ours and those a site allows."""
    allowed = [" ".join(term.lower().split()) for term in allow if term.strip()]
    phrases = "|".join(r"\s+".join(map(re.escape, p.split())) for p in (*PHRASES, *(a for a in allowed if " " in a)))
    return WORDS | frozenset(allowed), re.compile(rf"\b(?:(?i:{phrases})|(?:{'|'.join(NAMES)})(?!\s?head))\b")


def _blanked(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _views(text: str) -> Iterable[str]:
    """The text as it stands and as it is meant, where that differs."""
    meant = fold(text).text
    views = [meant] if meant == text.casefold() else [text, meant]
    if QUOTED.search(meant):
        views.append(QUOTED.sub(" ", meant))
    if STRETCHED.search(meant):
        views += [squeezed(meant, 1), squeezed(meant, 2)]
    return views


def _offensive(text: str, harmless: frozenset[str]) -> Iterator[Match]:
    for match in stock().matches(text):
        said = text[match.start : match.end].lower()
        # "This pen is it": words run together count when each is a word of some length, as in "butt hole".
        loose = match.joined and min(map(len, BETWEEN.split(said))) < SHORTEST_PART
        if not loose and match.entry not in harmless and said not in harmless:
            yield match


def offences(text: str, allow: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The list's entries that the text holds, disguised or not, except harmless ones and those of `allow`."""
    harmless, phrases = _harmless(allow)
    views = _views(phrases.sub(_blanked, text))
    return tuple(dict.fromkeys(match.entry for view in views for match in _offensive(view, harmless)))


def _blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _inside(chunk: re.Match[str]) -> tuple[int, int]:
    """The chunk without the punctuation around it."""
    start = chunk.end() - len(chunk[0].lstrip(AROUND))
    return start, max(start, chunk.start() + len(chunk[0].rstrip(AROUND)))


@lru_cache(maxsize=64)
def _offending(text: str, allow: tuple[str, ...]) -> tuple[tuple[tuple[int, int], ...], bool]:
    """Where to mask, and whether nothing that offends is left then: words as they stand first, disguised ones next."""
    harmless, phrases = _harmless(allow)
    rest = phrases.sub(_blanked, text)
    plain = [(m.start, m.end) for m in _offensive(rest, harmless)]
    rest = _blank(rest, plain)
    disguised = [_inside(m) for m in CHUNK.finditer(rest) if offences(m[0], allow)]
    return (*plain, *disguised), not offences(_blank(rest, disguised), allow)


def is_maskable(text: str, allow: tuple[str, ...] = ()) -> bool:
    """Whether masking leaves nothing that offends."""
    return _offending(text, allow)[1]


def mask(text: str, allow: tuple[str, ...] = ()) -> str:
    """The text with profane words starred out, disguised ones too, except for the first character; as long as before.

    The first character stays, so that nobody wonders which word it was, and so that Markdown sees no markup in it.
    """
    for start, end in _offending(text, allow)[0]:
        text = text[: start + 1] + STARRED.sub("*", text[start + 1 : end]) + text[end:]
    return text
