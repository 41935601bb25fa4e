"""How much a comment sounds like an attack on somebody: a linear model that can be read, word by word, in its file.

`training.toxicity` makes the file; docs/toxicity-card.md says from what, and how well it does.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import accumulate
from operator import sub
from typing import Self

from workers.text.group_names import GROUPS, READERS
from workers.text.normalization import fold
from workers.text.tokens import repeats, squeezed, words

#: All readers, and all groups of people, are each one word to the model.
READER, GROUP = "<you>", "<group>"
ALIKE = dict.fromkeys(READERS, READER) | dict.fromkeys(GROUPS, GROUP)
#: Before a word that one of these came shortly before: it is said to or of somebody.
AIMED = "*"

#: Words in a row that are judged together. A long comment is judged by its worst ones, and its length by nothing.
SPAN = 12
#: Words within which a word is said of the reader or group before it, as in "you are such a complete fool".
REACH = 5
MAX_WORDS = 400
#: Weights are written as whole numbers, these many to one of log-odds.
STEPS = 100
TOLD = 3


@dataclass(frozen=True, slots=True)
class Word:
    """What a word weighs: by itself, said of somebody, and behind each of some other words. In STEPS."""

    name: str
    own: int = 0
    aimed: int = 0
    behind: Mapping[str, int] = field(default_factory=dict)
    aims: bool = False  # it names whom the next words are about


@dataclass(frozen=True, slots=True)
class Attack:
    """Log-odds that somebody is attacked, and the words that say so most, as they stand in the text."""

    log_odds: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """Every word that weighs anything, by each of its spellings, and the log-odds of a text that has none."""

    words: Mapping[str, Word]
    bias: int
    inputs: str  # SHA-256 over what it was trained on

    @classmethod
    def parsed(cls, text: str) -> Self:
        """The model in a file: "# name value" lines, then a feature and its weight a line."""
        lines = text.splitlines()
        head = {name: value for _, name, value in (line.split() for line in lines if line.startswith("# "))}
        weights = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("# "))
        return cls.of({feature: int(weight) for feature, weight in weights.items()}, int(head["bias"]), head["inputs"])

    @classmethod
    def of(cls, weights: Mapping[str, int], bias: int, inputs: str = "") -> Self:
        names = {name for feature in weights for name in feature.removeprefix(AIMED).split()} | {READER, GROUP}
        behind: dict[str, dict[str, int]] = {name: {} for name in names}
        for feature, weight in weights.items():
            if " " in feature:
                before, name = feature.split()
                behind[name][before] = weight
        known = {
            n: Word(n, weights.get(n, 0), weights.get(AIMED + n, 0), behind[n], n in (READER, GROUP)) for n in names
        }
        return cls(known | {said: known[name] for said, name in ALIKE.items()}, bias, inputs)

    def weighed(self, tokens: Sequence[str]) -> Iterator[int]:
        """What each word adds. A word counts where it first stands, so that a chorus is no attack."""
        known, met = self.words, set()
        before, aim = "", -REACH - 1
        for n, token in enumerate(tokens):
            word = known.get(token)
            if word is None:
                before = ""
                yield 0
                continue
            weight = word.behind.get(before, 0) if word.behind else 0
            before = word.name
            if word.aims:
                aim = n
            elif token in met:
                weight = 0
            elif word.own or word.aimed:
                met.add(token)
                weight += word.own + word.aimed if n - aim <= REACH else word.own
            yield weight

    def attack(self, text: str, bar: float = -math.inf) -> Attack:
        """How much the worst SPAN words in a row sound like an attack; which words say so, from a bar on."""
        tokens = read(text)
        weights = list(self.weighed(tokens))
        sums = list(accumulate(weights, initial=0))
        spans = list(map(sub, sums[SPAN:], sums)) or sums[-1:]
        worst = max(spans)
        log_odds = (self.bias + worst) / STEPS
        return Attack(log_odds, self._told(tokens, weights, spans.index(worst)) if log_odds >= bar else ())

    def _told(self, tokens: Sequence[str], weights: Sequence[int], start: int) -> tuple[str, ...]:
        """The weightiest words of a span, in the order of the text, with the word before where both together count."""
        span = enumerate(weights[start : start + SPAN], start)
        told = sorted(((weight, n) for n, weight in span if weight > 0), reverse=True)[:TOLD]
        return tuple(self._phrase(tokens, n) for n in sorted(n for _, n in told))

    def _phrase(self, tokens: Sequence[str], n: int) -> str:
        before = self.words.get(tokens[n - 1]) if n else None
        together = before is not None and self.words[tokens[n]].behind.get(before.name, 0) > 0
        return f"{tokens[n - 1]} {tokens[n]}" if together else tokens[n]


def read(text: str) -> tuple[str, ...]:
    """The words of a text as they are meant, drawn-out ones short."""
    meant = fold(text).text
    return words(squeezed(meant, 1) if repeats(meant, 3) else meant)[:MAX_WORDS]


@cache
def shipped() -> Model:
    """The model in this package."""
    return Model.parsed(files(__package__).joinpath("toxicity.txt").read_text(encoding="utf-8"))


def attack(text: str, bar: float = -math.inf) -> Attack:
    """What the shipped model says of a text."""
    return shipped().attack(text, bar)
