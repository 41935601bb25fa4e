"""Toxicity: insults, threats and hatred, profane or not."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from comments.probability import probability
from comments.signals import Override, SignalCatalogue, SignalInfo
from workers.learning.toxicity_model import attack
from workers.text.languages import ENGLISH, likely_languages

from .base import Facts, Filter

#: Log-odds that hold a comment, by the site's setting. docs/toxicity-card.md has the measured shares.
THRESHOLDS: Mapping[str, float] = {"blatant": 4.5, "clear": 3.0, "possible": 2.0}


@dataclass(frozen=True)
class ToxicityFilter(Filter):
    """Holds a comment that reads like an attack on somebody. It can never make a comment spam."""

    name = "toxicity"
    signals: ClassVar[SignalCatalogue] = {
        "toxicity.attack": SignalInfo(
            Override.HOLD,
            "words that attack somebody, profane or not: `blatant` ones, or what the site chose as `toxicity`",
            "it did not attack anybody ({evidence})",
            harm=3.0,
            label="Attack on people",
        )
    }

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        threshold = THRESHOLDS.get(facts.site.toxicity, math.inf)
        if threshold == math.inf or (found := attack(comment.content, threshold)).log_odds < threshold:
            return
        languages = likely_languages(comment.content, facts.site.language.partition("-")[0])
        # The model knows English only. In another language it would punish words such as the German "die".
        if not languages or ENGLISH in languages:
            evidence = ", ".join(f"“{words}”" for words in found.words)
            yield Signal("toxicity.attack", probability(found.log_odds), evidence)
