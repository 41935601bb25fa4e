"""Decide how much a text attacks somebody, in its language.

In English the words of `toxicity_model` and the threats of `workers.text.threats` count too, in other languages only
the traits of an attack. The threats of `workers.text.foreign_threats` count in each language.
"""

import math
from functools import lru_cache

from workers.text.attack_words import INSIDE_RUNS, MAX_WORDS, languages_of, may_tell, spelled_plainly
from workers.text.foreign_threats import foreign_threat
from workers.text.languages import ENGLISH
from workers.text.normalization import fold
from workers.text.threats import threat
from workers.text.tokens import is_clearly_english, words

from .attack_bounds import ScoreBounds
from .attack_traits import shipped_weights
from .toxicity_model import MAX_EVIDENCE, STEPS, Attack, shipped_toxicity

#: Share of the model's log-odds in the score of an English text, beside the traits.
LINEAR_SHARE = 0.4
#: Log-odds of a score at its language's bar. Honest comments set the bars.
BLATANT = 4.5
#: Log-odds of a threat or a call for violence.
THREAT = 6.0
_HARMLESS = Attack(0.0, ())
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


def attack_of_at_least(log_odds: float, text: str, home: str = "") -> Attack | None:
    """Return the attack of a text, or None if its log-odds are lower. Most texts are quickly seen to be lower."""
    if not _has_threat(text) and not _may_score(log_odds, text, home):
        return None
    found = attack_of(text, home)
    return found if found.log_odds >= log_odds else None


def attack_of(text: str, home: str = "") -> Attack:
    """Return how much a text attacks somebody, and by which words; `home` is the language of the site.

    The log-odds are 0 without any sign of an attack, and below 0 if an attack is denied, reported or quoted.
    """
    scored, announced = _scored(text, home), foreign_threat(text)
    if announced:
        return Attack(max(scored.log_odds, THREAT), (announced, *scored.words)[:MAX_EVIDENCE])
    return scored


def _has_threat(text: str) -> bool:
    return bool(threat(text) or foreign_threat(text))


def _languages(text: str, home: str) -> frozenset[str]:
    """Return the languages that a text may be in; empty if any language is possible."""
    return _ENGLISH if is_clearly_english(fold(text).text) else languages_of(text, home)


def _may_score(log_odds: float, text: str, home: str) -> bool:
    """Decide quickly if the words of a text can reach these log-odds. A threat needs no score."""
    folded, needed = fold(text).text, log_odds / BLATANT
    if needed <= 0:
        return True
    if not folded.isascii() and INSIDE_RUNS.search(folded):
        return may_tell(spelled_plainly(text))
    tokens = words(spelled_plainly(text))[:MAX_WORDS]
    english = _ENGLISH if is_clearly_english(folded) else _ANY
    lowest = needed * (_bar(_ENGLISH) if english else min(shipped_weights().bars.values()))
    if _bounds(english).of_score(tokens, lowest, LINEAR_SHARE) < lowest:
        return False
    languages = english or languages_of(text, home)
    of_words = words_score(text).log_odds if not languages or ENGLISH in languages else 0.0
    of_traits = _bounds(languages & shipped_weights().languages).of_traits(tokens)
    return of_traits + LINEAR_SHARE * of_words >= needed * _bar(languages, home)


def _scored(text: str, home: str) -> Attack:
    """Return the attack by words, traits and the threats that need no grammar, in the judged languages of a text."""
    weights, languages = shipped_weights(), _languages(text, home)
    judged = languages & weights.languages
    if languages and not judged:
        return _HARMLESS
    may_be_english = not judged or ENGLISH in judged
    linear = words_score(text) if may_be_english else _HARMLESS
    traits = weights.score(text, judged)
    log_odds = BLATANT * (traits.score + LINEAR_SHARE * linear.log_odds) / _bar(languages, home)
    evidence = linear.words or traits.words
    threatened = threat(text) if may_be_english else ""
    if threatened or (traits.threatens and not may_be_english):
        log_odds = max(log_odds, THREAT)
    return Attack(log_odds, ((threatened,) if threatened else ()) + evidence[: MAX_EVIDENCE - bool(threatened)])
