"""Generate honest and spam comments of kinds that no freely licensed corpus contains."""

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .disguise import DISGUISES
from .grammar import Grammar, read

TEXT = Path(__file__).parent / "text"
#: The second file of each has kinds of comments that the first one lacks: see docs/prior.md.
HONEST_TEXT = (TEXT / "honest.txt", TEXT / "decoy.txt")
SPAM_TEXT = (TEXT / "spam.txt", TEXT / "pitch.txt", TEXT / "fraud.txt")
NAME_PART = re.compile("[a-z0-9]+")

#: Rule and number of texts of each kind. With half as many, recall at 1 % varied by .015 with the seed; with these by
#: .005. The weight of a kind is the root of its number. With 4,000 of `pitched` and 1,000 of `thanked`, recall at .1 %
#: fell from .47 to .39, because honest readers praise too.
HONEST: Mapping[str, int] = {
    "news": 7000,
    "blog": 5200,
    "song": 1400,
    "hobby_talk": 400,
    "foreign": 3000,
    "decoy": 1500,
}
SPAM: Mapping[str, int] = {
    "advert": 8000,
    "flatter": 1000,
    "pitched": 800,
    "thanked": 100,
    "foreign_pitch": 400,
    "testimony": 400,
    "fraud": 600,
}

#: Share of authors with a website: blogs ask for one, other places do not.
SIGNED: Mapping[str, float] = {"blog": 0.5, "advert": 0.4, "flatter": 0.6, "decoy": 0.3, "pitched": 0.3, "thanked": 1.0}
#: Share of authors with a name.
NAMED: Mapping[str, float] = {
    "news": 0.7,
    "blog": 0.95,
    "song": 0.8,
    "hobby_talk": 0.7,
    "foreign": 0.7,
    "advert": 0.5,
    "flatter": 0.6,
    "decoy": 0.8,
    "pitched": 0.8,
    "thanked": 1.0,
    "foreign_pitch": 0.7,
    "testimony": 0.9,
    "fraud": 0.9,
}
#: Share of spam that is disguised.
DISGUISED = 0.2
#: Share of spam that is hidden in an honest text.
PADDED = 0.06
#: Share of honest texts typed without care: no capitals, no full stops, letters lost.
CARELESS = 0.25


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled comment."""

    text: str
    spam: bool
    source: str
    author: str = ""
    url: str = ""
    group: str = ""  # the page or video that it is about


def chance(label: str, seed: int) -> random.Random:
    """A random generator with a fixed seed."""
    return random.Random(f"{label} {seed}")  # noqa: S311


def honest(seed: int, share: float = 1.0) -> Iterator[Example]:
    """Generate each rule of HONEST the given number of times."""
    draw, grammar = chance("honest", seed), read(*HONEST_TEXT)
    for rule, n in HONEST.items():
        for _ in range(round(n * share)):
            text = grammar.line(rule, draw)
            text = _careless(text, draw) if draw.random() < CARELESS else text
            yield Example(text, False, f"generated {rule}", *_signature(grammar, rule, draw))


def spam(seed: int, share: float = 1.0) -> Iterator[Example]:
    """Generate each rule of SPAM the given number of times, some of it disguised."""
    draw, grammar, innocent = chance("spam", seed), read(*SPAM_TEXT), read(*HONEST_TEXT)
    for rule, n in SPAM.items():
        for _ in range(round(n * share)):
            text = grammar.line(rule, draw)
            text = _careless(text, draw) if draw.random() < CARELESS else text
            if draw.random() < DISGUISED:
                text = draw.choice(list(DISGUISES.values()))(text, draw)
            if draw.random() < PADDED:
                text = padded(text, innocent.line(draw.choice(("news", "blog")), draw), draw)
            yield Example(text, True, f"generated {rule}", *_signature(grammar, rule, draw))


def padded(text: str, innocent: str, draw: random.Random) -> str:
    """Put a text before or after an innocent one."""
    separator = draw.choice((" ", "\n", "\n\n"))
    return separator.join((text, innocent) if draw.random() < 0.5 else (innocent, text))


def _signature(grammar: Grammar, rule: str, draw: random.Random) -> tuple[str, str]:
    """Return name and website. "~" in a line of the grammar becomes the letters of the name."""
    if draw.random() >= NAMED.get(rule, 0.0):
        return "", ""
    signed = draw.random() < SIGNED.get(rule, 0.0)
    author, _, url = grammar.line("signed" if signed else "author", draw).partition(" | ")
    shown = draw.choice((author, author, author.title(), author.lower()))
    if "~" in url:
        url = url.replace("~", draw.choice(("", "", "-")).join(NAME_PART.findall(author.lower())))
    return shown, url


def _careless(text: str, draw: random.Random) -> str:
    """Make a text look typed on a phone."""
    if draw.random() < 0.6:
        text = text.lower()
    elif draw.random() < 0.2:
        text = text.upper()
    if draw.random() < 0.5:
        text = text.rstrip(".").replace(". ", draw.choice((" ", "... ", ", ", "! ")))
    if draw.random() < 0.5 and len(text) > 20:
        at = draw.randrange(1, len(text) - 1)
        text = text[:at] + text[at + 1 :]
    return text
