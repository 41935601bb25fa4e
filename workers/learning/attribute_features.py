"""Measure a text for the attribute model: attacks, threats and profane words, each as a number from 0 on."""

from collections import Counter

from workers.text.group_names import GROUP_NAMES
from workers.text.languages import ENGLISH
from workers.text.normalization import fold
from workers.text.profanity import WordChoice, profane_words
from workers.text.profanity_tiers import Tier, tier
from workers.text.threats import VIOLENT_WORDS, threat
from workers.text.tokens import words

from .toxicity_model import MERGED, READER, shipped_toxicity

#: Names of the features, in the order of their values.
FEATURES = ("attack", "strong-word", "mild-word", "slur", "threat", "violent-word")
#: Log-odds of the toxicity model count between these.
LEAST_ATTACK, MOST_ATTACK = -3.0, 6.0
#: Words of one tier that count; more of them do not make a text more profane.
MOST_WORDS = 2
#: Words between a violent word and the people it is about.
NEAR = 6
_EVERY_TIER = WordChoice(Tier.MILD)


def attribute_features(text: str, languages: frozenset[str]) -> tuple[float, ...]:
    """Return the value of each feature. `languages` are the likely ones of the text; empty if unknown.

    In a language other than English only profane words count. All other words are unknown, as unknown words in English.
    """
    tiers = Counter(tier(word) for word in profane_words(text, _EVERY_TIER))
    strong, mild = (float(min(MOST_WORDS, tiers[each])) for each in (Tier.STRONG, Tier.MILD))
    is_english = not languages or ENGLISH in languages
    log_odds = shipped_toxicity().attack(text if is_english else "").log_odds
    attack = min(MOST_ATTACK, max(LEAST_ATTACK, log_odds)) - LEAST_ATTACK
    threatens, is_violent = is_english and bool(threat(text)), is_english and _is_violent(text)
    return attack, strong, mild, float(bool(tiers[Tier.SLUR])), float(threatens), float(is_violent)


def _is_violent(text: str) -> bool:
    """Decide if a violent word is near a word for the reader or for a group of people."""
    found = words(fold(text).text)
    violent = [n for n, word in enumerate(found) if word in VIOLENT_WORDS]
    people = {n for n, word in enumerate(found) if word in GROUP_NAMES or MERGED.get(word) == READER}
    return any(not people.isdisjoint(range(n - NEAR, n + NEAR + 1)) for n in violent)
