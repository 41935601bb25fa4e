"""Toxicity: insults, threats and hatred, profane or not."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from comments.probability import probability
from comments.signals import Override, SignalCatalogue, SignalInfo
from workers.learning.attacks import attack_of_at_least

from .base import Facts, Filter

#: Log-odds that hold a comment, by the site's setting. docs/toxicity-card.md has the measured shares.
THRESHOLDS: Mapping[str, float] = {"blatant": 4.5, "clear": 2.5, "possible": 1.7}


@dataclass(frozen=True)
class ToxicityFilter(Filter):
    """Holds a comment that reads like an attack on somebody. It can never make a comment spam."""

    name = "toxicity"
    signals: ClassVar[SignalCatalogue] = {
        "toxicity.attack": SignalInfo(
            Override.HOLD,
            "a threat, or words that attack somebody, profane or not: `blatant` ones, or what the site chose as "
            "`toxicity`",
            "it attacked nobody",
            harm=3.0,
            title="Attack on people",
            sentence="It reads like an attack on somebody: {evidence}.",
            tone="bad",
        )
    }

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        threshold = THRESHOLDS.get(facts.site.toxicity, math.inf)
        if threshold == math.inf:
            return
        found = attack_of_at_least(threshold, comment.content, facts.site.language.partition("-")[0])
        if found is not None:
            named = ", ".join(f"“{part}”" for part in _without_parts(found.words))
            yield Signal("toxicity.attack", probability(found.log_odds), named)


def _without_parts(found: Iterable[str]) -> list[str]:
    """Return each word or phrase once, without those that are a part of another: "matar" of "te voy a matar"."""
    distinct = dict.fromkeys(found)
    return [part for part in distinct if not any(part in other and part != other for other in distinct)]
