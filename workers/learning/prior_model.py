"""The shipped model: a linear spam classifier over hashed features.

It scores comments before a site has lessons of its own. Its weights are in `prior.bin`; `training.train` writes them.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from heapq import nlargest
from importlib.resources import files
from itertools import pairwise
from operator import itemgetter

from comments.model import Comment
from comments.probability import probability
from workers.text.memo import WordCache
from workers.text.trait_names import plain_name

from .features import (
    Family,
    Features,
    bucket,
    feature_value,
    features,
    named_features,
    pair_buckets,
    word_buckets,
)
from .prior_weights import PriorWeights

#: Name of the bias among the contributions.
BIAS = "before anything is read"

#: Phrase for a feature that has a name.
TRAIT_PHRASE = "{}"
#: Points of the weakest trait and of the weakest word that are a reason. Most single words say little.
LEAST_POINTS, LEAST_POINTS_OF_WORD = 0.3, 0.5
#: Families that are never a reason: the weights of single names and measures are small and surprise readers.
_NO_REASONS = frozenset((Family.STYLE, Family.NAME))
#: Beginning of the names of parts of a website's host.
_PART = "part "


#: A word's weight, the sum of its grams' weights, their number, and its part of a pair's bucket as first and second
#: word.
WordFactors = tuple[int, int, int, int, int]
#: Points that a feature adds to the logit, a phrase for it, and the values in the phrase.
Part = tuple[float, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Contribution:
    """Amount that one feature adds to the logit, and its name in plain words; negative for honest comments."""

    evidence: str
    logit: float


@dataclass(frozen=True, slots=True)
class PriorScore:
    """The sum of all contributions, and P(spam) after calibration, between 0 and 1."""

    logit: float
    probability: float
    contributions: tuple[Contribution, ...]  # all of them, the largest first


class PriorModel:
    """Score comments with the weights. Caches the weights of words."""

    def __init__(self, model: PriorWeights) -> None:
        self.model = model
        self._weighed = WordCache(self._weigh)
        self._step = lru_cache(maxsize=1 << 11)(self._step_of)
        self._named = {family: WordCache(partial(self._weigh_name, family), 1 << 12, longest=80) for family in Family}

    def _weigh(self, text: str) -> WordFactors:
        buckets, weights = word_buckets(text), self.model.weights
        bucket_of_word, grams, first, second = buckets
        return weights[bucket_of_word], sum(map(weights.__getitem__, grams)), len(grams), first, second

    def _weigh_name(self, family: Family, name: str) -> int:
        return self.model.weights[bucket(family, name)]

    def logit(self, comment: Comment) -> float:
        """Return the sum of all contributions, without listing them."""
        found = features(comment)
        total = self.model.bias + self._of_words(found)
        for family, names in named_features(found):
            if names:
                total += sum(map(self._named[family].__getitem__, names)) * self._step(family, len(names))
        plain = self.model.plain
        return total + sum([plain[name] for name in plain_traits(found) if name in plain])

    def _of_words(self, found: Features) -> float:
        if not found.words:
            return 0.0
        weighed = list(map(self._weighed.__getitem__, found.words))
        distinct = dict(zip(found.words, weighed, strict=True)).values()
        of_words, of_grams, grams, _, _ = zip(*distinct, strict=True)
        total: float = sum(of_words) * self._step(Family.WORDS, len(distinct))
        total += sum(of_grams) * self._step(Family.GRAMS, sum(grams))
        if pairs := set(_pairs(weighed)):
            total += sum(map(self.model.weights.__getitem__, pairs)) * self._step(Family.PAIRS, len(pairs))
        return total * self._share_of_words(found)

    def _share_of_words(self, found: Features) -> float:
        return self.model.below_website if found.address else 1.0

    def _step_of(self, family: Family, n: int) -> float:
        """Return the amount that one unit of weight adds, with n features of the family."""
        scale: float = self.model.scales[family]
        return scale * feature_value(family, n)

    def log_odds(self, comment: Comment) -> float:
        """Return the calibrated logit; 0 if spam and ham are equally likely."""
        return self.calibrated(self.logit(comment))

    def calibrated(self, logit: float) -> float:
        return self.model.slope * logit + self.model.shift

    def probability(self, logit: float) -> float:
        """Return P(spam), between 0 and 1."""
        return probability(self.calibrated(logit))

    def score(self, comment: Comment) -> PriorScore:
        """Return the logit with its contributions, and the probability."""
        parts = sorted(self._parts(features(comment)), key=lambda part: -abs(part[0]))
        logit = math.fsum(part[0] for part in parts)
        named = tuple([Contribution(phrase.format(*values), logit) for logit, phrase, values in parts])
        return PriorScore(logit, self.probability(logit), named)

    def reasons(self, comment: Comment, n: int) -> list[str]:
        """Return the n strongest features for spam, the strongest first, without _NO_REASONS."""
        points: dict[str, float] = {}
        for added, phrase, values in self._parts(features(comment), without=_NO_REASONS):
            # Formatting every word took as long as judging. Only a trait can come twice, as a trait and as a shape.
            if phrase != BIAS and (added >= LEAST_POINTS_OF_WORD or phrase == TRAIT_PHRASE):
                text = phrase.format(*values)
                points[text] = points.get(text, 0.0) + added
        for_spam = [(added, text) for text, added in points.items() if added >= LEAST_POINTS]
        return [text for _, text in nlargest(n, for_spam, key=itemgetter(0))]

    def _parts(self, found: Features, without: frozenset[Family] = frozenset()) -> Iterator[Part]:
        yield self.model.bias, BIAS, ()
        yield from self._parts_of_words(found)
        for family, names in named_features(found):
            if names and family not in without:
                step, weights = self._step(family, len(names)), self._named[family]
                yield from [(weights[name] * step, TRAIT_PHRASE, (_reason_text(family, name),)) for name in names]
        for name in plain_traits(found):
            if points := self.model.plain.get(name, 0.0):
                yield points, TRAIT_PHRASE, (plain_name(name),)

    def _parts_of_words(self, found: Features) -> Iterator[Part]:
        """Yield each word with its grams, as one contribution for a reader, and pairs of words."""
        if not found.words:
            return
        in_order = list(map(self._weighed.__getitem__, found.words))
        weighed = dict(zip(found.words, in_order, strict=True))
        share = self._share_of_words(found)
        of_word = share * self._step(Family.WORDS, len(weighed))
        of_gram = share * self._step(Family.GRAMS, sum(n for _, _, n, _, _ in weighed.values()))
        for text, (weight, grams, *_) in weighed.items():
            yield weight * of_word + grams * of_gram, "“{}”", (text,)
        pairs: dict[int, tuple[str, str]] = {}
        for place, pair in zip(_pairs(in_order), pairwise(found.words), strict=True):
            pairs.setdefault(place, pair)
        of_pair = share * self._step(Family.PAIRS, len(pairs)) if pairs else 0.0
        for place, pair in pairs.items():
            yield self.model.weights[place] * of_pair, "“{} {}”", pair


def _reason_text(family: Family, name: str) -> str:
    """Return a named feature as a noun phrase, except measures of style, which have a name of their own."""
    if family is Family.NAME:
        return f"the name {name.capitalize()}"
    if family is Family.ADDRESS:
        is_part = name.startswith(_PART)
        return f"“{name.removeprefix(_PART)}” in the website" if is_part else f"a website that {name}"
    return plain_name(name) if family is Family.TRAITS else name


def plain_traits(found: Features) -> tuple[str, ...]:
    """Return the names of the traits and shapes that may have points of their own."""
    return (*found.traits, *found.shapes)


def _pairs(weighed: Sequence[WordFactors]) -> list[int]:
    _, _, _, firsts, seconds = zip(*weighed, strict=True)
    return pair_buckets(firsts, seconds)


@cache
def shipped_prior() -> PriorModel:
    """Return the model in this package."""
    return PriorModel(PriorWeights.parse(files(__package__).joinpath("prior.bin").read_bytes()))
