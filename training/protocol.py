"""Training data of the evaluation and of the shipped model, and the models that did not see a part of it.

Words are learned from freely licensed and generated comments only. All comments of `corpora.PLACES` teach the few
points of `plain_points`, which contain no words.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .corpora import CORPORA, CORPUS, FREE, read
from .fit import Batch, Weights, batch, fit
from .generate import Example, chance, honest, padded, spam
from .plain_points import Columns, PlainPoints, Shown, fit_points, shown

SEED = 1
#: Honest comments that all systems are compared with.
NEWS, BLOG = "news_c3_a", "blog_tosbourn"
_FREE_GROUPS = frozenset(CORPUS[name].group for name in FREE)


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of words, and points without words, of one training."""

    words: Weights
    points: PlainPoints

    def columns(self, of: Shown) -> Columns:
        return Columns.of(of, self.words)


@dataclass(frozen=True, slots=True)
class Material:
    """All training and test data, read and hashed once. Models are kept by the groups that they did not see."""

    examples: Mapping[str, list[Example]]
    sources: Mapping[str, Shown]
    generated: tuple[Batch, ...]
    _words: dict[frozenset[str], Weights] = field(default_factory=dict)

    def words(self, *without: str) -> Weights:
        """Return weights of words from all that may be shipped, without some groups."""
        hidden = _FREE_GROUPS.intersection(without)
        if hidden not in self._words:
            seen = [self.sources[name].batch for name in FREE if CORPUS[name].group not in hidden]
            self._words[hidden] = fit([*seen, *self.generated])
        return self._words[hidden]

    def model(self, without: str = "") -> Model:
        """Return a model that did not see one group. Its points are fitted on sources that its words did not see."""
        columns = {
            name: Columns.of(source, self.words(CORPUS[name].group, without))
            for name, source in self.sources.items()
            if source.is_place and CORPUS[name].group != without
        }
        return Model(self.words(without), fit_points(columns))


def generated(share: float = 1.0) -> tuple[Batch, ...]:
    """Return the generated comments, one batch per kind."""
    kinds: dict[str, list[Example]] = {}
    for example in (*honest(SEED, share), *spam(SEED, share)):
        kinds.setdefault(example.source, []).append(example)
    return tuple(batch(examples, kind) for kind, examples in kinds.items())


def honest_words(examples: Sequence[Example], n: int, draw: random.Random) -> str:
    """Return `n` words of honest comments."""
    found: list[str] = []
    while len(found) < n:
        found += draw.choice(examples).text.split()
    return " ".join(found[:n])


def padded_spam(source: Sequence[Example], innocent: Sequence[Example], n: int) -> list[str]:
    """Return the texts of spam, each before or after `n` honest words."""
    draw = chance("padded", SEED)
    return [padded(spam.text, honest_words(innocent, n, draw), draw) if n else spam.text for spam in source]


def gathered(folder: Path, share: float = 1.0) -> Material:
    """Read all corpora, and a share of the generated comments."""
    examples = {corpus.name: read(folder, corpus) for corpus in CORPORA}
    return Material(examples, {name: shown(name, rows) for name, rows in examples.items()}, generated(share))
