"""The shipped toxicity model: a linear classifier for attacks on people, readable word by word in its file.

`training.toxicity` writes the file; docs/toxicity-card.md describes its data and results.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import accumulate
from operator import sub
from typing import Self

from workers.text.group_names import GROUP_NAMES, READER_WORDS
from workers.text.normalization import fold
from workers.text.tokens import squeezed, words
from workers.text.vocabulary import common_words

#: The model reads all words for the reader as one, and all names of groups of people as one.
READER, GROUP = "<you>", "<group>"
MERGED = dict.fromkeys(READER_WORDS, READER) | dict.fromkeys(GROUP_NAMES, GROUP)
#: Prefix of a word that closely follows one of these: it is about a person.
AIMED = "*"

#: Words in a row that are scored together. The worst span of a comment is its score, whatever the comment's length.
SPAN = 12
#: Distance within which a word is about the reader or group before it, as in "you are such a complete fool".
REACH = 5
_MAX_WORDS = 400
#: Units of weight per log-odds; weights are whole numbers.
STEPS = 100
MAX_EVIDENCE = 3


@dataclass(frozen=True, slots=True)
class WordWeights:
    """Weights of a word, in STEPS: alone, about a person, and after certain other words."""

    name: str
    own: int = 0
    aimed: int = 0
    after: Mapping[str, int] = field(default_factory=dict)
    aims: bool = False  # True if it names the person that the next words are about


@dataclass(frozen=True, slots=True)
class Attack:
    """Log-odds that the text attacks a person, and the words that contribute most, in the order of the text."""

    log_odds: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ToxicityModel:
    """All words with a weight, by each of their spellings, and the log-odds of a text without any."""

    words: Mapping[str, WordWeights]
    bias: int
    inputs: str  # SHA-256 over the training inputs
    telling: frozenset[str] = frozenset()  # every text that can count as an attack has one of these words
    most: Mapping[str, int] = field(default_factory=dict)  # the highest weight of each word or pair, if above 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a file: "# name value" lines, then one feature and its weight per line."""
        lines = text.splitlines()
        head = {name: value for _, name, value in (line.split() for line in lines if line.startswith("# "))}
        weights = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("# "))
        return cls.from_weights(
            {feature: int(weight) for feature, weight in weights.items()}, int(head["bias"]), head["inputs"]
        )

    @classmethod
    def from_weights(cls, weights: Mapping[str, int], bias: int, inputs: str = "") -> Self:
        names = {name for feature in weights for name in feature.removeprefix(AIMED).split()} | {READER, GROUP}
        after: dict[str, dict[str, int]] = {name: {} for name in names}
        for feature, weight in weights.items():
            if " " in feature:
                before, name = feature.split()
                after[name][before] = weight
        known = {
            n: WordWeights(n, weights.get(n, 0), weights.get(AIMED + n, 0), after[n], n in (READER, GROUP))
            for n in names
        }
        every = known | {spelling: known[name] for spelling, name in MERGED.items()}
        telling = {_telling(feature) for feature, weight in weights.items() if weight > 0}
        most = {n: max(word.own, word.own + word.aimed) for n, word in known.items()}
        most |= {feature: weight for feature, weight in weights.items() if " " in feature}
        most = {name: weight for name, weight in most.items() if weight > 0}
        return cls(every, bias, inputs, frozenset(s for s, word in every.items() if word.name in telling), most)

    def token_weights(self, tokens: Sequence[str]) -> Iterator[int]:
        """Yield the weight of each word. A repeated word counts once, so that a chorus is no attack."""
        known, met = self.words, set()
        before, aim = "", -REACH - 1
        for n, token in enumerate(tokens):
            word = known.get(token)
            if word is None:
                before = ""
                yield 0
                continue
            weight = word.after.get(before, 0) if word.after else 0
            before = word.name
            if word.aims:
                aim = n
            elif token in met:
                weight = 0
            elif word.own or word.aimed:
                met.add(token)
                weight += word.own + word.aimed if n - aim <= REACH else word.own
            yield weight

    def attack(self, text: str, threshold: float = -math.inf) -> Attack:
        """Return the score of the worst SPAN words in a row, with its words if it reaches the threshold.

        Below the threshold, the score is not exact: most texts cannot reach it, which is quick to see.
        """
        tokens = word_tokens(text)
        if self.bias / STEPS < threshold:
            telling = [n for n, token in enumerate(tokens) if token in self.telling]
            if (self.bias + sum([self._most_around(tokens, n) for n in telling])) / STEPS < threshold:
                return Attack(self.bias / STEPS, ())
        weights = list(self.token_weights(tokens))
        spans = sums_of_spans(weights)
        worst = max(spans)
        log_odds = (self.bias + worst) / STEPS
        return Attack(log_odds, self._evidence(tokens, weights, spans.index(worst)) if log_odds >= threshold else ())

    def _most_around(self, tokens: Sequence[str], n: int) -> int:
        """Return an upper bound for the weights of a word, and of its pairs with the words before and after it."""
        name = MERGED.get(tokens[n], tokens[n])
        before = MERGED.get(tokens[n - 1], tokens[n - 1]) if n else ""
        after = MERGED.get(tokens[n + 1], tokens[n + 1]) if n + 1 < len(tokens) else ""
        most = self.most
        return most.get(name, 0) + most.get(f"{before} {name}", 0) + most.get(f"{name} {after}", 0)

    def _evidence(self, tokens: Sequence[str], weights: Sequence[int], start: int) -> tuple[str, ...]:
        """Return the strongest words of a span in order, with the word before if the pair has a weight."""
        span = enumerate(weights[start : start + SPAN], start)
        strongest = sorted(((weight, n) for n, weight in span if weight > 0), reverse=True)[:MAX_EVIDENCE]
        return tuple(self._phrase(tokens, n) for n in sorted(n for _, n in strongest))

    def _phrase(self, tokens: Sequence[str], n: int) -> str:
        before = self.words.get(tokens[n - 1]) if n else None
        together = before is not None and self.words[tokens[n]].after.get(before.name, 0) > 0
        return f"{tokens[n - 1]} {tokens[n]}" if together else tokens[n]


def sums_of_spans(weights: Iterable[int]) -> list[int]:
    """Return the sum of each SPAN weights in a row; of all weights if there are fewer."""
    sums = list(accumulate(weights, initial=0))
    return list(map(sub, sums[SPAN:], sums)) or sums[-1:]


def _telling(feature: str) -> str:
    """Return a word of a feature, the rarer one of a pair."""
    *_, last = names = feature.removeprefix(AIMED).split()
    return next((name for name in names if name not in common_words() and name not in (READER, GROUP)), last)


def word_tokens(text: str) -> tuple[str, ...]:
    """Return the words of the folded text, with runs of a letter cut to one."""
    folded = fold(text).text
    return words(squeezed(folded, 1))[:_MAX_WORDS]


@cache
def shipped_toxicity() -> ToxicityModel:
    """Return the model in this package."""
    return ToxicityModel.parse(files(__package__).joinpath("toxicity.txt").read_text(encoding="utf-8"))


def attack(text: str, threshold: float = -math.inf) -> Attack:
    """Return the score of the shipped model."""
    return shipped_toxicity().attack(text, threshold)
