"""Bound quickly the score that a text can have. Most texts cannot reach a threshold."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_

from workers.text.attack_words import TELLING, Sense, lexicon
from workers.text.languages import ENGLISH
from workers.text.memo import WordCache

from .attack_traits import TRAIT_REACH, TRAIT_SPAN, TraitWeights
from .toxicity_model import MERGED, STEPS, shipped_toxicity, sums_of_spans

#: Kinds that count only around others come first, so that one comparison finds the others.
_KINDS = ("you", "plan", "not", "group", *sorted(TELLING - {"group"}))
_BITS = {kind: 1 << n for n, kind in enumerate(_KINDS)}
#: Mark of a word that is listed only together with the words that follow it.
_PHRASE = 1 << len(_KINDS)
_FIRST_WEIGHED = _BITS[_KINDS[4]]
_WEIGHED = sum(_BITS[kind] for kind in TELLING - {"group"})
_AROUND = sum(_BITS[kind] for kind in ("you", "group", "slur", "plan", "not"))


def _bits(senses: Sequence[Sense]) -> int:
    return reduce(or_, [_BITS.get(sense.kind, 0) for sense in senses], 0)


@dataclass(frozen=True, slots=True)
class _Word:
    """A listed word: its kinds, its highest weight in the model of English words, and those after other words."""

    mask: int
    name: str
    most: int
    after: dict[str, int]
    highest: int  # with the best word before it


@cache
def _pairs() -> dict[str, dict[str, int]]:
    """Return the words after which another one counts as an attack, with the weight of the pair in STEPS."""
    found: dict[str, dict[str, int]] = {}
    for pair, weight in shipped_toxicity().most.items():
        if " " in pair:
            before, last = pair.split()
            found.setdefault(last, {})[before] = weight
    return found


class ScoreBounds:
    """Highest scores by the words around each charged word, in some languages; in all of them if none is given."""

    def __init__(self, weights: TraitWeights, languages: frozenset[str]) -> None:
        self._weights, self._languages = weights, languages
        self._may_be_english = not languages or ENGLISH in languages
        self._words = WordCache(self._word)
        self._phrases = WordCache(self._next_words)
        self._values: dict[tuple[int, int], float] = {}

    def _senses(self, word: str) -> list[Sense]:
        languages = self._languages
        return [s for s in lexicon().cache[word] if not languages or s.language in languages]

    def _word(self, word: str) -> _Word | None:
        senses, name = self._senses(word), MERGED.get(word, word)
        mask = _bits([sense for sense in senses if not sense.following])
        mask |= _PHRASE if any(s.following and s.kind in _BITS for s in senses) else 0
        most, after = shipped_toxicity().most.get(name, 0), _pairs().get(name, {})
        if not self._may_be_english:
            most, after = 0, {}
        highest = most + max(after.values(), default=0)
        return _Word(mask, name, most, after, highest) if mask or most or after or name != word else None

    def _next_words(self, word: str) -> dict[str, list[Sense]]:
        """Return the senses of a word that depend on the next ones, by the next one."""
        found: dict[str, list[Sense]] = {}
        for sense in self._senses(word):
            if sense.following:
                found.setdefault(sense.following[0], []).append(sense)
        return found

    def _with_phrases(self, tokens: Sequence[str], n: int, mask: int) -> int:
        next_words = self._phrases[tokens[n]]
        if n + 1 >= len(tokens) or tokens[n + 1] not in next_words:
            return mask & ~_PHRASE
        rest = tuple(tokens[n + 1 : n + 6])
        found = [s for s in next_words[tokens[n + 1]] if s.following == rest[: len(s.following)]]
        return mask & ~_PHRASE | _bits(found)

    def _value(self, kinds: int, around: int) -> float:
        """Return the most that a word of these kinds can add, with words of these kinds around it."""
        near = {kind for kind, bit in _BITS.items() if around & bit}
        near |= {"group"} if "slur" in near else set()
        own = {kind for kind, bit in _BITS.items() if kinds & bit}
        if "harm" in own and "plan" in near and near & {"you", "group"} and self._languages != {ENGLISH}:
            return math.inf  # it may be a threat, which needs no weight
        most = 0.0
        for trait, weight in self._weights.weights.items():
            parts = set(trait.replace("no good", "not good").split())
            if weight > 0 and parts & own and parts <= own | near:
                most += weight
        return most

    def of_traits(self, tokens: Sequence[str]) -> float:
        """Return a score that the traits of these words cannot exceed."""
        return self._of_traits(tokens, list(map(self._words.__getitem__, tokens)))

    def of_score(self, tokens: Sequence[str], needed: float, share: float) -> float:
        """Return a score that these words cannot exceed, with this share of the model of English words.

        It is not the lowest one if it is below `needed`.
        """
        listed = list(map(self._words.__getitem__, tokens))
        found = [word for word in listed if word is not None]
        most = self._of_traits(tokens, listed) if any(word.mask >= _FIRST_WEIGHED for word in found) else 0.0
        if most + share * sum([word.highest for word in found]) / STEPS < needed:
            return most
        each = [0] * len(listed)
        for n, word in enumerate(listed):
            if word is not None:
                each[n] = word.most
                if word.after and n:
                    before = listed[n - 1]
                    each[n] += word.after.get(before.name if before else tokens[n - 1], 0)
        if most + share * sum(each) / STEPS < needed:
            return most
        return most + share * max(sums_of_spans(each)) / STEPS

    def _of_traits(self, tokens: Sequence[str], listed: Sequence[_Word | None]) -> float:
        masks = [word.mask if word else 0 for word in listed]
        weighed = [n for n, mask in enumerate(masks) if mask >= _FIRST_WEIGHED]
        for n in weighed:
            if masks[n] >= _PHRASE:
                masks[n] = self._with_phrases(tokens, n, masks[n])
        weighed = [n for n in weighed if masks[n] >= _FIRST_WEIGHED]
        values, each = self._values, []
        for n in weighed:
            key = (masks[n] & _WEIGHED, reduce(or_, masks[max(0, n - TRAIT_REACH) : n + TRAIT_REACH + 1]) & _AROUND)
            value = values.get(key)
            if value is None:
                value = values[key] = self._value(*key)
            each.append(value)
        first, most = 0, 0.0
        for last, n in enumerate(weighed, 1):
            while n - weighed[first] >= TRAIT_SPAN:
                first += 1
            most = max(most, sum(each[first:last]))
        return most
