"""Highlight the evidence of signals in a comment. The input is safe HTML, and so is the output.

A signal quotes its evidence without a position, so the quoted text is searched for: text in quotes, text between
commas, and links for a signal about links.
"""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from comments.hosts import HOST
from comments.model import Signal

#: A tag; its attributes may contain ">" in quotes. Everything between tags is text.
_TAG = re.compile(r"""(<(?:"[^"]*"|[^">])*>)""")
_QUOTED = re.compile("“([^”]+)”")
#: Letters of a highlighted text (shorter ones match everywhere), and texts for one comment.
MIN_LENGTH, MAX_LENGTH, MAX_HIGHLIGHTS = 2, 100, 40
_SHOUTED = r"!{2,}|(?-i:\b[A-Z]{4,}\b)"


@dataclass(frozen=True, slots=True)
class HighlightTerm:
    """A text to highlight, and the signal it is evidence for."""

    text: str
    signal: str


def highlight_terms(signals: Sequence[Signal]) -> tuple[HighlightTerm, ...]:
    """Texts to highlight, the longest first, so that a word does not split a longer match."""
    found = {term.text.casefold(): term for signal in reversed(signals) for term in _terms(signal)}
    return tuple(sorted(found.values(), key=lambda term: -len(term.text))[:MAX_HIGHLIGHTS])


def _terms(signal: Signal) -> Iterator[HighlightTerm]:
    quoted = _QUOTED.findall(signal.evidence)
    pieces = quoted or signal.evidence.split(", ")
    for piece in pieces:
        # A token of the learned filter names its place: "link:shop.example".
        text = piece.rpartition(":")[2].strip() if quoted else piece.strip()
        if MIN_LENGTH <= len(text) <= MAX_LENGTH:
            yield HighlightTerm(text, signal.name)


def highlight_html(safe: str, signals: Sequence[Signal]) -> Markup:
    """Put a <mark> around the evidence of signals in `safe` HTML."""
    pattern, names = _pattern(signals)
    if pattern is None:
        return Markup(safe)  # noqa: S704 - the renderer made it safe
    parts = (part if _TAG.fullmatch(part) else _mark(html.unescape(part), pattern, names) for part in _TAG.split(safe))
    return Markup("".join(parts))  # noqa: S704 - tags are as they were, and all text is escaped anew


def highlight_text(text: str, signals: Sequence[Signal]) -> Markup:
    """Escape plain `text` and highlight it in the same way."""
    pattern, names = _pattern(signals)
    return Markup(_mark(text, pattern, names)) if pattern else escape(text)  # noqa: S704 - _mark escapes


def _pattern(signals: Sequence[Signal]) -> tuple[re.Pattern[str] | None, Mapping[str, str]]:
    """A pattern of everything to highlight, and the signal that each text belongs to."""
    found = highlight_terms(signals)
    # Whole words only, if a text begins or ends with a letter: "ham" does not match in "Birmingham".
    parts = [rf"(?<!\w){re.escape(c.text)}(?!\w)" if c.text[0].isalnum() else re.escape(c.text) for c in found]
    parts += [HOST.pattern] * any(s.name.startswith("links.") for s in signals)
    parts += [_SHOUTED] * any(s.name.startswith("shouting.") for s in signals)
    names = {term.text.casefold(): term.signal for term in found}
    return (re.compile("|".join(parts), re.IGNORECASE) if parts else None), names


def _mark(text: str, pattern: re.Pattern[str], names: Mapping[str, str]) -> str:
    done, at = [], 0
    for hit in pattern.finditer(text):
        if hit[0]:
            name = names.get(hit[0].casefold(), "links" if "." in hit[0] else "shouting")
            done += [escape(text[at : hit.start()]), Markup('<mark title="{}">{}</mark>').format(name, hit[0])]
            at = hit.end()
    return "".join((*done, escape(text[at:])))
