"""What of a text offends, disguised or not, and the text with it starred out."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from .normalization import fold
from .obfuscation import SPACED
from .profanity_matcher import Match, Matcher, stock
from .profanity_tiers import HONEST, NAMES, PHRASES, REACH, Tier, tier
from .tokens import repeats, squeezed

#: Quotation marks, stars and at-signs around a word, and "'s" behind it: the package takes them for letters.
QUOTED = re.compile(r"""["'*@](?:(?<![^\W_]["'*@])|(?:s\b)?(?![^\W_]))""")
STRETCHED = re.compile(r"([^\W\d_])\1\1")
BETWEEN = re.compile(r"[\W_]+")
SHORTEST_PART = 3
#: What masking looks at one by one: letters spaced apart, or whatever is between two spaces.
CHUNK = re.compile(rf"{SPACED.pattern}|\S+")
AROUND = "\"'*_.,;:!?()[]{}<>"
STARRED = re.compile(r"\S")


@dataclass(frozen=True, slots=True)
class Taste:
    """What a site finds profane: the list's words down to a tier, its own words, and less what it allows."""

    tier: Tier = Tier.STRONG
    also: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()


PLAIN = Taste()


@dataclass(frozen=True, slots=True)
class _Lists:
    """A taste made ready: what to look for, words to leave out whoever found them, and phrases and names to blank."""

    taste: Taste
    matchers: tuple[Matcher, ...]
    allowed: frozenset[str]
    phrases: re.Pattern[str]

    def excuses(self, match: Match, said: str, ours: bool) -> bool:
        """Whether a match does not offend: it is allowed, or of the package's words one that is too mild here."""
        if match.entry in self.allowed or said in self.allowed:
            return True
        return not ours and (said in HONEST or tier(match.entry) not in REACH[self.taste.tier])


def _terms(terms: Iterable[str]) -> list[str]:
    return [" ".join(term.lower().split()) for term in terms if term.strip()]


@lru_cache(maxsize=64)
def _lists(taste: Taste) -> _Lists:
    allowed, also = _terms(taste.allow), _terms(taste.also)
    phrases = "|".join(r"\s+".join(map(re.escape, p.split())) for p in (*PHRASES, *(a for a in allowed if " " in a)))
    pattern = re.compile(rf"\b(?:(?i:{phrases})|(?:{'|'.join(NAMES)})(?!\s?head))\b")
    return _Lists(taste, (stock(), *([Matcher(also, remembered=1 << 10)] if also else [])), frozenset(allowed), pattern)


def _blanked(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _views(text: str) -> Iterable[str]:
    """The text as it stands and as it is meant, where that differs."""
    meant = fold(text).text
    views = [meant] if meant == text.casefold() else [text, meant]
    if QUOTED.search(meant):
        views.append(QUOTED.sub(" ", meant))
    if repeats(meant, 3) and STRETCHED.search(meant):
        views += [squeezed(meant, 1), squeezed(meant, 2)]
    return views


def _offensive(text: str, lists: _Lists) -> Iterator[Match]:
    for n, matcher in enumerate(lists.matchers):
        for match in matcher.matches(text):
            said = text[match.start : match.end].lower()
            # "This pen is it": words run together count when each is a word of some length, as in "butt hole".
            loose = match.joined and min(map(len, BETWEEN.split(said))) < SHORTEST_PART
            if not loose and not lists.excuses(match, said, ours=n > 0):
                yield match


def _found(text: str, lists: _Lists) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match.entry for view in _views(text) for match in _offensive(view, lists)))


def offences(text: str, taste: Taste = PLAIN) -> tuple[str, ...]:
    """The entries that offend this taste in the text, disguised or not."""
    lists = _lists(taste)
    found = _found(text, lists)
    # Looking for phrases takes longer than looking for words, so it waits until there is something to excuse.
    return _found(lists.phrases.sub(_blanked, text), lists) if found else ()


def _blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Spaces over the spans, which may overlap."""
    signs = list(text)
    for start, end in spans:
        signs[start:end] = " " * (end - start)
    return "".join(signs)


def _inside(chunk: re.Match[str]) -> tuple[int, int]:
    """The chunk without the punctuation around it."""
    start = chunk.end() - len(chunk[0].lstrip(AROUND))
    return start, max(start, chunk.start() + len(chunk[0].rstrip(AROUND)))


@lru_cache(maxsize=64)
def _offending(text: str, taste: Taste) -> tuple[tuple[tuple[int, int], ...], bool]:
    """Where to mask, and whether nothing that offends is left then: words as they stand first, disguised ones next."""
    lists = _lists(taste)
    rest = lists.phrases.sub(_blanked, text)
    plain = [(m.start, m.end) for m in _offensive(rest, lists)]
    rest = _blank(rest, plain)
    if not offences(rest, taste):
        return tuple(plain), True
    disguised = [_inside(m) for m in CHUNK.finditer(rest) if offences(m[0], taste)]
    return (*plain, *disguised), not offences(_blank(rest, disguised), taste)


def is_maskable(text: str, taste: Taste = PLAIN) -> bool:
    """Whether masking leaves nothing that offends."""
    return _offending(text, taste)[1]


def mask(text: str, taste: Taste = PLAIN) -> str:
    """The text with profane words starred out, disguised ones too, except for the first character; as long as before.

    The first character stays, so that nobody wonders which word it was, and so that Markdown sees no markup in it.
    """
    signs = list(text)
    for start, end in _offending(text, taste)[0]:
        signs[start + 1 : end] = STARRED.sub("*", text[start + 1 : end])
    return "".join(signs)
