"""A few lessons of spam about a topic do not make everything about the topic spam. All texts were written for this."""

from collections.abc import Sequence

import pytest

from bench.topics import PROBES, Outcomes, held_or_spam, outcomes, taught
from comments.lifecycle import Action
from replygate.evaluation.replay import ReplayCorpus

LINES = PROBES.read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def after_lessons() -> Outcomes:
    return outcomes(LINES, taught(LINES))


def of_label(found: Outcomes, spam: bool) -> Sequence[Action]:
    return [action for (is_spam, _), actions in found.items() if is_spam is spam for action in actions]


def test_without_lessons_no_honest_comment_about_topics_of_spam_is_held():
    honest = of_label(outcomes(LINES, ReplayCorpus()), spam=False)
    assert len(honest) >= 48
    assert held_or_spam(honest) == 0


def test_lessons_of_spam_about_a_topic_leave_most_honest_comments_about_it(after_lessons):
    honest = of_label(after_lessons, spam=False)
    assert honest.count(Action.SPAM) <= 1  # it quotes an advert word for word
    assert held_or_spam(honest) <= len(honest) / 3


def test_lessons_of_spam_about_a_topic_find_other_spam_about_it(after_lessons):
    spam = of_label(after_lessons, spam=True)
    assert held_or_spam(spam) == len(spam) >= 16
