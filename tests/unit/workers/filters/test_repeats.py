"""Duplicates, near-duplicates, and too many comments at once."""

import pytest

from comments.lifecycle import Action
from comments.model import Signal
from comments.storage.values import TokenCounts
from tests.support.builders import NOW, a_comment
from tests.unit.workers.about import policy, seen, strengths
from workers.filters import BUILT_IN
from workers.filters.duplicates import SIMILAR_TEXT, DuplicateFilter
from workers.filters.near_duplicates import NearDuplicateFilter
from workers.filters.velocity import FROM_ORIGIN, ON_SITE, ORIGIN_ON_ALL_SITES, VelocityFilter
from workers.judging.policy import build_policy
from workers.learning.copy_tokens import lesson_tokens

HERE, ANYWHERE = DuplicateFilter.windows
LONG = (
    "After years of losing money with other brokers I finally found a platform that pays out every week, and my whole "
    "family now lives from what I earn there. Ask Mrs Hale, she explains all of it for free."
)


def action(asked: DuplicateFilter | NearDuplicateFilter | VelocityFilter, counts: dict[str, int]) -> Action:
    return policy(asked).decide(seen(asked, counts=counts).values(), NOW).action


def test_a_text_has_one_value_on_the_site_and_on_all_sites():
    comment = a_comment(content="Earn 500 dollars every single day from home!")
    again = a_comment(content="EARN 900 dollars every single day, from home", thread="another", author="Bob")
    assert HERE.value(comment) == HERE.value(again) == ANYWHERE.value(again) != ""
    assert (HERE.shared, ANYWHERE.shared) == (False, True)


def test_evidence_says_one_and_many_in_plain_english():
    one, two = (seen(DuplicateFilter(), counts={HERE.name: n, ANYWHERE.name: n})[HERE.name].evidence for n in (1, 2))
    assert one == "It has the same text as 1 other comment of the last 24 hours"
    assert two == "It has the same text as 2 other comments of the last 24 hours"


def test_short_texts_are_not_counted():
    assert HERE.value(a_comment(content="Thank you!")) == ""


def test_a_new_text_gives_no_signal():
    assert seen(DuplicateFilter(), counts={HERE.name: 0, ANYWHERE.name: 0}) == {}
    assert seen(DuplicateFilter()) == {}


def test_a_second_copy_is_published_and_a_third_held():
    assert action(DuplicateFilter(), {HERE.name: 1, ANYWHERE.name: 1}) is Action.APPROVE
    assert action(DuplicateFilter(), {HERE.name: 2, ANYWHERE.name: 2}) is Action.HOLD
    assert action(DuplicateFilter(), {HERE.name: 500, ANYWHERE.name: 500}) is Action.HOLD


def test_a_sites_own_copies_count_once():
    assert set(seen(DuplicateFilter(), counts={HERE.name: 2, ANYWHERE.name: 2})) == {HERE.name}
    assert set(seen(DuplicateFilter(), counts={HERE.name: 0, ANYWHERE.name: 2})) == {ANYWHERE.name}


def test_a_campaign_on_several_sites_is_spam():
    assert action(DuplicateFilter(), {HERE.name: 3, ANYWHERE.name: 9}) is Action.SPAM


def test_near_duplicates_use_shared_windows_for_all_and_for_one_network():
    assert [(w.seconds, w.shared) for w in NearDuplicateFilter.windows] == [(24 * 3600, True)] * 6
    assert [w.value(a_comment(content="too short")) for w in NearDuplicateFilter.windows] == [""] * 6


def test_near_duplicates_meet_in_any_band():
    for name in SIMILAR_TEXT:
        assert set(seen(NearDuplicateFilter(), counts={name: 2})) == {"near-duplicates.text"}


def test_a_campaign_with_changed_words_is_held():
    same_network = {"near-duplicates.0": 1, "near-duplicates.network.0": 1}
    assert action(NearDuplicateFilter(), same_network) is Action.APPROVE
    assert action(NearDuplicateFilter(), {"near-duplicates.0": 2}) is Action.HOLD
    assert action(NearDuplicateFilter(), {"near-duplicates.0": 999}) is Action.HOLD


def test_the_second_copy_of_a_long_text_from_another_network_is_held():
    comment = a_comment(content=LONG)
    for counts in ({"near-duplicates.0": 1}, {"near-duplicates.0": 1, HERE.name: 1, ANYWHERE.name: 1}):
        for asked in (NearDuplicateFilter(), DuplicateFilter()):
            found = seen(asked, comment, counts=counts).values()
            honest = [Signal("learned.ham", 1.0, "")]
            decided = build_policy(BUILT_IN, {}).decide([*found, *honest], NOW)
            assert decided.action is (Action.HOLD if found else Action.APPROVE)


