"""Neither one campaign nor one moderator can dominate what a site learned."""

import zlib
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.lifecycle import Action, Label, Role
from comments.model import Comment
from comments.pseudonyms import digest
from comments.report_rules import held_for_reports
from comments.storage.corpus_lessons import Lesson, counted_lessons, lesson_of
from comments.storage.values import TokenCounts
from tests.support.builders import NOW, a_comment, a_decision
from training.generate import honest, spam
from workers.learning.combined_model import combined_score
from workers.learning.lesson_quotas import FEW_WORDS, MAX_OF_CAMPAIGN, MAX_OVERRULING, campaign, lesson_quotas
from workers.learning.site_model import tokens
from workers.text.normalization import fold
from workers.text.tokens import words

TEMPLATE = (
    "Dear {name}, our trusted team in {town} lends money to everybody within a day, without papers and without asking; "
    "write to the manager now and your loan number {n} is paid out today"
)
NAMES = ("Ada", "Bob", "Carla", "Dieter", "Eve", "Farid", "Grace")
TOWNS = ("Leeds", "Oslo", "Turin", "Lima", "Quito")
LOANS = [TEMPLATE.format(name=NAMES[n % 7], town=TOWNS[n % 5], n=n) for n in range(1000)]


def decided(content: str, action: Action, by: str, **changes: object) -> Comment:
    """Return a comment that the filters judged without lessons of the site, and then a moderator."""
    comment = a_comment(id=digest(content), author="", content=content)
    known = combined_score(comment, TokenCounts())
    first = Action.HOLD if known.log_odds >= known.hold_at or action is Action.APPROVE else Action.APPROVE
    points = {Action.HOLD: 3.0, Action.APPROVE: 0.0}[first]
    seen = comment.with_decision(a_decision(first, log_odds=known.log_odds, score=points, hold_at=3.0))
    return seen.with_decision(a_decision(action, Role.MODERATOR, by, **changes))


def learned(comments: Iterable[Comment], guarded: bool = True) -> TokenCounts:
    lessons = {
        c.id: lesson for c in comments if (lesson := lesson_of(c, tokens(c), lesson_quotas(c) if guarded else ()))
    }
    counts = {label: Counter[str]() for label in Label}
    labels = Counter[Label]()
    for id in counted_lessons(lessons):
        _count(lessons[id], counts, labels)
    pairs = {t: (counts[Label.HAM][t], counts[Label.SPAM][t]) for of in Label for t in counts[of]}
    return TokenCounts(labels[Label.HAM], labels[Label.SPAM], pairs)


def _count(lesson: Lesson, counts: dict[Label, Counter[str]], labels: Counter[Label]) -> None:
    labels[lesson.label] += 1
    counts[lesson.label].update(lesson.tokens)


@cache
def texts(label: Label) -> list[str]:
    """Ordinary comments and advertising of many kinds, mixed."""
    examples = (honest if label is Label.HAM else spam)(5, 0.06)
    found = [e.text for e in examples]
    return [found[n * 7919 % len(found)] for n in range(len(found))]


def two_moderators() -> list[Comment]:
    return [
        decided(text, action, ("ada", "bob")[n % 2])
        for label, action in ((Label.HAM, Action.APPROVE), (Label.SPAM, Action.SPAM))
        for n, text in enumerate(texts(label)[:40])
    ]


def held(seen: TokenCounts, contents: Iterable[str]) -> float:
    judgements = [combined_score(a_comment(author="", content=content), seen) for content in contents]
    return sum(j.log_odds >= j.hold_at for j in judgements) / len(judgements)


def test_a_hostile_moderator_cannot_get_ordinary_comments_held():
    ordinary = texts(Label.HAM)
    false = [decided(text, Action.SPAM, "mallory") for text in ordinary[100:600]]
    before, after = (
        held(learned(lessons), ordinary[700:900]) for lessons in (two_moderators(), two_moderators() + false)
    )
    assert after <= before + 0.06
    assert held(learned(two_moderators() + false, guarded=False), ordinary[700:900]) > before + 0.5


