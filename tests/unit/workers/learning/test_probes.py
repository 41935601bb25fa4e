"""Decisions of a new site about kinds of comments that no corpus has. The texts were made up and never trained on.

`replygate evaluate` can read `probes.jsonl`. `source` is the kind. Names, numbers and addresses are made up.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from comments.model import Decision
from replygate.evaluation.labelled_comments import read
from tests.support.builders import a_comment
from tests.unit.workers.about import NOW, facts
from training.disguise import DISGUISES
from training.generate import chance
from workers.filters import BUILT_IN
from workers.judging.judge import run_filters
from workers.judging.policy import build_policy
from workers.learning.prior_model import shipped_prior

#: Log-odds of the shipped model from which three honest probes are above.
SPAM = -0.5
PROBES = Path(__file__).with_name("probes.jsonl")


@pytest.fixture(scope="module")
def decided() -> Mapping[tuple[bool, str], Sequence[Decision]]:
    """Return the decisions about each kind, for spam or for ham."""
    found = defaultdict(list)
    known, policy = facts(moderation="suspicious", required=()), build_policy(BUILT_IN, {})
    for example in read(PROBES.read_text(encoding="utf-8").splitlines()).examples:
        found[example.spam, example.source].append(policy.decide(run_filters(example.comment, known, BUILT_IN), NOW))
    return found


def held(decisions: Sequence[Decision]) -> float:
    return sum(d.score >= d.hold_at for d in decisions) / len(decisions)


def test_hardly_any_honest_comment_of_any_kind_is_held(decided):
    honest = [d for (spam, _), decisions in decided.items() if not spam for d in decisions]
    assert len(honest) > 220
    assert sum(d.score >= d.hold_at for d in honest) <= 1


def test_two_thirds_of_the_spam_are_held_without_lessons(decided):
    spam = [d for (is_spam, _), decisions in decided.items() if is_spam for d in decisions]
    assert len(spam) > 150
    assert held(spam) >= 0.66


def test_some_spam_of_every_kind_is_held(decided):
    of_kind = {kind: held(decisions) for (spam, kind), decisions in decided.items() if spam}
    assert min(of_kind.values()) > 0, of_kind
    assert sum(share >= 0.5 for share in of_kind.values()) >= 0.75 * len(of_kind), of_kind


@pytest.mark.parametrize("name", DISGUISES)
def test_disguised_spam_keeps_four_fifths_of_its_recall(name: str) -> None:
    texts = [e.comment.content for e in read(PROBES.read_text(encoding="utf-8").splitlines()).examples if e.spam]
    draw = chance("disguise", 1)
    plain, disguised = (
        sum(shipped_prior().log_odds(a_comment(author="", url="", content=text)) > SPAM for text in of)
        for of in (texts, [DISGUISES[name](text, draw) for text in texts])
    )
    assert plain > 0.7 * len(texts)
    assert disguised >= 0.8 * plain