def test_short_repeats_count_from_the_third_copy_on_and_never_hold_what_reads_honest():
    comment = a_comment(content="That's not a Bugatti")
    counts = {HERE.name: 3, ANYWHERE.name: 3}
    assert strengths(DuplicateFilter(), comment, counts={HERE.name: 2, ANYWHERE.name: 2}) == {}
    assert strengths(DuplicateFilter(), comment, counts=counts) == {HERE.name: 0.9}
    found = [*seen(DuplicateFilter(), comment, counts=counts).values(), Signal("learned.ham", 1.0, "")]
    assert build_policy(BUILT_IN, {}).decide(found, NOW).action is Action.APPROVE


@pytest.mark.parametrize("text", ["thanks", "+1", "First!", "great post", "me too", "lol"])
def test_honest_short_repeats_are_never_counted(text):
    assert [w.value(a_comment(content=text)) for w in (*DuplicateFilter.windows, *NearDuplicateFilter.windows)] == [
        ""
    ] * 8


def test_identical_texts_are_not_counted_as_near_duplicates_too():
    counts = {HERE.name: 2, ANYWHERE.name: 2, "near-duplicates.0": 2}
    assert seen(NearDuplicateFilter(), counts=counts) == {}


def test_a_network_is_held_only_when_it_floods():
    assert action(VelocityFilter(), {"velocity.origin": 5}) is Action.APPROVE
    assert action(VelocityFilter(), {"velocity.origin": 20}) is Action.HOLD
    assert strengths(VelocityFilter(), counts={"velocity.origin": 10**6}) == {"velocity.origin": 1.0}


def test_comments_of_a_network_on_other_sites_give_a_signal_that_never_holds_alone():
    assert strengths(VelocityFilter(), counts={"velocity.origin": 3, "velocity.elsewhere": 8}) == {}
    assert strengths(VelocityFilter(), counts={"velocity.origin": 3, "velocity.elsewhere": 23}) == {
        "velocity.elsewhere": 1.0
    }
    assert action(VelocityFilter(), {"velocity.elsewhere": 10**6}) is Action.APPROVE


def test_a_rush_on_a_site_never_holds_alone():
    assert action(VelocityFilter(), {"velocity.site": 10**6}) is Action.APPROVE


def test_a_comment_without_an_origin_is_not_counted():
    assert [w.value(a_comment(origin="")) for w in VelocityFilter.windows] == ["", "", "blog"]


def test_short_texts_like_those_that_people_approved_are_not_held_as_repeated():
    wish, counts = a_comment(content="Please invite Fadil and his brother"), dict.fromkeys(SIMILAR_TEXT, 3)
    for ham, spam, strength in ((0, 0, 1.0), (1, 0, 1.0), (2, 0, 0.5), (2, 1, 1.0)):
        corpus = TokenCounts(ham, spam, dict.fromkeys(lesson_tokens(wish), (ham, spam)))
        assert strengths(NearDuplicateFilter(), wish, counts=counts, corpus=corpus) == {
            "near-duplicates.text": strength
        }
    long = a_comment(content=LONG)
    corpus = TokenCounts(9, 0, dict.fromkeys(lesson_tokens(long), (9, 0)))
    assert strengths(NearDuplicateFilter(), long, counts=counts, corpus=corpus) == {"near-duplicates.text": 1.0}


def test_short_near_duplicates_that_read_honest_are_published_by_a_taught_site_only():
    chant, counts = a_comment(content="Iya iya suka suka ada Zeta dan Keanu"), {"near-duplicates.0": 20}
    honest, weights = Signal("learned.ham", 1.0, ""), build_policy(BUILT_IN, {})
    for lessons, with_honest in ((14, Action.HOLD), (15, Action.APPROVE)):
        corpus = TokenCounts(lessons, 15, {})
        found = seen(NearDuplicateFilter(), chant, counts=counts, corpus=corpus).values()
        assert weights.decide([*found, honest], NOW).action is with_honest
        assert weights.decide(found, NOW).action is Action.HOLD
    long = seen(NearDuplicateFilter(), a_comment(content=LONG), counts=counts, corpus=TokenCounts(99, 99, {}))
    assert weights.decide([*long.values(), honest], NOW).action is Action.HOLD


@pytest.mark.parametrize(
    ("name", "usual", "most"), [(FROM_ORIGIN, 5, 20), (ORIGIN_ON_ALL_SITES, 5, 20), (ON_SITE, 60, 300)]
)
def test_many_comments_at_once_count_from_the_declared_numbers_on(name: str, usual: int, most: int) -> None:
    assert strengths(VelocityFilter(), counts={name: usual}) == {}
    assert strengths(VelocityFilter(), counts={name: usual + 1}) == {name: pytest.approx(1 / (most - usual))}
    assert (
        strengths(VelocityFilter(), counts={name: most})
        == strengths(VelocityFilter(), counts={name: 9 * most})
        == {name: 1.0}
    )
