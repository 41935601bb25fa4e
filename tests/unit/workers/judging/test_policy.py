"""Points add up to one of three decisions, and some signals can never make a comment spam."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.errors import SettingsInvalid
from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Signal
from comments.signals import Override, SignalInfo
from tests.support.builders import NOW, a_site
from workers.filters import BUILT_IN, Facts, Filter
from workers.judging.policy import FILTER_FAILED, MAX_HISTORY, NEEDS_HUMAN, Policy, build_policy

WEIGHTS = {
    "a": 2.0,
    "b": 6.0,
    "good": -4.0,
    "hold": Override.HOLD,
    "person": Override.PERSON,
    "reject": Override.REJECT,
}
POLICY = Policy(weights=WEIGHTS)


def outcome(*names: str, policy: Policy = POLICY, strength: float = 1.0) -> Action:
    return policy.decide([Signal(name, strength, "") for name in names], NOW).action


@pytest.mark.parametrize(
    ("names", "action"),
    [
        ((), Action.APPROVE),
        (("a",), Action.APPROVE),
        (("b",), Action.HOLD),
        (("a", "b"), Action.SPAM),
        (("a", "b", "good"), Action.HOLD),
        (("b", "good"), Action.APPROVE),
        (("hold",), Action.HOLD),
        (("hold", "good"), Action.HOLD),
        (("hold", "a", "b"), Action.SPAM),
        (("person", "a", "b", "reject"), Action.HOLD),
        (("reject",), Action.SPAM),
        (("reject", "good"), Action.SPAM),
    ],
)
def test_signals_lead_to_an_outcome(names, action):
    assert outcome(*names) is action


def test_a_decision_keeps_its_signals():
    decision = POLICY.decide([Signal("b", 0.5, "three links"), Signal("hold", 1.0, "new here")], NOW)
    told = [(s.name, s.strength, s.evidence, s.points) for s in decision.signals]
    assert told == [("b", 0.5, "three links", 3.0), ("hold", 1.0, "new here", 0.0)]
    assert [s.holds for s in decision.signals] == [False, True]
    assert (decision.hold_at, decision.spam_at) == (POLICY.hold_at, POLICY.spam_at)
    assert (decision.score, decision.status, decision.policy) == (3.0, Status.HELD, POLICY.version)
    assert (decision.role, decision.by, decision.at) == (Role.FILTERS, "filters", NOW)


def test_points_that_reach_a_threshold_on_paper_reach_it():
    tenths = Policy(hold_at=0.3, spam_at=8.0, weights={"tenth": 0.1})
    assert outcome("tenth", "tenth", "tenth", policy=tenths) is Action.HOLD


def test_an_undeclared_signal_cannot_be_weighed():
    with pytest.raises(KeyError):
        outcome("unheard of")


ONLY_HOLD = sorted(
    name for name, weight in build_policy(BUILT_IN, {}).weights.items() if weight in (Override.HOLD, Override.PERSON)
)


def test_these_signals_only_hold():
    assert ONLY_HOLD == [
        "audit.sample",
        "author.first",
        "author.first-link",
        "author.impersonation",
        "copies.similar",
        "filter.failed",
        "form.proof-missing",
        "gibberish.text",
        "held-before",
        "learned.certain",
        "links.added",
        "needs-human",
        "profanity.word",
        "reported.readers",
        "requirements.fields",
        "requirements.parent",
        "requirements.thread",
        "scorer.external",
        "site.moderation",
        "solicitation.hint",
        "standing.muted",
        "toxicity.attack",
        "words.hold",
    ]


@given(st.lists(st.tuples(st.sampled_from(ONLY_HOLD), st.floats(0, 1)), min_size=1, max_size=50))
def test_no_number_of_signals_that_only_hold_makes_spam(seen):
    decision = build_policy(BUILT_IN, {}).decide([Signal(name, strength, "") for name, strength in seen], NOW)
    assert (decision.action, decision.score) == (Action.HOLD, 0.0)


def test_only_bans_rejected_terms_copies_of_spam_and_the_learned_filter_make_spam_alone():
    policy = build_policy(BUILT_IN, {})
    alone = {name for name in policy.weights if outcome(name, policy=policy) is Action.SPAM}
    of_people = {"words.reject", "standing.banned", "standing.shadowed", "copies.spam", "copies.name"}
    assert alone == {*of_people, "learned.spam"}


def test_earlier_comments_take_away_a_limited_number_of_points():
    policy = build_policy(BUILT_IN, {"weights": {"author.known": -9.0}})
    known, domains = Signal("author.known", 1.0, ""), Signal("reputation.ham", 1.0, "")
    decision = policy.decide([known, domains, Signal("links.many", 0.8, "")], NOW)
    assert decision.score == 4.0 - MAX_HISTORY
    assert sum(s.points for s in decision.signals) == pytest.approx(decision.score)
    assert decision.action is Action.HOLD


def test_a_filled_trap_is_held_whatever_else_is_said_and_never_spam_alone():
    kind = [Signal(name, 1.0, "") for name in ("learned.ham", "standing.trusted", "author.known", "reputation.ham")]
    for hold_at, spam_at in ((3.0, 8.0), (7.0, 9.0), (2.0, 4.0)):
        policy = replace(build_policy(BUILT_IN, {}), hold_at=hold_at, spam_at=spam_at)
        for others in ([], kind):
            decision = policy.decide([Signal("trap.filled", 1.0, ""), *others], NOW)
            assert decision.action is Action.HOLD


def test_copies_are_held_however_honest_they_read():
    policy = build_policy(BUILT_IN, {})
    for name in ("duplicates.here", "duplicates.anywhere", "near-duplicates.text"):
        decision = policy.decide([Signal(name, 1.0, ""), Signal("learned.ham", 1.0, "")], NOW)
        assert decision.action is Action.HOLD
    decision = policy.decide([Signal("duplicates.here", 0.4, ""), Signal("learned.ham", 1.0, "")], NOW)
    assert decision.action is Action.APPROVE


def test_a_trap_links_and_a_duplicate_together_make_spam():
    policy = build_policy(BUILT_IN, {})
    signals = [Signal("trap.filled", 1.0, ""), Signal("links.many", 0.6, ""), Signal("duplicates.here", 0.4, "")]
    assert policy.decide(signals, NOW).action is Action.SPAM


def test_a_site_has_its_own_thresholds():
    strict = POLICY.for_site(a_site(hold_at=1.0, spam_at=5.0))
    assert outcome("a", policy=strict) is Action.HOLD
    assert outcome("b", policy=strict) is Action.SPAM
    assert outcome("reject", policy=POLICY.for_site(a_site(spam_at=20.0))) is Action.SPAM


def test_a_site_without_thresholds_has_those_of_the_policy():
    wide = build_policy(BUILT_IN, {"thresholds": {"hold_at": 4, "spam_at": 12.5}})
    assert (wide.for_site(a_site()).hold_at, wide.for_site(a_site()).spam_at) == (4.0, 12.5)
    assert wide.for_site(a_site(hold_at=2.0)).hold_at == 2.0
    assert POLICY.for_site(a_site()) is POLICY


def test_the_version_changes_with_every_number():
    policies = [
        POLICY,
        replace(POLICY, hold_at=3.1),
        replace(POLICY, spam_at=8.1),
        replace(POLICY, weights=WEIGHTS | {"a": 2.1}),
        replace(POLICY, weights=WEIGHTS | {"hold": Override.PERSON}),
        replace(POLICY, weights=WEIGHTS | {"c": 0.0}),
    ]
    assert len({policy.version for policy in policies}) == len(policies)
    assert replace(POLICY, hold_at=3.0).version == POLICY.version


def test_a_policy_file_sets_weights():
    assert build_policy(BUILT_IN, {"weights": {"trap.filled": 7}}).weights["trap.filled"] == 7.0


@pytest.mark.parametrize(
    "overrides",
    [
        {"weights": {"links.manny": 1.0}},
        {"weights": {"profanity.word": 9.0}},
        {"weights": {FILTER_FAILED: 0.0}},
        {"weights": {NEEDS_HUMAN: 0.0}},
        {"weights": {"trap.filled": "much"}},
        {"weights": {"trap.filled": True}},
        {"weights": {"trap.filled": float("nan")}},
        {"thresholds": {"reject_at": 9.0}},
        {"thresholds": {"hold_at": 9.0}},
        {"thresholds": {"hold_at": 0}},
        {"threshold": {}},
    ],
)
def test_an_invalid_policy_file_stops_the_start(overrides):
    with pytest.raises(SettingsInvalid):
        build_policy(BUILT_IN, overrides)


@dataclass(frozen=True)
class Copycat(Filter):
    name = "copycat"
    signals = {"trap.filled": SignalInfo(1.0)}  # noqa: RUF012

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        yield from ()


def test_two_filters_may_not_give_one_signal():
    with pytest.raises(SettingsInvalid, match=r"trap\.filled"):
        build_policy((*BUILT_IN, Copycat()), {})
