"""The reputation of a domain follows from lessons about comments that link to it."""

import pytest

from comments.storage.values import TokenCounts
from tests.support.builders import a_comment
from tests.unit.workers.about import seen
from workers.filters.reputation import ReputationFilter
from workers.judging.policy import Policy
from workers.learning.site_model import tokens


def found(content: str, **known: tuple[int, int]) -> dict[str, tuple[float, str]]:
    """Return the signals of a comment after lessons of ham and spam about domains. "_" stands for a dot."""
    corpus = TokenCounts(50, 50, {f"link:{domain.replace('_', '.')}": counts for domain, counts in known.items()})
    comment = a_comment(content=content)
    return {name: (s.strength, s.evidence) for name, s in seen(ReputationFilter(), comment, corpus=corpus).items()}


def test_a_domain_of_spam_is_named_with_its_counts():
    assert found("See https://pills.example/x", pills_example=(0, 7)) == {
        "reputation.spam": (1.0, "Links to pills.example were in 7 spam comments and in no published comment")
    }


@pytest.mark.parametrize("host", ["shop.pills.example", "www.pills.example", "PILLS.example", "a.b.pills.example"])
def test_a_name_below_a_domain_of_spam_is_as_bad(host):
    assert "reputation.spam" in found(f"See http://{host}/", pills_example=(0, 5))


def test_one_lesson_gives_a_weak_signal():
    assert found("See http://pills.example", pills_example=(0, 1))["reputation.spam"][0] == pytest.approx(1 / 5)


def test_a_domain_in_spam_and_in_ham_gives_no_signal():
    assert "reputation.spam" not in found("See http://bit.ly/x", bit_ly=(3, 8))


def test_a_domain_of_approved_comments_lowers_the_points():
    assert found("See http://paper.example/2026", paper_example=(5, 0)) == {
        "reputation.ham": (1.0, "Links to paper.example were in no spam and in 5 published comments")
    }


def test_a_known_domain_does_not_vouch_for_an_unknown_one():
    assert found("http://paper.example http://new.example", paper_example=(5, 0)) == {}


def test_the_worst_of_several_links_counts():
    signals = found("http://paper.example http://pills.example", paper_example=(9, 0), pills_example=(0, 5))
    assert signals.keys() == {"reputation.spam"}


def test_a_public_suffix_has_no_reputation():
    assert found("http://new.example", example=(0, 50)) == {}


def test_comments_without_links_give_no_signal():
    assert found("no link here", pills_example=(0, 9)) == {}


def test_lessons_count_a_link_by_its_host_and_its_parent_domains():
    assert {"link:a.b.example", "link:b.example"} <= tokens(a_comment(content="http://www.a.b.example/"))


def elsewhere(**known: tuple[int, int]) -> dict[str, float]:
    comment = a_comment(content="See http://shop.pills.example/")
    of = {domain.replace("_", "."): counts for domain, counts in known.items()}
    return {name: s.strength for name, s in seen(ReputationFilter(), comment, other_sites=of).items()}


def test_spam_lessons_of_other_sites_count_if_sharing_is_on():
    assert elsewhere() == {}
    assert elsewhere(pills_example=(0, 1)) == {"reputation.elsewhere": pytest.approx(1 / 3)}
    assert elsewhere(pills_example=(0, 7), shop_pills_example=(0, 3)) == {"reputation.elsewhere": 1.0}


def test_one_site_that_approved_a_domain_outweighs_three_others():
    assert elsewhere(pills_example=(1, 3)) == {}


def test_other_sites_never_hold_alone():
    weight = ReputationFilter.signals["reputation.elsewhere"].weight
    assert isinstance(weight, float)
    assert weight < Policy().hold_at
