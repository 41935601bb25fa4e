"""Duplicates, near-duplicates, and too many comments at once."""

from comments.lifecycle import Action
from tests.support.builders import NOW, a_comment
from tests.unit.workers.about import policy, seen, strengths
from workers.filters.duplicates import DuplicateFilter
from workers.filters.near_duplicates import NearDuplicateFilter
from workers.filters.velocity import VelocityFilter

HERE, ANYWHERE = DuplicateFilter.windows


def action(asked: DuplicateFilter | NearDuplicateFilter | VelocityFilter, counts: dict[str, int]) -> Action:
    return policy(asked).decide(seen(asked, counts=counts).values(), NOW).action


def test_a_text_has_one_value_on_the_site_and_on_all_sites():
    comment = a_comment(content="Earn 500 dollars every single day from home!")
    again = a_comment(content="EARN 900 dollars every single day, from home", thread="another", author="Bob")
    assert HERE.value(comment) == HERE.value(again) == ANYWHERE.value(again) != ""
    assert (HERE.shared, ANYWHERE.shared) == (False, True)


def test_evidence_says_one_and_many_in_plain_english():
    one, two = (seen(DuplicateFilter(), counts={HERE.name: n, ANYWHERE.name: n})[HERE.name].evidence for n in (1, 2))
    assert one == "Same text as 1 other comment in the last 24 hours"
    assert two == "Same text as 2 other comments in the last 24 hours"


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


def test_near_duplicates_use_three_shared_windows():
    assert [(w.seconds, w.shared) for w in NearDuplicateFilter.windows] == [(24 * 3600, True)] * 3
    assert [w.value(a_comment(content="too short")) for w in NearDuplicateFilter.windows] == ["", "", ""]


def test_near_duplicates_meet_in_any_band():
    for window in NearDuplicateFilter.windows:
        assert set(seen(NearDuplicateFilter(), counts={window.name: 2})) == {"near-duplicates.text"}


def test_a_campaign_with_changed_words_is_held():
    assert action(NearDuplicateFilter(), {"near-duplicates.0": 1}) is Action.APPROVE
    assert action(NearDuplicateFilter(), {"near-duplicates.0": 2}) is Action.HOLD
    assert action(NearDuplicateFilter(), {"near-duplicates.0": 999}) is Action.HOLD


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
