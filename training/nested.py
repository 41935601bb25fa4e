"""Nested evaluation: every source is scored by a model for which nothing was learned or chosen on its group."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from .corpora import CORPUS, PLACES
from .figures import Reach, reached
from .fit import Array
from .generate import Example
from .plain_points import shown
from .protocol import BLOG, NEWS, Material, Model

#: Sources with fewer pieces of spam are tested together.
FEW_SPAM = 15
SMALL = "small blogs together"
#: Honest comments of one blog or newspaper in the pool of all of them.
MOST_OF_PAGE = 1500

Scores = Mapping[str, Array]


@dataclass(frozen=True)
class Nested:
    """All sources, and for each group a model without it."""

    material: Material

    @cached_property
    def models(self) -> Mapping[str, Model]:
        groups = dict.fromkeys(CORPUS[name].group for name in PLACES)
        return {group: self.material.model(group) for group in groups}

    def of(self, name: str) -> Model:
        return self.models[CORPUS[name].group]

    @cached_property
    def log_odds(self) -> Scores:
        """Scores of the shipped model alone; from 0 on it holds."""
        found = {}
        for name in PLACES:
            model = self.of(name)
            found[name] = model.points.log_odds(model.columns(self.material.sources[name]))
        return found

    def scored(self, name: str, examples: Sequence[Example], texts: Sequence[str]) -> Array:
        """Return the scores of comments of a source with other texts."""
        model = self.of(name)
        changed = shown(name, [replace(example, text=text) for example, text in zip(examples, texts, strict=True)])
        return model.points.log_odds(model.columns(changed))

    def spam(self, name: str) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        return np.array([example.spam for example in self.material.examples[name]], dtype=bool)

    def honest_of(self, scores: Scores, names: Sequence[str]) -> Array:
        return np.concatenate([scores[name][~self.spam(name)][:MOST_OF_PAGE] for name in names])

    def pools(self, scores: Scores) -> Mapping[str, Array]:
        """Return the honest comments to compare with: of all blogs and newspapers, and of the two of former years."""
        pages = [name for name in PLACES if CORPUS[name].is_page]
        former = np.concatenate([scores[name][~self.spam(name)] for name in (NEWS, BLOG)])
        return {"every blog and newspaper": self.honest_of(scores, pages), f"{NEWS} and {BLOG}": former}

    def reach(self, scores: Scores, pool: Array) -> Iterator[Reach]:
        """Yield the figures of each source with spam."""
        small: list[str] = []
        for name in PLACES:
            spam = self.spam(name)
            if spam.sum() >= FEW_SPAM:
                yield reached(name, scores[name][spam], scores[name][~spam], pool)
            elif spam.any():
                small.append(name)
        if small:
            parts = [np.concatenate([scores[n][self.spam(n) == kind] for n in small]) for kind in (True, False)]
            yield reached(SMALL, *parts, pool)
