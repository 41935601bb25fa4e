"""How likely spam a comment is before a site has taught anything: a linear model, its weights shipped in a file."""

import json
import math
import struct
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from heapq import nlargest
from importlib.resources import files
from itertools import pairwise
from operator import itemgetter
from typing import Any, Self

from comments.model import Comment
from comments.probability import probability
from workers.text.memo import Memory
from workers.text.traits import IN_WORDS

from .features import BUCKETS, SIZE, START, Family, Features, bucket, features, named, pair_buckets, value, word

MAGIC = b"replygate prior\n"
#: Of the features, the hashing and the file. Weights of another version mean nothing here.
VERSION = 2

#: The reason that is the bias.
UNREAD = "before anything is read"

#: What a feature of a family is called in a reason.
PHRASES = {
    Family.FLAGS: "{}",
    Family.STYLE: "{}",
    Family.NAME: "the author's name: {}",
    Family.ADDRESS: "the author's website: {}",
}


#: A word's weight, that of its grams together, how many they are, and what it is in a pair as the first and second.
Weighed = tuple[int, int, int, int, int]
#: What one thing adds to the logit, and how it is told: a phrase, and what is said in it.
Part = tuple[float, str, tuple[str, ...]]


class NotAModel(ValueError):
    """The file is none of ours, is damaged, or was made for other features."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one thing about a comment adds to the logit, in plain words; negative where it speaks for the comment."""

    evidence: str
    logit: float


@dataclass(frozen=True, slots=True)
class PriorScore:
    """The sum of all contributions, and P(spam) after calibration, between 0 and 1."""

    logit: float
    probability: float
    contributions: tuple[Contribution, ...]  # all of them, the weightiest first


@dataclass(frozen=True, slots=True)
class Model:
    """Weights as whole numbers by bucket, the size of one of them in each family, and the way to a probability."""

    weights: "array[int]"
    scales: tuple[float, ...]  # in the order of Family
    bias: float
    slope: float
    shift: float
    inputs: str  # SHA-256 over the training inputs

    @classmethod
    def parsed(cls, packed: bytes) -> Self:
        """The model in a file. Raises NotAModel."""
        start = len(MAGIC) + 4
        if packed[: len(MAGIC)] != MAGIC or len(packed) < start:
            raise NotAModel("this file holds no weights")
        length = struct.unpack(">I", packed[len(MAGIC) : start])[0]
        header = json.loads(packed[start : start + length])
        weights = array("b", packed[start + length :])
        if header.get("version") != VERSION or header.get("buckets") != list(BUCKETS) or len(weights) != SIZE:
            raise NotAModel("these weights were made for other features")
        return cls(weights, tuple(header["scales"]), *(header[k] for k in ("bias", "slope", "shift", "inputs")))

    def packed(self) -> bytes:
        """The file's content; the same bytes for the same model."""
        fields: dict[str, Any] = {"version": VERSION, "buckets": list(BUCKETS), "scales": list(self.scales)}
        fields |= {"bias": self.bias, "slope": self.slope, "shift": self.shift, "inputs": self.inputs}
        header = json.dumps(fields, sort_keys=True).encode()
        return MAGIC + struct.pack(">I", len(header)) + header + self.weights.tobytes()


