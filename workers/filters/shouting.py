"""Shouting: capitals, repetition and exclamation marks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from comments.signals import SignalCatalogue, SignalInfo
from workers.text.normalization import fold, unusual
from workers.text.style_measures import CAPITALS, SMALL
from workers.text.tokens import repeats, words

from .base import Facts, Filter

#: A run of one letter or punctuation mark. Runs of digits, pictures and letters of scripts without case are laughter
#: and applause ("哈哈哈哈哈", "55555").
_REPEATED_SIGN = re.compile(r"([^\W\d_]|[!?‼❗❓])\1{4,}")
SHORTEST_RUN = 5
EXCLAMATION = "!！‼❗"


def count_capitals(text: str) -> int:
    encoded = text.encode("utf-8", "replace")
    plain = len(encoded) - len(encoded.translate(None, CAPITALS))
    return plain if text.isascii() else plain + sum(map(str.isupper, unusual(text)))


def _count_small(text: str) -> int:
    if text.isascii():
        return len(text) - len(text.encode().translate(None, SMALL))
    return sum(map(str.islower, text))


def _is_mark_or_has_case(letter: str) -> bool:
    return not letter.isalpha() or letter.lower() != letter.upper()


@dataclass(frozen=True)
class ShoutingFilter(Filter):
    """Finds impolite texts, and with other signals advertising. Ignores scripts that have no capitals."""

    name = "shouting"
    # All three together hold a comment, and no more.
    signals: ClassVar[SignalCatalogue] = {
        "shouting.capitals": SignalInfo(
            1.4,
            "more than half of at least twenty letters are capitals",
            "it had fewer capital letters",
            gradual=True,
            title="Capital letters",
            sentence="{evidence}.",
            tone="warn",
        ),
        "shouting.repetition": SignalInfo(
            0.9,
            "one letter or mark five times or more in a row, or the same few words again and again",
            "it repeated itself less",
            gradual=True,
            title="Repeated letters or words",
            sentence="{evidence}.",
            tone="warn",
        ),
        "shouting.exclamation": SignalInfo(
            0.7,
            "more than three exclamation marks",
            "it had fewer exclamation marks",
            gradual=True,
            title="Exclamation marks",
            sentence="It has {evidence}.",
            tone="warn",
        ),
    }

    #: Shorter texts are not checked for capitals, or for repeated words.
    least_letters: int = 20
    least_words: int = 15
    #: Exclamation marks that a cheerful person uses.
    cheerful: int = 3

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        yield from self._capitals(comment.content)
        yield from self._repetition(comment.content)
        text = comment.content
        marks = text.count("!") if text.isascii() else sum(map(text.count, EXCLAMATION))
        if marks > self.cheerful:
            yield Signal("shouting.exclamation", min(1.0, marks / 10), f"{marks} exclamation marks")

    def _capitals(self, text: str) -> Iterator[Signal]:
        capitals = count_capitals(text)
        cased = capitals + _count_small(text) if capitals >= self.least_letters / 2 else 0
        if cased >= self.least_letters and capitals > cased / 2:
            yield Signal("shouting.capitals", capitals / cased, f"{capitals} of {cased} letters are capitals")

    def _repetition(self, text: str) -> Iterator[Signal]:
        runs = _REPEATED_SIGN.finditer(text) if repeats(text, SHORTEST_RUN) else ()
        if run := next((m for m in runs if _is_mark_or_has_case(m[1])), None):
            yield Signal(
                "shouting.repetition", min(1.0, len(run[0]) / 10), f"It has “{run[1]}” {len(run[0])} times in a row"
            )
            return
        found = words(fold(text).text)
        if len(found) >= self.least_words and (distinct := len(set(found))) < len(found) / 3:
            yield Signal("shouting.repetition", 1.0, f"It has {len(found)} words, and only {distinct} different ones")
