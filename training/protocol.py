"""Training and test sets of the evaluation: every source is scored by a model that was not trained on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .corpora import CORPORA, FREE, SPAM, half, read
from .fit import Array, Batch, Weights, batch, fit
from .generate import Example, honest, spam

SEED = 1
ALL = tuple(corpus.name for corpus in CORPORA)

#: Honest comments for the false positive rate.
NEWS, BLOG = "news_c3_a", "blog_tosbourn"


@dataclass(frozen=True, slots=True)
class Sources:
    """All training and test data, read and hashed once."""

    examples: Mapping[str, list[Example]]
    real: Mapping[str, Batch]
    generated: tuple[Batch, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """Logits of one source by a model not trained on it, and of the honest pool by the same model."""

    source: str
    weights: Weights
    spam: Array
    honest: Array
    pool: Array


def generated(share: float = 1.0) -> tuple[Batch, ...]:
    """Return the generated comments, one batch per kind."""
    kinds: dict[str, list[Example]] = {}
    for example in (*honest(SEED, share), *spam(SEED, share)):
        kinds.setdefault(example.source, []).append(example)
    return tuple(batch(examples, kind) for kind, examples in kinds.items())


def gathered(folder: Path, names: Sequence[str] = ALL, share: float = 1.0) -> Sources:
    """Read the corpora of these names, and a share of the generated comments."""
    examples = {corpus.name: read(folder, corpus) for corpus in CORPORA if corpus.name in names}
    return Sources(examples, {name: batch(rows, name) for name, rows in examples.items()}, generated(share))


def free(sources: Sources, without: str = "") -> list[Batch]:
    """Return the data that shipped weights may use, without one source."""
    return [*(sources.real[name] for name in FREE if name != without), *sources.generated]


def all_without(sources: Sources, without: str) -> list[Batch]:
    """Return all data without one source, half of the newspaper's articles, and the blog of the honest pool."""
    kept = [b for name, b in sources.real.items() if name not in (without, NEWS, BLOG)]
    news = batch(half(sources.examples[NEWS], 0), NEWS)
    return [*kept, news, *sources.generated]


def _judged(source: Batch, weights: Weights, pool: Sequence[Batch]) -> Judged:
    logits = weights.logits(source)
    honest_pool = np.concatenate([weights.logits(b) for b in pool])
    return Judged(source.source, weights, logits[source.spam == 1], logits[source.spam == 0], honest_pool)


def honest_only(source: Batch) -> Batch:
    return source.only(np.flatnonzero(source.spam == 0))


def shipped(sources: Sources, full: Weights) -> list[Judged]:
    """Follow the protocol "shipped": train on freely licensed and generated examples only, without the source."""
    pool = [sources.real[NEWS], honest_only(sources.real[BLOG])]
    return [_judged(sources.real[name], fit(free(sources, name)) if name in FREE else full, pool) for name in SPAM]


def research(sources: Sources) -> list[Judged]:
    """Follow the protocol "research": train on all data without the source. The honest pool is not trained on."""
    pool = [batch(half(sources.examples[NEWS], 1), NEWS), honest_only(sources.real[BLOG])]
    return [_judged(sources.real[name], fit(all_without(sources, name)), pool) for name in SPAM]
