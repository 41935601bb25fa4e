"""A site's terms are found as whole words, in their fields, disguised or not."""

import pytest

from comments.lifecycle import Action
from comments.setting_values import Term
from tests.support.builders import NOW, a_comment, a_site
from tests.unit.workers.about import policy, seen
from workers.filters.words import WordFilter


def held(term: str, content: str, **choices: object) -> bool:
    return "words.hold" in seen(WordFilter(), a_comment(content=content), hold_words=(Term(term),), **choices)


@pytest.mark.parametrize(
    ("term", "content"),
    [
        ("casino", "The best Casino!"),
        ("Casino", "the best casino"),
        ("casino", "the best c4s1no"),
        ("c4sino", "the best casino"),
        ("casino", "the best саsinо"),  # some letters are Cyrillic
        ("casino", "the best c a s i n o"),
        ("casino", "the best cas\u200bino"),
        ("best casino", "the best\n casino"),
        ("buy-now", "please buy-now"),
        ("t.me/", "write to T.me/somebody"),
        ("@spam.example", "joe@spam.example"),
        ("$$$", "earn $$$ today"),
        ("казино", "лучшее КАЗИНО"),
        ("賭場", "最好的賭場在這裡"),
        ("café", "the best cafe"),
    ],
)
def test_a_term_is_found(term, content):
    assert held(term, content)


@pytest.mark.parametrize(
    ("term", "content"),
    [("cialis", "a specialist"), ("ass", "class and assess"), ("best casino", "best casinos"), ("", "x")],
)
def test_a_term_inside_another_word_is_not_found(term, content):
    assert not held(term, content)


def test_a_site_may_match_inside_words_as_wordpress_does():
    assert held("cialis", "a specialist", match_inside_words=True)


def test_a_term_is_searched_in_its_fields_only():
    term = Term("casino", ("author",))
    assert seen(WordFilter(), a_comment(content="casino"), hold_words=(term,)) == {}
    found = seen(WordFilter(), a_comment(author="Casino Royal"), hold_words=(term,))
    assert found["words.hold"].evidence == "“casino” in the name"


def test_every_visitor_field_can_be_watched():
    terms = tuple(Term(word) for word in ("ada", "mail.example", "url.example", "content"))
    comment = a_comment(author="Ada", email="x@mail.example", url="http://url.example/", content="some content")
    evidence = seen(WordFilter(), comment, hold_words=terms)["words.hold"].evidence
    assert (
        evidence
        == "“ada” in the name, “mail.example” in the email address, “url.example” in the website, “content” in the text"
    )


@pytest.mark.parametrize("spam_at", [5.0, 8.0, 30.0])
def test_a_rejected_term_has_the_points_of_the_sites_spam_threshold(spam_at):
    found = seen(WordFilter(), a_comment(content="casino"), reject_words=(Term("casino"),))
    decision = policy(WordFilter()).for_site(a_site(spam_at=spam_at)).decide(found.values(), NOW)
    assert (decision.action, decision.score) == (Action.SPAM, spam_at)


def test_many_terms_that_hold_are_not_spam():
    terms = tuple(Term(word) for word in ("one", "two", "three", "four"))
    found = seen(WordFilter(), a_comment(content="one two three four"), hold_words=terms)
    assert policy(WordFilter()).decide(found.values(), NOW).action is Action.HOLD
