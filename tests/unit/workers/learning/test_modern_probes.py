"""Spam of modern kinds, and honest comments that look like it, on a new site.

`modern_probes.jsonl` was written for this test. No text of it may be used to train a model or to choose a weight or a
threshold: then it would say nothing about comments that nobody has seen. `python -m bench.modern_spam` prints each
kind.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from bench.modern_spam import PROBES, outcomes
from comments.lifecycle import Action

EXAMPLES = Path(__file__).parents[1] / "filters"
Outcomes = Mapping[tuple[bool, str], Mapping[str, Counter[Action]]]


@pytest.fixture(scope="module")
def found() -> Outcomes:
    return outcomes(PROBES.read_text(encoding="utf-8").split("\n")[:-1])


def share(found: Outcomes, spam: bool, moderation: str, action: Action) -> float:
    counts = [of[moderation] for (label, _), of in found.items() if label is spam]
    return sum(c[action] for c in counts) / sum(map(Counter.total, counts))


def test_every_kind_has_enough_comments(found):
    assert min(of["unsure"].total() for of in found.values()) >= 8
    assert {label for label, _ in found} == {True, False}


def test_nothing_is_refused_without_lessons(found):
    assert all(counts[Action.SPAM] == 0 for of in found.values() for counts in of.values())


def test_most_spam_is_held_where_first_comments_are_published_when_sure(found):
    assert share(found, True, "unsure", Action.APPROVE) <= 0.15


def test_about_half_of_the_honest_look_alikes_are_published_at_once(found):
    assert share(found, False, "unsure", Action.APPROVE) >= 0.5


def test_honest_look_alikes_are_hardly_ever_held_where_first_comments_are_published(found):
    assert share(found, False, "suspicious", Action.HOLD) <= 0.06


def test_two_thirds_of_the_spam_are_held_by_their_text_and_website_alone(found):
    assert share(found, True, "suspicious", Action.HOLD) >= 2 / 3


def test_examples_from_before_and_after_the_rules_are_held_as_the_docs_say():
    """`before_the_rules.jsonl` was read while the rules were made, `after_the_rules.jsonl` was written afterwards."""
    for name, least in (("before", 0.6), ("after", 0.33)):
        lines = (EXAMPLES / f"{name}_the_rules.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
        found = outcomes(lines)
        assert len({kind for _, kind in found}) >= 20
        assert share(found, True, "suspicious", Action.HOLD) >= least
        assert share(found, False, "suspicious", Action.HOLD) <= 0.06
