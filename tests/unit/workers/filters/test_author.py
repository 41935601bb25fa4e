"""First comments are held if the site wants it. Earlier approved comments give limited trust."""

import pytest

from comments.author_rules import AuthorRule, RuleEffect, RuleTarget
from comments.storage.values import TokenCounts
from tests.support.builders import NOW, a_comment
from tests.unit.workers.about import policy, seen, strengths
from workers.filters.author import SURE, AuthorFilter, has_contact
from workers.learning.combined_model import combined_score


def test_a_first_comment_is_held_if_the_site_holds_first_comments():
    assert strengths(AuthorFilter(), moderation="first", approved=(0, 0), spam=(0, 0)) == {"author.first": 1.0}
    assert strengths(AuthorFilter(), moderation="first", approved=(), spam=()) == {"author.first": 1.0}


def test_the_first_link_of_a_known_author_is_held_if_the_site_holds_first_comments():
    linking = [a_comment(content="See https://bread.example/rye"), a_comment(url="https://ada.example")]
    for comment in linking:
        known = seen(AuthorFilter(), comment, moderation="first", approved=(3, 3), spam=(0, 0))
        assert "author.first-link" in known
        assert "author.first-link" not in seen(AuthorFilter(), comment, approved=(3, 3), links_approved=True)
        assert "author.first-link" not in seen(AuthorFilter(), comment, moderation="suspicious", approved=(3, 3))
    assert "author.first-link" not in seen(AuthorFilter(), approved=(3, 3))


def test_a_site_may_publish_first_comments():
    assert strengths(AuthorFilter(), moderation="suspicious", approved=(0, 0), spam=(0, 0)) == {}


def test_a_site_may_hold_all_comments_even_of_known_authors():
    assert "site.moderation" in seen(AuthorFilter(), moderation="all", approved=(9, 9), spam=(0, 0))


def test_a_typed_address_from_another_network_is_a_first_comment():
    assert strengths(AuthorFilter(), moderation="first", approved=(30, 0), spam=(0, 0)) == {"author.first": 1.0}
    found = strengths(AuthorFilter(), a_comment(origin=""), moderation="first", approved=(3, 3), spam=(0, 0))
    assert found == {"author.first": 1.0}


def test_the_same_address_and_network_give_half_the_trust():
    assert strengths(AuthorFilter(), approved=(3, 3), spam=(0, 0)) == {"author.known": 0.5}


@pytest.mark.parametrize("proof", [{"user": "u"}, {"browser": "b"}, {"email_confirmed": True}])
def test_an_author_who_proves_who_they_are_is_known_from_every_network(proof):
    comment = a_comment(**proof)
    (key,) = comment.proven_keys
    approved = tuple(3 if name == key else 0 for name in comment.author_keys)
    assert strengths(AuthorFilter(), comment, approved=approved) == {"author.known": 1.0}


def test_a_browser_with_a_good_record_gets_no_trust_for_the_address_of_another_person():
    mine, theirs = a_comment(browser="b", identity="mine"), a_comment(browser="b", identity="theirs")
    assert set(mine.proven_keys).isdisjoint(theirs.proven_keys)


def test_spam_under_a_typed_address_counts_against_strangers_and_not_against_the_proven_owner():
    spam = {"approved": (0, 0), "spam": (4, 0)}
    assert "author.spammed" in strengths(AuthorFilter(), **spam)
    owner = a_comment(user="u")
    assert owner.author_keys[:2] == ("u", "identity-of-ada")
    assert strengths(AuthorFilter(), owner, approved=(3, 0, 0), spam=(0, 4, 0)) == {"author.known": 1.0}


def test_a_member_of_the_team_is_not_held():
    assert strengths(AuthorFilter(), a_comment(user="u", role="staff"), moderation="all") == {}


def test_trust_grows_with_approved_comments():
    one, two = (
        seen(AuthorFilter(), a_comment(browser="b"), approved=(n, n, n), spam=(0, 0, 0))["author.known"].strength
        for n in (1, 2)
    )
    assert 0 < one < two < 1


def test_an_author_of_more_spam_than_comments_is_suspicious():
    assert strengths(AuthorFilter(), approved=(1, 1), spam=(3, 3)) == {"author.spammed": 1.0}
    assert "author.known" in seen(AuthorFilter(), approved=(3, 3), spam=(1, 1))


def test_earlier_spam_of_the_author_holds_but_is_not_enough_for_spam():
    decision = policy(AuthorFilter()).decide(
        seen(AuthorFilter(), moderation="suspicious", spam=(9, 9)).values(), a_comment().received
    )
    assert decision.status == "held"


