"""Shouting: capitals, repetition and exclamation marks."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from workers.text.normalization import fold, unusual
from workers.text.style_measures import CAPITALS
from workers.text.tokens import repeats, words

from .base import Facts, Filter, Weight

#: Letters of scripts without case, digits and pictures are left out: "哈哈哈哈哈", "55555" and hands that clap are
#: laughter and applause, not noise.
RUN = re.compile(r"([^\W\d_]|[!?‼❗❓])\1{4,}")
SHORTEST_RUN = 5
EXCLAMATION = "!！‼❗"


def capitals_of(text: str) -> int:
    """How many letters are capitals."""
    written = text.encode("utf-8", "replace")
    plain = len(written) - len(written.translate(None, CAPITALS))
    return plain if text.isascii() else plain + sum(map(str.isupper, unusual(text)))


def _has_case(letter: str) -> bool:
    return not letter.isalpha() or letter.lower() != letter.upper()


@dataclass(frozen=True)
class Shouting(Filter):
    """Bad manners, a sign of advertising only with others beside it. Blind to scripts that have no capitals."""

    name = "shouting"
    # All three together are worth a second look and no more.
    weights: ClassVar[Mapping[str, Weight]] = {
        "shouting.capitals": 1.5,
        "shouting.repetition": 1.5,
        "shouting.exclamation": 1.0,
    }

    #: Below these a text is too short for its shares to mean anything.
    enough_letters: int = 20
    enough_words: int = 15
    #: Exclamation marks that a cheerful person uses.
    cheerful: int = 3

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        yield from self._capitals(comment.content)
        yield from self._repetition(comment.content)
        marks = sum(map(comment.content.count, EXCLAMATION))
        if marks > self.cheerful:
            yield Signal("shouting.exclamation", min(1.0, marks / 10), f"{marks} exclamation marks")

    def _capitals(self, text: str) -> Iterator[Signal]:
        capitals = capitals_of(text)
        cased = capitals + sum(map(str.islower, text)) if capitals >= self.enough_letters / 2 else 0
        if cased >= self.enough_letters and capitals > cased / 2:
            yield Signal("shouting.capitals", capitals / cased, f"{capitals} of {cased} letters are capitals")

    def _repetition(self, text: str) -> Iterator[Signal]:
        runs = RUN.finditer(text) if repeats(text, SHORTEST_RUN) else ()
        if run := next((m for m in runs if _has_case(m[1])), None):
            yield Signal("shouting.repetition", min(1.0, len(run[0]) / 10), f"{len(run[0])} times “{run[1]}”")
            return
        said = words(fold(text).text)
        if len(said) >= self.enough_words and len(set(said)) < len(said) / 3:
            yield Signal("shouting.repetition", 1.0, f"{len(said)} words, {len(set(said))} different ones")
