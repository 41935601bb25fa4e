"""Evidence marked where it stands in a text. It works on HTML that is safe already, and leaves it so.

Signals say what they saw in words, not where; so the words are looked for again: what stands in quotes, what stands
between commas, and links where a signal is about links.
"""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from comments.hosts import HOST
from comments.model import Signal

#: A tag, whose attributes may hold ">" between quotes; what is between tags is text.
TAG = re.compile(r"""(<(?:"[^"]*"|[^">])*>)""")
QUOTED = re.compile("“([^”]+)”")
#: Evidence that is shorter than this is found everywhere.
SHORTEST, LONGEST, MOST = 2, 100, 40
SHOUTED = r"!{2,}|(?-i:\b[A-Z]{4,}\b)"


@dataclass(frozen=True, slots=True)
class Clue:
    """A text that a signal points at."""

    text: str
    signal: str


def clues(signals: Sequence[Signal]) -> tuple[Clue, ...]:
    """What to look for, the longest first, so that a word inside a longer hit does not break it up."""
    found = {clue.text.casefold(): clue for signal in reversed(signals) for clue in _clues(signal)}
    return tuple(sorted(found.values(), key=lambda clue: -len(clue.text))[:MOST])


def _clues(signal: Signal) -> Iterator[Clue]:
    quoted = QUOTED.findall(signal.evidence)
    pieces = quoted or signal.evidence.split(", ")
    for piece in pieces:
        # A token of the learned filter says where it stood: "link:shop.example".
        text = piece.rpartition(":")[2].strip() if quoted else piece.strip()
        if SHORTEST <= len(text) <= LONGEST:
            yield Clue(text, signal.name)


def marked(safe: str, signals: Sequence[Signal]) -> Markup:
    """`safe` HTML with a <mark> around whatever a signal points at."""
    pattern, names = _pattern(signals)
    if pattern is None:
        return Markup(safe)  # noqa: S704 - the renderer made it safe
    parts = (part if TAG.fullmatch(part) else _mark(html.unescape(part), pattern, names) for part in TAG.split(safe))
    return Markup("".join(parts))  # noqa: S704 - tags are as they were, and all text is escaped anew


def marked_text(text: str, signals: Sequence[Signal]) -> Markup:
    """Plain `text`, escaped, with the same marks."""
    pattern, names = _pattern(signals)
    return Markup(_mark(text, pattern, names)) if pattern else escape(text)  # noqa: S704 - _mark escapes


def _pattern(signals: Sequence[Signal]) -> tuple[re.Pattern[str] | None, Mapping[str, str]]:
    """What to mark, and which signal each literal clue belongs to."""
    found = clues(signals)
    # Whole words only, where a clue begins or ends with a letter: "ham" is not marked in "Birmingham".
    parts = [rf"(?<!\w){re.escape(c.text)}(?!\w)" if c.text[0].isalnum() else re.escape(c.text) for c in found]
    parts += [HOST.pattern] * any(s.name.startswith("links.") for s in signals)
    parts += [SHOUTED] * any(s.name.startswith("shouting.") for s in signals)
    names = {clue.text.casefold(): clue.signal for clue in found}
    return (re.compile("|".join(parts), re.IGNORECASE) if parts else None), names


def _mark(text: str, pattern: re.Pattern[str], names: Mapping[str, str]) -> str:
    done, at = [], 0
    for hit in pattern.finditer(text):
        if hit[0]:
            name = names.get(hit[0].casefold(), "links" if "." in hit[0] else "shouting")
            done += [escape(text[at : hit.start()]), Markup('<mark title="{}">{}</mark>').format(name, hit[0])]
            at = hit.end()
    return "".join((*done, escape(text[at:])))