class Prior:
    """A model made ready for judging: it remembers the words it has weighed."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._weighed = Memory(self._weigh)
        self._named = {family: Memory(partial(self._weigh_name, family), 1 << 12, longest=80) for family in Family}

    def _weigh(self, text: str) -> Weighed:
        read, weights = word(text), self.model.weights
        return weights[read.bucket], sum(weights[gram] for gram in read.grams), len(read.grams), read.first, read.second

    def _weigh_name(self, family: Family, name: str) -> int:
        return self.model.weights[bucket(family, name)]

    def logit(self, comment: Comment) -> float:
        """The sum alone, without the reasons."""
        found = features(comment)
        total = self.model.bias + self._of_words(found)
        for family, names in named(found):
            if names:
                total += sum(map(self._named[family].__getitem__, names)) * self._step(family, len(names))
        return total

    def _of_words(self, found: Features) -> float:
        if not found.said:
            return 0.0
        read = list(map(self._weighed.__getitem__, found.said))
        of_words = of_grams = grams = 0
        distinct = dict(zip(found.said, read, strict=True)).values()
        for of_word, of_its_grams, n, _, _ in distinct:
            of_words, of_grams, grams = of_words + of_word, of_grams + of_its_grams, grams + n
        total = of_words * self._step(Family.WORDS, len(distinct)) + of_grams * self._step(Family.GRAMS, grams)
        if places := set(_pairs(read)):
            total += sum(map(self.model.weights.__getitem__, places)) * self._step(Family.PAIRS, len(places))
        return total

    def _step(self, family: Family, n: int) -> float:
        """What a weight of one adds, if n features of the family were found."""
        scale: float = self.model.scales[family]
        return scale * value(family, n)

    def log_odds(self, comment: Comment) -> float:
        """The logit after calibration: 0 where spam is as likely as not."""
        return self.calibrated(self.logit(comment))

    def calibrated(self, logit: float) -> float:
        return self.model.slope * logit + self.model.shift

    def probability(self, logit: float) -> float:
        """P(spam), between 0 and 1."""
        return probability(self.calibrated(logit))

    def score(self, comment: Comment) -> PriorScore:
        """The logit, what it is made of, and the probability."""
        parts = sorted(self._parts(features(comment)), key=lambda part: -abs(part[0]))
        logit = math.fsum(part[0] for part in parts)
        told = tuple([Contribution(phrase.format(*said), logit) for logit, phrase, said in parts])
        return PriorScore(logit, self.probability(logit), told)

    def reasons(self, comment: Comment, n: int) -> list[str]:
        """What speaks most for spam, the weightiest first."""
        read = (part for part in self._parts(features(comment)) if part[0] > 0 and part[1] != UNREAD)
        return [phrase.format(*said) for _, phrase, said in nlargest(n, read, key=itemgetter(0))]

    def _parts(self, found: Features) -> Iterator[Part]:
        yield self.model.bias, UNREAD, ()
        yield from self._parts_of_words(found)
        for family, names in named(found):
            if names:
                step, weights, phrase = self._step(family, len(names)), self._named[family], PHRASES[family]
                yield from [(weights[name] * step, phrase, (IN_WORDS.get(name, name),)) for name in names]

    def _parts_of_words(self, found: Features) -> Iterator[Part]:
        """A word counts with its grams: who reads the reason sees one word."""
        if not found.said:
            return
        every = list(map(self._weighed.__getitem__, found.said))
        read = dict(zip(found.said, every, strict=True))
        of_word = self._step(Family.WORDS, len(read))
        of_gram = self._step(Family.GRAMS, sum(n for _, _, n, _, _ in read.values()))
        for text, (weight, grams, *_) in read.items():
            yield weight * of_word + grams * of_gram, "word “{}”", (text,)
        pairs: dict[int, tuple[str, str]] = {}
        for place, pair in zip(_pairs(every), pairwise(found.said), strict=True):
            pairs.setdefault(place, pair)
        of_pair = self._step(Family.PAIRS, len(pairs)) if pairs else 0.0
        for place, pair in pairs.items():
            yield self.model.weights[place] * of_pair, "words “{} {}”", pair


def _pairs(read: Sequence[Weighed]) -> list[int]:
    _, _, _, firsts, seconds = zip(*read, strict=True)
    return pair_buckets(firsts, seconds)


def quantised(weights: list[float]) -> tuple["array[int]", tuple[float, ...]]:
    """Weights of SIZE buckets as whole numbers from -127 to 127, and what one is worth in each family."""
    whole: array[int] = array("b")
    scales = []
    for family in Family:
        own = weights[START[family] : START[family] + BUCKETS[family]]
        scale = round(max(map(abs, own), default=0.0) / 127, 8) or 1.0
        scales.append(scale)
        whole.extend(round(weight / scale) for weight in own)
    return whole, tuple(scales)


@cache
def shipped() -> Prior:
    """The prior in this package."""
    return Prior(Model.parsed(files(__package__).joinpath("prior.bin").read_bytes()))


def score(comment: Comment) -> PriorScore:
    """What the shipped prior says of a comment."""
    return shipped().score(comment)
