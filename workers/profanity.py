"""What of a text offends, disguised or not, and the text with it starred out."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from .folding import fold
from .harmless import NAMES, PHRASES, WORDS
from .profanity_list import Match, stock
from .spelling import SPACED
from .text import repeats, squeezed

#: Quotation marks, stars and at-signs around a word, and "'s" behind it: the package takes them for letters.
QUOTED = re.compile(r"""["'*@](?:(?<![^\W_]["'*@])|(?:s\b)?(?![^\W_]))""")
STRETCHED = re.compile(r"([^\W\d_])\1\1")
BETWEEN = re.compile(r"[\W_]+")
SHORTEST_PART = 3
#: What masking looks at one by one: letters spaced apart, or whatever is between two spaces.
CHUNK = re.compile(rf"{SPACED.pattern}|\S+")
AROUND = "\"'*_.,;:!?()[]{}<>"
STARRED = re.compile(r"\S")


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
    if repeats(meant, 3) and STRETCHED.search(meant):
        views += [squeezed(meant, 1), squeezed(meant, 2)]
    return views


def _offensive(text: str, harmless: frozenset[str]) -> Iterator[Match]:
    for match in stock().matches(text):
        said = text[match.start : match.end].lower()
        # "This pen is it": words run together count when each is a word of some length, as in "butt hole".
        loose = match.joined and min(map(len, BETWEEN.split(said))) < SHORTEST_PART
        if not loose and match.entry not in harmless and said not in harmless:
            yield match


def _found(text: str, harmless: frozenset[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match.entry for view in _views(text) for match in _offensive(view, harmless)))


def offences(text: str, allow: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The list's entries that the text holds, disguised or not, except harmless ones and those of `allow`."""
    harmless, phrases = _harmless(allow)
    found = _found(text, harmless)
    # Looking for phrases takes longer than looking for words, so it waits until there is something to excuse.
    return _found(phrases.sub(_blanked, text), harmless) if found else ()


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
def _offending(text: str, allow: tuple[str, ...]) -> tuple[tuple[tuple[int, int], ...], bool]:
    """Where to mask, and whether nothing that offends is left then: words as they stand first, disguised ones next."""
    harmless, phrases = _harmless(allow)
    rest = phrases.sub(_blanked, text)
    plain = [(m.start, m.end) for m in _offensive(rest, harmless)]
    rest = _blank(rest, plain)
    if not offences(rest, allow):
        return tuple(plain), True
    disguised = [_inside(m) for m in CHUNK.finditer(rest) if offences(m[0], allow)]
    return (*plain, *disguised), not offences(_blank(rest, disguised), allow)


def is_maskable(text: str, allow: tuple[str, ...] = ()) -> bool:
    """Whether masking leaves nothing that offends."""
    return _offending(text, allow)[1]


def mask(text: str, allow: tuple[str, ...] = ()) -> str:
    """The text with profane words starred out, disguised ones too, except for the first character; as long as before.

    The first character stays, so that nobody wonders which word it was, and so that Markdown sees no markup in it.
    """
    signs = list(text)
    for start, end in _offending(text, allow)[0]:
        signs[start + 1 : end] = STARRED.sub("*", text[start + 1 : end])
    return "".join(signs)
