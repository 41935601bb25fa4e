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
from workers.text.threats import threat

from .base import Facts, Filter

#: Log-odds that hold a comment, by the site's setting. docs/toxicity-card.md has the measured shares.
THRESHOLDS: Mapping[str, float] = {"blatant": 4.5, "clear": 3.0, "possible": 2.0}

#: Log-odds of a threat or a call for violence. Of 13,900 honest comments one was held for it, which was an attack.
THREAT = 6.0


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
        found, threatened = attack(comment.content, threshold), threat(comment.content)
        if found.log_odds < threshold and not threatened:
            return
        languages = likely_languages(comment.content, facts.site.language.partition("-")[0])
        # The model knows English only. In another language it would punish words such as the German "die".
        if not languages or ENGLISH in languages:
            evidence = [threatened] if threatened else []
            evidence += found.words if found.log_odds >= threshold else []
            log_odds = max(found.log_odds, THREAT if threatened else -math.inf)
            yield Signal("toxicity.attack", probability(log_odds), ", ".join(f"“{part}”" for part in evidence))
