"""Training the toxicity model is reproducible, and its features follow the rules."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from training.figures import area
from training.toxicity.features import charged
from training.toxicity.fit import ALONE, BOUND, Fitted, fit
from training.toxicity.texts import Group, generated
from workers.learning.toxicity_model import AIMED, STEPS, ToxicityModel
from workers.text.group_names import GROUP_NAMES

ROOT = Path(__file__).parents[3]
FIT = """
from training.toxicity.fit import fit
from training.toxicity.texts import Group, generated
groups = [Group("attacks", generated("abuse", 1200), True), Group("calm", generated("calm", 1200), False)]
print(fit(groups).written("inputs"))
"""


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    groups = [Group("attacks", generated("abuse", 1200), True), Group("calm", generated("calm", 1200), False)]
    return fit(groups)


def in_a_process(hash_seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    return subprocess.run(
        [sys.executable, "-c", FIT], env=environment, cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout


def test_the_same_texts_give_the_same_file_in_each_process(fitted: Fitted) -> None:
    assert in_a_process("1") == fitted.written("inputs") + "\n"


def test_the_model_file_is_read_as_it_was_written(fitted: Fitted) -> None:
    model = ToxicityModel.parse(fitted.written("inputs"))
    assert (model.words, model.bias, model.inputs) == (fitted.model().words, fitted.bias, "inputs")


def test_only_charged_words_have_positive_weights_and_no_word_decides_alone(fitted: Fitted) -> None:
    may = charged()
    of_attacks = {feature: weight for feature, weight in fitted.weights.items() if weight > 0}
    assert [f for f in of_attacks if not may & {f, *f.removeprefix(AIMED).split()}] == []
    assert max(of_attacks.values()) <= BOUND * STEPS
    assert max(w for f, w in of_attacks.items() if AIMED not in f and " " not in f) <= ALONE * STEPS


def test_no_group_of_people_becomes_a_feature(fitted: Fitted) -> None:
    assert {word for feature in fitted.weights for word in feature.removeprefix(AIMED).split()} & GROUP_NAMES == set()


def test_it_separates_new_attacks_from_calm_sentences(fitted: Fitted) -> None:
    unseen = [generated(kind, 1500)[1200:] for kind in ("abuse", "calm")]
    attacks, calm = ([fitted.model().attack(text).log_odds for text in texts] for texts in unseen)
    assert area(np.array(attacks), np.array(calm)) > 0.8
