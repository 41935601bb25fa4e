"""Gibberish: random letters, which bots send to test a form."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from comments.signals import Override, SignalCatalogue, SignalInfo
from workers.text.letter_pairs import is_gibberish
from workers.text.normalization import fold

from .base import Facts, Filter


@dataclass(frozen=True)
class GibberishFilter(Filter):
    """Holds a comment of random letters. It can never make a comment spam, because a cat can type too."""

    name = "gibberish"
    signals: ClassVar[SignalCatalogue] = {
        "gibberish.text": SignalInfo(
            Override.HOLD,
            "most of it is random letters in Latin or Cyrillic script, which occur in no language",
            "it consisted of words",
            harm=1.5,
            title="Random letters",
            sentence="{evidence}.",
            tone="bad",
        )
    }

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        if is_gibberish(fold(comment.content)):
            yield Signal("gibberish.text", 1.0, "Most of the text is random letters")
