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
from comments.learned_evidence import READS_LIKE_HAM, READS_LIKE_SPAM, clues_in
from comments.model import Signal
from comments.signals import SignalCatalogue, signal_title

#: A tag; its attributes may contain ">" in quotes. Everything between tags is text.
_TAG = re.compile(r"""(<(?:"[^"]*"|[^">])*>)""")
_QUOTED = re.compile("“([^”]+)”")
#: Letters of a highlighted text (shorter ones match everywhere), and texts for one comment.
MIN_LENGTH, MAX_LENGTH, MAX_HIGHLIGHTS = 2, 100, 40
_PLAIN_MARK = Markup('<mark title="{title}">{text}</mark>')
_TONED_MARK = Markup('<mark class="{tone}" title="{title}">{text}</mark>')
NO_SIGNALS: SignalCatalogue = {}
_SHOUTED = r"!{2,}|(?-i:\b[A-Z]{4,}\b)"


#: Words before the text of a clue that names what it is.
_KINDS = ("links to ", "the website ", "the name ")


@dataclass(frozen=True, slots=True)
class HighlightTerm:
    """A text to highlight, the signal it is evidence for, and its tone: "good" speaks for the comment."""

    text: str
    signal: str
    tone: str = ""


def highlight_terms(signals: Sequence[Signal]) -> tuple[HighlightTerm, ...]:
    """Texts to highlight, the longest first, so that a word does not split a longer match."""
    found = {term.text.casefold(): term for signal in reversed(signals) for term in _terms(signal)}
    return tuple(sorted(found.values(), key=lambda term: -len(term.text))[:MAX_HIGHLIGHTS])


def _terms(signal: Signal) -> Iterator[HighlightTerm]:
    if signal.name in (READS_LIKE_SPAM, READS_LIKE_HAM):
        yield from _terms_of_clues(signal)
        return
    quoted = _QUOTED.findall(signal.evidence)
    pieces = quoted or signal.evidence.split(", ")
    for piece in pieces:
        # A token of the learned filter names its place: "link:shop.example".
        text = piece.rpartition(":")[2].strip() if quoted else piece.strip()
        if MIN_LENGTH <= len(text) <= MAX_LENGTH:
            yield HighlightTerm(text, signal.name)


def _terms_of_clues(signal: Signal) -> Iterator[HighlightTerm]:
    """Yield words, hosts and names that the trained models know. Other traits have no text."""
    for clue in clues_in(signal.evidence):
        quoted = _QUOTED.fullmatch(clue.text)
        kind = next((kind for kind in _KINDS if clue.text.startswith(kind)), "")
        text = quoted[1] if quoted else clue.text.removeprefix(kind) if kind else ""
        if MIN_LENGTH <= len(text) <= MAX_LENGTH:
            is_spam = clue.is_for is (signal.name == READS_LIKE_SPAM)
            yield HighlightTerm(text, signal.name, "" if is_spam else "good")


def highlight_html(safe: str, signals: Sequence[Signal], catalogue: SignalCatalogue = NO_SIGNALS) -> Markup:
    """Put a <mark> around the evidence of signals in `safe` HTML. Its title is that of the signal."""
    pattern, names = _pattern(signals, catalogue)
    if pattern is None:
        return Markup(safe)  # noqa: S704 - the renderer made it safe
    parts = (part if _TAG.fullmatch(part) else _mark(html.unescape(part), pattern, names) for part in _TAG.split(safe))
    return Markup("".join(parts))  # noqa: S704 - tags are as they were, and all text is escaped anew


def highlight_text(text: str, signals: Sequence[Signal], catalogue: SignalCatalogue = NO_SIGNALS) -> Markup:
    """Escape plain `text` and highlight it in the same way."""
    pattern, names = _pattern(signals, catalogue)
    return Markup(_mark(text, pattern, names)) if pattern else escape(text)  # noqa: S704 - _mark escapes


def _pattern(
    signals: Sequence[Signal], catalogue: SignalCatalogue
) -> tuple[re.Pattern[str] | None, Mapping[str, tuple[str, str]]]:
    """A pattern of everything to highlight, and the title and tone of each text."""
    found = highlight_terms(signals)
    # Whole words only, if a text begins or ends with a letter: "ham" does not match in "Birmingham".
    parts = [rf"(?<!\w){re.escape(c.text)}(?!\w)" if c.text[0].isalnum() else re.escape(c.text) for c in found]
    parts += [HOST.pattern] * any(s.name.startswith(("links.", "reputation.")) for s in signals)
    parts += [_SHOUTED] * any(s.name.startswith("shouting.") for s in signals)
    names = {term.text.casefold(): (signal_title(catalogue, term.signal), term.tone) for term in found}
    return (re.compile("|".join(parts), re.IGNORECASE) if parts else None), names


def _mark(text: str, pattern: re.Pattern[str], names: Mapping[str, tuple[str, str]]) -> str:
    done, at = [], 0
    for hit in pattern.finditer(text):
        if hit[0]:
            title, tone = names.get(hit[0].casefold(), ("Link" if "." in hit[0] else "Shouting", ""))
            mark = _TONED_MARK if tone else _PLAIN_MARK
            done += [escape(text[at : hit.start()]), mark.format(title=title, tone=tone, text=hit[0])]
            at = hit.end()
    return "".join((*done, escape(text[at:])))
