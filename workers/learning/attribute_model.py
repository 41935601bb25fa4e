"""The shipped attribute model: one small logistic regression for each attribute, readable in its file.

`training.attributes` writes the file; docs/attributes-card.md describes its data and results. No weight is below 0, so
another profane word or a clearer attack never lowers a score.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Self

from comments.probability import probability

from .attribute_features import FEATURES, attribute_features


@dataclass(frozen=True, slots=True)
class AttributeModel:
    """Log-odds of an attribute without any feature, and the weight of each feature."""

    bias: float
    weights: tuple[float, ...]

    def score(self, features: tuple[float, ...]) -> float:
        """Return the probability of the attribute if half of all texts had it."""
        return probability(self.bias + sum(w * value for w, value in zip(self.weights, features, strict=True)))

    @classmethod
    def parse(cls, line: str) -> tuple[str, Self]:
        """Parse "NAME bias=… feature=…", where features without a weight are left out."""
        name, bias, *given = line.split()
        weights = dict(part.split("=") for part in given)
        if unknown := weights.keys() - set(FEATURES):
            raise ValueError(f"unknown features of {name}: {sorted(unknown)}")
        return name, cls(float(bias.removeprefix("bias=")), tuple(float(weights.get(f, 0)) for f in FEATURES))


@cache
def shipped_attributes() -> Mapping[str, AttributeModel]:
    """Return the models in this package by the name of the attribute."""
    text = files(__package__).joinpath("attributes.txt").read_text(encoding="utf-8")
    return dict(AttributeModel.parse(line) for line in text.splitlines() if line and line[0] != "#")


def attribute_scores(text: str, languages: frozenset[str]) -> Mapping[str, float]:
    """Return the probability of every attribute of the model. `languages` are the likely ones of the text."""
    features = attribute_features(text, languages)
    return {name: model.score(features) for name, model in shipped_attributes().items()}
