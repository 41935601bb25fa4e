"""The traits of attacks get the same weights each time, of the right sign, and never from functional cases."""

from pathlib import Path

import numpy as np
import pytest

from training.figures import area
from training.toxicity.texts import generated
from training.toxicity.traits import (
    FUNCTIONAL,
    TraitSet,
    fit_traits,
    fitted_on,
    made_sets,
    set_scores,
    trait_set,
    written_weights,
)
from workers.learning.attack_traits import ATTACKS, DAMPERS, TRAITS, TraitWeights

WEIGHTS = Path(__file__).parents[3] / "workers" / "learning" / "attack_weights.txt"


def made(first: int, last: int) -> TraitSet:
    attacks, calm = (generated(rule, last, "groups")[first:] for rule in ("hateful", "harmless"))
    return trait_set("groups", "en", (*attacks, *calm), [True] * len(attacks) + [False] * len(calm))


@pytest.fixture(scope="module")
def fitted() -> np.ndarray:
    return fit_traits([made(0, 300)])


def test_the_same_sentences_give_the_same_weights(fitted: np.ndarray) -> None:
    assert np.array_equal(fit_traits([made(0, 300)]), fitted)


def test_traits_of_attacks_never_count_against_one_and_the_others_never_for_one(fitted: np.ndarray) -> None:
    assert min(fitted[: len(ATTACKS)]) >= 0
    assert max(fitted[len(ATTACKS) :]) <= 0


def test_new_attacks_on_groups_are_separated_from_what_only_looks_like_them(fitted: np.ndarray) -> None:
    unseen = made(300, 500)
    scores = set_scores(unseen, fitted)
    assert area(scores[unseen.attacks], scores[~unseen.attacks]) > 0.8


def test_the_weights_are_read_as_they_were_written(fitted: np.ndarray) -> None:
    read = TraitWeights.parse(written_weights(fitted, {"en": 4.5, "fr": 3.0}, ["fr"], "inputs"))
    assert read.weights == {name: weight for name, weight in zip(TRAITS, fitted, strict=True) if weight}
    assert read.bars == {"en": 4.5, "fr": 3.0}
    assert read.threats == {"fr"}


def test_functional_cases_and_a_left_out_source_are_never_fitted_on() -> None:
    sets = [trait_set(name, "en", ["a", "b"], [True, False]) for name in (*FUNCTIONAL, "seen", "unseen")]
    assert [s.name for s in fitted_on(sets, ["unseen"])] == ["seen", *(s.name for s in made_sets())]


def test_the_shipped_weights_are_those_of_the_traits() -> None:
    weights = TraitWeights.parse(WEIGHTS.read_text(encoding="utf-8")).weights
    assert [name for name, weight in weights.items() if (name in ATTACKS and weight > 0) or name in DAMPERS] == [
        *weights
    ]
