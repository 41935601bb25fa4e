"""Profane words of languages other than English, each counted only in a text that may be in its language."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from comments.hosts import UNSPACED_LETTERS

from .memo import WordCache
from .profanity_matcher import Match
from .tokens import WORD, is_clearly_english, words

#: Scripts in which words are found inside a run of letters.
_INSIDE = re.compile(f"[{UNSPACED_LETTERS}\u3131-\u318e\uac00-\ud7a3]")
#: In a text whose language is unknown, shorter words may be names or ordinary words of another language.
UNMISTAKABLE = 5
#: With more likely languages than this the language is unknown.
MAX_LIKELY = 4
ANY_ENDING = "*"
SHORTEST_BEGINNING, LONGEST_BEGINNING = 2, 16


@dataclass(frozen=True, slots=True)
class ForeignWord:
    """Languages in which a word is profane, and those in which it is a slur."""

    languages: frozenset[str] = frozenset()
    slur_in: frozenset[str] = frozenset()

    def counts(self, word: str, likely: frozenset[str], slurs_only: bool) -> bool:
        """Decide if the word is profane in a text of one of these languages; unknown ones if there are none."""
        profane_in = self.slur_in if slurs_only else self.languages
        if not word.isascii() and not _has_latin(word):
            return bool(profane_in)
        if 0 < len(likely) <= MAX_LIKELY:
            return bool(profane_in & likely)
        return bool(profane_in) and len(word) >= UNMISTAKABLE


def _has_latin(word: str) -> bool:
    return unicodedata.name(word[0], "").startswith("LATIN")


@dataclass(frozen=True, slots=True)
class _ForeignList:
    """Whole words, beginnings of words, and a pattern of the words in scripts without spaces."""

    whole: Mapping[str, ForeignWord]
    beginnings: Mapping[str, ForeignWord]
    inside: re.Pattern[str]
    starts: frozenset[str]
    cache: WordCache[ForeignWord | None] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cache", WordCache(self._find))

    def _find(self, word: str) -> ForeignWord | None:
        if word in self.whole:
            return self.whole[word]
        if word[:SHORTEST_BEGINNING] not in self.starts:
            return None
        lengths = range(min(len(word), LONGEST_BEGINNING), SHORTEST_BEGINNING - 1, -1)
        return next((self.beginnings[word[:n]] for n in lengths if word[:n] in self.beginnings), None)


@cache
def _foreign_list() -> _ForeignList:
    found: dict[str, dict[str, set[str]]] = {"": defaultdict(set), "slur": defaultdict(set)}
    text = files(__package__).joinpath("profanity_words.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and line[0] != "#":
            head, _, listed = line.partition(": ")
            language, _, tier = head.partition(" ")
            for word in listed.split():
                found[""][word.casefold()].add(language)
                if tier:
                    found[tier][word.casefold()].add(language)
    every = {w: ForeignWord(frozenset(of), frozenset(found["slur"].get(w, ()))) for w, of in found[""].items()}
    beginnings = {w.removesuffix(ANY_ENDING): of for w, of in every.items() if w.endswith(ANY_ENDING)}
    inside = [w for w in every if _INSIDE.match(w)]
    return _ForeignList(
        {w: of for w, of in every.items() if not w.endswith(ANY_ENDING)},
        beginnings,
        re.compile("|".join(map(re.escape, sorted(inside, key=len, reverse=True)))),
        frozenset(word[:SHORTEST_BEGINNING] for word in beginnings),
    )


def may_be_profane(text: str) -> bool:
    """Decide quickly if the text contains a word of any list and is not clearly English."""
    if is_clearly_english(text):
        return False
    known = _foreign_list()
    if any(map(known.cache.__getitem__, words(text.casefold()))):
        return True
    return not text.isascii() and _INSIDE.search(text) is not None and known.inside.search(text) is not None


def foreign_matches(text: str, likely: frozenset[str], slurs_only: bool) -> Iterator[Match]:
    """Yield the profane words of a text that may be in one of the likely languages."""
    known = _foreign_list()
    for match in WORD.finditer(text):
        word = match[0].casefold()
        listed = known.cache[word]
        if listed is not None and listed.counts(word, likely, slurs_only):
            yield Match(word, match.start(), match.end())
    if _INSIDE.search(text):
        for match in known.inside.finditer(text):
            if known.whole[match[0]].counts(match[0], likely, slurs_only):
                yield Match(match[0], match.start(), match.end())
