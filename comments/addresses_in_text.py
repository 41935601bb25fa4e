"""Find web addresses in Markdown text, so that emphasis leaves them whole and they become links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .validation import is_web_address

#: Quotes and full stops of other scripts end an address: Chinese and Japanese put no space after it.
_ENDS = (
    '\\s<>"`\x00-\x20\x7f-\xa0\u2018-\u201f\u00ab\u00bb\u3000-\u3002\u3008-\u3011'
    "\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f"
)
#: A backslash before punctuation is Markdown's escape, which careful writers put into addresses.
_CHARACTER = rf"(?:[^{_ENDS}\\]|\\[_*~])"
#: An address with a scheme, "www.", a host with a path, and an absolute path or a query that stands alone.
_ADDRESS = re.compile(
    rf"""(?ix)
    (?<![a-z0-9]) (?: (?P<scheme> https?:// ) | [a-z][a-z0-9+.-]{{1,19}}:// ) {_CHARACTER}+
    | (?<![a-z0-9_@/.:-]) (?P<www> www\. ) {_CHARACTER}+
    | (?<![a-z0-9_@/.:-]) (?: [a-z0-9-]{{1,63}} \. ){{1,8}} [a-z]{{2,63}} / {_CHARACTER}+
    | (?<!\S) (?: / | \?[\w.-]{{1,63}}= ) {_CHARACTER}+
    """
)
#: A text without one of these has no address.
_HINT = re.compile(r"[/=]|www\.", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([_*~])")
#: Punctuation of the sentence around an address, and of Markdown.
_TRAILING = ".,:;!?'*~…"
#: Underscores that can begin or end emphasis.
_EMPHASIS = re.compile(r"(?<!\w)(?P<opens>_{1,3})(?=[^\s_])|_{1,3}(?!\w)")
_OPENING = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class TextAddress:
    """An address from `start` to `end`. `text` is without escapes. `href` is "" for one that gets no link."""

    start: int
    end: int
    text: str
    href: str


@lru_cache(64)
def addresses_in(text: str) -> tuple[TextAddress, ...]:
    """Return the addresses of a text in order. The cache holds the paragraph that is being rendered."""
    return tuple(_addresses(text)) if _HINT.search(text) else ()


def _addresses(text: str) -> Iterator[TextAddress]:
    end, marks = 0, [""]
    for match in _ADDRESS.finditer(text):
        for mark in _EMPHASIS.finditer(text, end, match.start() + 1):
            if mark["opens"]:
                marks.append(mark[0])
            elif len(marks) > 1:
                marks.pop()
        written = _without_punctuation(match[0], marks[-1])
        end = match.start() + len(written)
        plain = _ESCAPE.sub(r"\1", written)
        href = plain if match["scheme"] else f"https://{plain}" if match["www"] else ""
        if href and not is_web_address(href[:8].lower() + href[8:]):
            href = ""
        if written:
            yield TextAddress(match.start(), end, plain, href)


def _without_punctuation(address: str, mark: str) -> str:
    """Leave out the punctuation at the end, and everything from a bracket that the address did not open.

    Underscores at the end belong to the address, unless they end the emphasis that `mark` began before it.
    """
    open_brackets: list[str] = []
    for position, character in enumerate(address):
        if character in _OPENING.values():
            open_brackets.append(character)
        elif character in _OPENING:
            if not open_brackets or open_brackets[-1] != _OPENING[character]:
                address = address[:position]
                break
            open_brackets.pop()
    kept = address.rstrip(_TRAILING)
    if mark and kept.endswith(mark):
        kept = kept.removesuffix(mark).rstrip(_TRAILING)
    return kept.rstrip("\\") if kept != address else address
