"""Toxicity: words that attack somebody, whether they are profane or not."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from workers.learning.toxicity_model import attack

from .base import Facts, Filter, Mark, Weight

#: Log-odds from which on a comment is held, by what the site chose. docs/toxicity-card.md has the measured shares.
LEVELS: Mapping[str, float] = {"blatant": 4.5, "clear": 3.0, "possible": 2.0}


@dataclass(frozen=True)
class Toxicity(Filter):
    """Holds what reads like an insult, a threat or hatred, for a person to read; it can never make a comment spam."""

    name = "toxicity"
    weights: ClassVar[Mapping[str, Weight]] = {"toxicity.attack": Mark.HOLD}

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        bar = LEVELS.get(facts.site.toxicity, math.inf)
        if bar < math.inf and (found := attack(comment.content, bar)).log_odds >= bar:
            sure = 1 / (1 + math.exp(-min(40.0, found.log_odds)))
            yield Signal("toxicity.attack", sure, ", ".join(f"“{words}”" for words in found.words))