def test_a_campaign_changes_no_decision_about_other_comments():
    flood = [decided(text, Action.SPAM, "ada") for text in LOANS]
    before, after = learned(two_moderators()), learned(two_moderators() + flood)
    assert after.spam < before.spam + 100
    assert held(after, texts(Label.HAM)[700:900]) <= held(before, texts(Label.HAM)[700:900]) + 0.01
    assert held(after, texts(Label.SPAM)[100:300]) >= held(before, texts(Label.SPAM)[100:300]) - 0.02
    assert combined_score(a_comment(content=LOANS[0]), after).probability > 0.9


def test_the_same_words_are_one_campaign_despite_other_numbers_links_and_capitals():
    assert (
        len({campaign(t) for t in ("Buy NOW at http://a.example/1", "now buy at http://b.example", "buy at now")}) == 1
    )
    assert campaign("") == campaign(" ") != campaign("!")
    assert campaign("🔥🔥") != campaign("💰")


def test_a_campaign_with_changed_names_is_mostly_recognized():
    (_, most), *_ = Counter(map(campaign, LOANS)).most_common(1)
    assert most >= 500


def test_different_texts_are_no_campaign():
    assert len({campaign(text) for text in texts(Label.HAM)[:300]}) > 150


@pytest.mark.parametrize(
    ("log_odds", "points", "action", "limits"),
    [
        (-3.0, 0.0, Action.SPAM, [MAX_OF_CAMPAIGN, MAX_OVERRULING]),
        (-3.0, 3.0, Action.SPAM, [MAX_OF_CAMPAIGN]),  # held by its points, so a moderator had to decide
        (1.0, 0.0, Action.SPAM, [MAX_OF_CAMPAIGN]),
        (-3.0, 0.0, Action.APPROVE, [MAX_OF_CAMPAIGN]),
        (3.0, 3.0, Action.APPROVE, [MAX_OF_CAMPAIGN]),
        (5.0, 3.0, Action.APPROVE, [MAX_OF_CAMPAIGN, MAX_OVERRULING]),
        (5.0, 3.0, Action.REMOVE, []),
    ],
)
def test_only_lessons_against_the_filters_have_a_quota(log_odds, points, action, limits):
    seen = a_comment().with_decision(a_decision(Action.HOLD, log_odds=log_odds, score=points, hold_at=3.0))
    assert [q.most for q in lesson_quotas(seen.with_decision(a_decision(action, Role.MODERATOR, "mo")))] == limits


def test_lessons_about_reported_comments_have_no_moderator_quota():
    seen = a_comment().with_decision(a_decision(Action.APPROVE, log_odds=-3.0, hold_at=3.0))
    reported = held_for_reports(seen, {"spam": 3}, NOW)
    assert [q.most for q in lesson_quotas(reported.with_decision(a_decision(Action.SPAM, Role.MODERATOR, "mo")))] == [
        MAX_OF_CAMPAIGN
    ]


def test_each_moderator_has_a_quota_for_each_day():
    seen = a_comment().with_decision(a_decision(Action.HOLD, log_odds=-9.0, hold_at=3.0))
    others = [("mo", NOW), ("bo", NOW), ("mo", NOW + timedelta(days=1))]
    rations = {
        lesson_quotas(seen.with_decision(a_decision(Action.SPAM, Role.MODERATOR, by, at=at)))[1] for by, at in others
    }
    assert len(rations) == 3


@given(
    st.lists(st.sampled_from(["the", "harbour", "über", "привет", "a", "garden", "x9", "tea", "\ud800"]), min_size=9)
)
def test_a_campaign_is_the_pair_of_words_with_the_least_hash(texts: list[str]) -> None:
    text = " ".join(texts)
    kept = [word for word in words(fold(text).text) if not any(map(str.isdigit, word))]
    pairs = [f"{a} {b}" for a, b in pairwise(kept)]
    if len(kept) >= FEW_WORDS:
        assert campaign(text) == min(pairs, key=lambda pair: zlib.crc32(pair.encode("utf-8", "replace")))
