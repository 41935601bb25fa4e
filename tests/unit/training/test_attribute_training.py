"""Training the attribute model: no negative weights, only the features of an attribute, figures of unseen rows."""

from pathlib import Path

import numpy as np
import pytest

from comments.attributes import ATTRIBUTES, SPAM_ATTRIBUTE
from training.attributes.figures import quality
from training.attributes.fit import USED, fit, out_of_fold, written
from training.attributes.rows import ROWS, Row
from workers.learning.attribute_features import FEATURES
from workers.learning.attribute_model import AttributeModel, shipped_attributes

CARD = (Path(__file__).parents[3] / "docs" / "attributes-card.md").read_text(encoding="utf-8")


def row(positive: bool, source: str = "one", is_free: bool = True, **features: float) -> Row:
    values = tuple(features.get(name.replace("-", "_"), 0.0) for name in FEATURES)
    return Row(source, source, positive, values, is_free)


@pytest.fixture
def rows() -> list[Row]:
    """Swear words go together with the label, and violent words with its opposite."""
    found = []
    for source in ("one", "two"):
        found += [row(True, source, strong_word=1.0, attack=3.0)] * 6 + [row(True, source)] * 2
        found += [row(False, source, violent_word=1.0)] * 6 + [row(False, source, strong_word=1.0)]
    return found


def test_no_weight_is_negative_and_no_other_feature_has_one(rows: list[Row]) -> None:
    model = fit(rows, USED["PROFANITY"])
    weights = dict(zip(FEATURES, model.weights, strict=True))
    assert weights.pop("strong-word") > 1
    assert {*weights.values()} == {0.0}


def test_the_same_rows_give_the_same_line_and_it_is_read_as_it_was_written(rows: list[Row]) -> None:
    model = fit(rows, USED["TOXICITY"])
    assert written("TOXICITY", model) == written("TOXICITY", fit(rows, USED["TOXICITY"]))
    assert AttributeModel.parse(written("TOXICITY", model)) == ("TOXICITY", model)


def test_a_source_is_scored_by_a_model_that_did_not_see_it(rows: list[Row]) -> None:
    odd = [row(False, "odd", strong_word=1.0)] * 20 + [row(True, "odd")] * 20
    _, scores = out_of_fold("PROFANITY", [*rows, *odd])
    without = fit(rows, USED["PROFANITY"])
    assert scores[-1] == pytest.approx(without.score(odd[-1].features))


def test_sources_that_are_not_free_change_no_weight(rows: list[Row]) -> None:
    unfree = [row(False, "unfree", is_free=False, strong_word=1.0)] * 50
    assert out_of_fold("PROFANITY", [*rows, *unfree])[0] == fit(rows, USED["PROFANITY"])


def test_figures_of_a_perfect_and_of_a_useless_score() -> None:
    perfect = quality("perfect", np.array([1.0] * 50), np.array([0.0] * 50))
    assert (perfect.auc, perfect.error, perfect.above) == (1.0, 0.0, ((1.0, 0.0), (1.0, 0.0)))
    useless = quality("useless", np.array([0.5] * 50), np.array([0.5] * 50))
    assert (useless.auc, useless.error) == pytest.approx((0.5, 0.0))
    assert useless.least < 0.45


def test_every_offered_attribute_is_fitted_and_measured() -> None:
    assert ROWS.keys() == USED.keys() == shipped_attributes().keys() == ATTRIBUTES.keys() - {SPAM_ATTRIBUTE}
    assert all(f"| {name} |" in CARD for name in ATTRIBUTES)


def test_the_card_has_the_languages_that_are_offered() -> None:
    for name, info in ATTRIBUTES.items():
        assert f"| `{name}` | {info.meaning} | {', '.join(info.languages) or 'any'} |" in CARD
