"""Find profane words in a text, disguised or not, and mask them with asterisks.

An English word counts only in a text that may be English. In other languages the few English words that everybody
knows count, and the words of that language's own list.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from .foreign_profanity import foreign_matches, may_be_profane
from .languages import ENGLISH, likely_languages
from .normalization import fold
from .obfuscation import SPACED
from .profanity_matcher import Match, Matcher, tier_matcher
from .profanity_senses import (
    HARMLESS_NAMES,
    HARMLESS_PHRASES,
    INTERNATIONAL,
    has_honest_sense,
    is_ordinary,
)
from .profanity_tiers import HONEST, INCLUDED, Tier
from .tokens import is_clearly_english, repeats, squeezed, words

#: Quotation marks, asterisks and at-signs around a word, and "'s" after it. The package takes them for letters.
_QUOTATION_SIGNS = re.compile(r"""["'*@](?:(?<![^\W_]["'*@])|(?:s\b)?(?![^\W_]))""")
STRETCHED = re.compile(r"([^\W\d_])\1\1")
BETWEEN = re.compile(r"[\W_]+")
SHORTEST_PART = 3
#: Units of masking: spaced letters, or anything between two spaces.
_MASKING_UNIT = re.compile(rf"{SPACED.pattern}|\S+")
AROUND = "\"'*_.,;:!?()[]{}<>"
STARRED = re.compile(r"\S")


@dataclass(frozen=True, slots=True, eq=False)
class WordChoice:
    """Words that a site finds profane: the list's words down to a tier, and its own words, without those it allows.

    Caches compare it by identity, which is quicker. So make one for each choice, and not one for each comment.
    """

    tier: Tier = Tier.STRONG
    also: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    home: str = ""  # language of the site; "" if unknown


DEFAULT_CHOICE = WordChoice()


@dataclass(frozen=True, slots=True)
class _Lists:
    """A prepared choice: matchers, allowed words, and harmless phrases and names to blank out."""

    choice: WordChoice
    matchers: tuple[Matcher, ...]
    allowed: frozenset[str]
    phrases: re.Pattern[str]

    def is_harmless(self, match: Match, word: str, is_own: bool) -> bool:
        """Decide if a match is harmless: an allowed word, or a word of the package that is milder than the tier."""
        if self.is_allowed(match, word):
            return True
        return not is_own and word in HONEST

    def is_allowed(self, match: Match, word: str) -> bool:
        return match.entry in self.allowed or word in self.allowed


def _terms(terms: Iterable[str]) -> list[str]:
    return [" ".join(term.lower().split()) for term in terms if term.strip()]


@lru_cache(maxsize=64)
def _lists(choice: WordChoice) -> _Lists:
    allowed, also = _terms(choice.allow), _terms(choice.also)
    phrases = "|".join(
        r"[\s-]+".join(map(re.escape, p.split())) for p in (*HARMLESS_PHRASES, *(a for a in allowed if " " in a))
    )
    pattern = re.compile(rf"\b(?:(?i:{phrases})|(?:{'|'.join(HARMLESS_NAMES)})(?!\s?head))\b")
    return _Lists(
        choice,
        (tier_matcher(INCLUDED[choice.tier]), *([Matcher(also, cache_size=1 << 10)] if also else [])),
        frozenset(allowed),
        pattern,
    )


def _blanked(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _views(text: str) -> Iterable[str]:
    """Return the text as written and folded, and variants without quotation marks and long runs of a letter."""
    folded = fold(text).text
    views = [folded] if folded == text.casefold() else [text, folded]
    if any(map(folded.__contains__, "\"'*@")) and _QUOTATION_SIGNS.search(folded):
        # Entries contain no quotation mark, so that the text without them has all the matches of the text with them.
        views = views if "*" in folded or "@" in folded else views[:-1]
        views.append(_QUOTATION_SIGNS.sub(" ", folded))
    if repeats(folded, 3) and STRETCHED.search(folded):
        views += [squeezed(folded, 1), squeezed(folded, 2)]
    return views


def _offensive(text: str, lists: _Lists) -> Iterator[tuple[Match, bool]]:
    """Yield the matches that are profane in English, each with True if the word is the site's own."""
    for n, matcher in enumerate(lists.matchers):
        for match in matcher.matches(text):
            word = text[match.start : match.end].lower()
            # "This pen is it": words run together count when each is a word of some length, as in "butt hole".
            loose = match.joined and min(map(len, BETWEEN.split(word))) < SHORTEST_PART
            if not loose and not lists.is_harmless(match, word, is_own=n > 0):
                yield match, n > 0


@lru_cache(maxsize=64)
def _meaning(text: str, home: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the likely languages of a text, and its words, which show the sense of an ambiguous one."""
    return likely_languages(text, home), frozenset(words(fold(text).text))


def _is_profane_in(whole: str, entry: str, home: str) -> bool:
    """Decide if an entry of the English list is profane in this text."""
    languages, context = _meaning(whole, home)
    if languages and ENGLISH not in languages:
        return INTERNATIONAL.match(entry) is not None
    return not is_ordinary(entry, languages | {home}) and not has_honest_sense(entry, context)


def _matches(text: str, whole: str, lists: _Lists, is_english: bool = False) -> Iterator[Match]:
    """Yield the profane words of a text that is a view or a part of the whole one, only English ones if it is."""
    home = lists.choice.home
    for match, is_own in _offensive(text, lists):
        if is_own or _is_profane_in(whole, match.entry, home):
            yield match
    if not is_english and may_be_profane(text):
        languages = _meaning(whole, home)[0]
        for match in foreign_matches(text, languages, slurs_only=lists.choice.tier is Tier.SLUR):
            if not is_ordinary(match.entry, languages | {home}) and not lists.is_allowed(
                match, text[match.start : match.end].lower()
            ):
                yield match


def _found(text: str, whole: str, lists: _Lists) -> tuple[str, ...]:
    is_english = is_clearly_english(fold(text).text)
    return tuple(
        dict.fromkeys([match.entry for view in _views(text) for match in _matches(view, whole, lists, is_english)])
    )


def profane_words(text: str, choice: WordChoice = DEFAULT_CHOICE, whole: str = "") -> tuple[str, ...]:
    """Return the entries of the lists that occur in the text and are profane by this choice, disguised or not.

    `whole` is the text that this one is a part of, if any: its words show the language and the sense.
    """
    lists = _lists(choice)
    found = _found(text, whole or text, lists)
    # Phrases take longer than words, so they are searched only if a word was found.
    return _found(lists.phrases.sub(_blanked, text), whole or text, lists) if found else ()


def _blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Replace the spans, which may overlap, by spaces."""
    characters = list(text)
    for start, end in spans:
        characters[start:end] = " " * (end - start)
    return "".join(characters)


def _without_punctuation(chunk: re.Match[str]) -> tuple[int, int]:
    """The chunk without the punctuation around it."""
    start = chunk.end() - len(chunk[0].lstrip(AROUND))
    return start, max(start, chunk.start() + len(chunk[0].rstrip(AROUND)))


@lru_cache(maxsize=64)
def _spans_to_mask(text: str, choice: WordChoice) -> tuple[tuple[tuple[int, int], ...], bool]:
    """Return the spans to mask, plain words before disguised ones, and True if no profane word is left after that."""
    lists = _lists(choice)
    rest = lists.phrases.sub(_blanked, text)
    plain = [(m.start, m.end) for m in _matches(rest, text, lists)]
    rest = _blank(rest, plain)
    if not profane_words(rest, choice, text):
        return tuple(plain), True
    disguised = [_without_punctuation(m) for m in _MASKING_UNIT.finditer(rest) if profane_words(m[0], choice, text)]
    return (*plain, *disguised), not profane_words(_blank(rest, disguised), choice, text)


def is_maskable(text: str, choice: WordChoice = DEFAULT_CHOICE) -> bool:
    """Decide if masking leaves no profane word."""
    return _spans_to_mask(text, choice)[1]


def mask(text: str, choice: WordChoice = DEFAULT_CHOICE) -> str:
    """Replace all but the first character of profane words by asterisks. The length stays the same.

    The first character stays so that readers recognize the word, and so that Markdown finds no markup.
    """
    characters = list(text)
    for start, end in _spans_to_mask(text, choice)[0]:
        characters[start + 1 : end] = STARRED.sub("*", text[start + 1 : end])
    return "".join(characters)
