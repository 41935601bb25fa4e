"""Decide how much a text attacks somebody, in its language.

In English the words of `toxicity_model` and the threats of `workers.text.threats` count too, in other languages only
the traits of an attack.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

from workers.text.attack_words import INSIDE_RUNS, MAX_WORDS, languages_of, may_tell, spelled_plainly
from workers.text.languages import ENGLISH
from workers.text.normalization import fold
from workers.text.threats import threat
from workers.text.tokens import is_clearly_english, words

from .attack_bounds import ScoreBounds
from .attack_traits import shipped_weights
from .toxicity_model import MAX_EVIDENCE, STEPS, Attack, shipped_toxicity

#: Share of the model's log-odds in the score of an English text, beside the traits.
LINEAR_SHARE = 0.4
#: Log-odds of a text without an attack, and of a score at its language's bar. Honest comments set the bars.
NEUTRAL, BLATANT = 0.0, 4.5
#: Log-odds of a threat or a call for violence.
THREAT = 6.0
_NONE = Attack(NEUTRAL, ())
_ENGLISH, _ANY = frozenset((ENGLISH,)), frozenset[str]()


@lru_cache(maxsize=24)
def _bounds(languages: frozenset[str]) -> ScoreBounds:
    return ScoreBounds(shipped_weights(), languages)


def words_score(text: str) -> Attack:
    """Return the score of the model of English words, 0 for a text without a known word."""
    model = shipped_toxicity()
    found = model.attack(text)
    return Attack(found.log_odds - model.bias / STEPS, found.words)


def _bar(languages: frozenset[str], home: str = "") -> float:
    """Return the bar of a text that may be in these languages, in any if none is given.

    It is infinite if one of them is not judged, as Spanish beside Italian, unless the site's language is among them.
    """
    bars = shipped_weights().bars
    if ENGLISH in languages or not languages:
        return bars[ENGLISH]
    is_known = home in languages or languages <= bars.keys()
    return max([bars[language] for language in languages & bars.keys()], default=math.inf) if is_known else math.inf


def judged_attack(text: str, threshold: float = -math.inf, home: str = "") -> Attack:
    """Return the log-odds that a text attacks somebody, and its words; `home` is the language of the site.

    Below the threshold, the score is not exact: most texts cannot reach it, which is quick to see.
    """
    threatened, weights, folded = threat(text), shipped_weights(), fold(text).text
    english = _ENGLISH if is_clearly_english(folded) else _ANY
    is_quick = threshold > NEUTRAL and not threatened
    tokens: Sequence[str] = ()
    if is_quick and (folded.isascii() or not INSIDE_RUNS.search(folded)):
        tokens = words(spelled_plainly(text))[:MAX_WORDS]
        needed = threshold / BLATANT * (_bar(_ENGLISH) if english else min(weights.bars.values()))
        if _bounds(english).of_score(tokens, needed, LINEAR_SHARE) < needed:
            return _NONE
    elif is_quick and not may_tell(spelled_plainly(text)):
        return _NONE
    languages = english or languages_of(text, home)
    judged, bar = languages & weights.languages, _bar(languages, home)
    if languages and not judged:
        return _NONE
    linear = words_score(text) if not languages or ENGLISH in languages else _NONE
    if tokens:
        most = _bounds(judged).of_traits(tokens) + LINEAR_SHARE * linear.log_odds
        if most < threshold / BLATANT * bar:
            return _NONE
    traits = weights.score(text, judged)
    log_odds = NEUTRAL + (BLATANT - NEUTRAL) * (traits.score + LINEAR_SHARE * linear.log_odds) / bar
    evidence = linear.words or traits.words
    if not judged or ENGLISH in judged:
        if threatened:
            log_odds, evidence = max(log_odds, THREAT), (threatened, *evidence)
    elif traits.threatens:
        log_odds = max(log_odds, THREAT)
    return Attack(log_odds, evidence[:MAX_EVIDENCE] if log_odds >= threshold else ())