SURELY_HONEST = "I think the government should have asked the farmers before it changed the water law last year."


def test_a_first_comment_that_is_surely_honest_is_published_and_says_so():
    comment = a_comment(content=SURELY_HONEST)
    assert combined_score(comment, TokenCounts()).probability <= SURE
    assert strengths(AuthorFilter(), comment, moderation="unsure") == {"author.sure": 1.0}
    assert strengths(AuthorFilter(), comment, moderation="first") == {"author.first": 1.0}


@pytest.mark.parametrize(
    "fields",
    [
        {"content": f"{SURELY_HONEST} See https://farmers.example/water"},
        {"content": f"{SURELY_HONEST} See https://en.wikipedia.org/wiki/Water and https://farmers.example/water"},
        {"content": f"{SURELY_HONEST} See https://www.w3.org/redirect?url=https://farmers.example"},
        {"content": f"{SURELY_HONEST} See https://wikipedia.org.farmers.example/water"},
        {"content": f"{SURELY_HONEST} See https://fakewikipedia.org/water"},
        {"url": "https://cheap-loans-online.example"},
        {"url": "https://farmers.example/member.php?u=4711"},
        {"url": "https://farmers.example", "author": "best casino online"},
        {"author": "farmers.com"},
        {"content": f"{SURELY_HONEST} Write to me at farmer@mail.example."},
        {"content": f"{SURELY_HONEST} Call +1 202 555 0101."},
        {"content": f"{SURELY_HONEST} Call 0171 5556677."},
        {"content": f"{SURELY_HONEST} Call 01632 960 554."},
        {"content": f"{SURELY_HONEST} Call 0049 30 1234567."},
        {"content": f"{SURELY_HONEST} Call 347 1234567."},
        {"content": f"{SURELY_HONEST} I am on WhatsApp."},
        {"content": "Earn money from home now, guaranteed profit every day"},
    ],
)
def test_a_first_comment_with_a_link_contact_or_doubt_is_held(fields):
    comment = a_comment(**{"content": SURELY_HONEST, **fields})
    assert strengths(AuthorFilter(), comment, moderation="unsure") == {"author.first": 1.0}


@pytest.mark.parametrize(
    "harmless",
    [
        "We met in 2019 and 2020.",
        "Order 88213 of 12345.",
        "It is at 0x00000000 00000010.",
        "It was built on 01.05.2024 and 03.05.2024.",
        "The log begins on 2024-05-01 12:30.",
        "The printer is at 192.168.100.100.",
        "The signal is weak in our valley.",
        "It was sown among discord.",
    ],
)
def test_dates_and_ordinary_words_are_no_contact(harmless: str) -> None:
    assert not has_contact(a_comment(content=f"{SURELY_HONEST} {harmless}"))


@pytest.mark.parametrize(
    "address",
    [
        "https://en.wikipedia.org/wiki/Water_law",
        "https://www.rfc-editor.org/rfc/rfc9110",
        "https://doi.org/10.1000/182",
    ],
)
def test_a_first_comment_with_a_link_to_a_reference_work_is_published_if_it_is_surely_honest(address: str) -> None:
    comment = a_comment(content=f"{SURELY_HONEST} See {address}")
    assert combined_score(comment, TokenCounts()).probability <= SURE
    assert strengths(AuthorFilter(), comment, moderation="unsure") == {"author.sure": 1.0}
    assert strengths(AuthorFilter(), comment, moderation="first")["author.first"] == 1.0


def test_the_first_link_in_the_text_of_a_known_author_is_held_where_first_comments_are_published_when_sure():
    linking = a_comment(content=f"{SURELY_HONEST} See https://farmers.example/water")
    assert "author.first-link" in seen(AuthorFilter(), linking, moderation="unsure", approved=(3, 3), spam=(0, 0))


def test_a_first_comment_with_an_ordinary_website_is_published_if_it_is_surely_honest():
    comment = a_comment(content=SURELY_HONEST, author="Ada Lovelace", url="https://ada.example")
    assert strengths(AuthorFilter(), comment, moderation="unsure") == {"author.sure": 1.0}
    known = {"approved": (3, 3), "spam": (0, 0)}
    assert "author.first-link" not in seen(AuthorFilter(), comment, moderation="unsure", **known)
    assert "author.first-link" in seen(AuthorFilter(), comment, moderation="first", **known)


def test_trust_by_a_rule_needs_no_first_review():
    rule = AuthorRule(RuleTarget.ORIGIN, "origin-of-ada", RuleEffect.TRUST, "mo", NOW)
    assert strengths(AuthorFilter(), a_comment(url="https://ada.example"), moderation="unsure", rules=(rule,)) == {}
