"""Profanity is held, masked or allowed, by the site's setting, and never makes a comment spam."""

from comments.lifecycle import Action
from tests.support.builders import NOW, a_comment
from tests.unit.workers.about import policy, seen
from workers.filters.profanity import MASKED, ProfanityFilter

RUDE = a_comment(content="What the fuck, you cunt!")


def test_a_profane_word_holds_and_is_named():
    assert "cunt" in seen(ProfanityFilter(), RUDE)["profanity.word"].evidence


def test_a_site_may_allow_profanity():
    assert seen(ProfanityFilter(), RUDE, profanity="off") == {}


def test_a_site_may_allow_words():
    assert seen(ProfanityFilter(), RUDE, profanity_allow=("fuck", "fvck", "cunt")) == {}


def test_a_site_may_add_words_and_mild_ones():
    mild = a_comment(content="Damn, these ananas.")
    assert seen(ProfanityFilter(), mild) == {}
    assert "damn" in seen(ProfanityFilter(), mild, profanity_tier="mild")["profanity.word"].evidence
    assert "ananas" in seen(ProfanityFilter(), mild, profanity_also=("ananas",))["profanity.word"].evidence


def test_masked_profanity_does_not_hold():
    found = seen(ProfanityFilter(), RUDE, profanity="mask")
    assert set(found) == {MASKED}
    assert policy(ProfanityFilter()).decide(found.values(), NOW).action is Action.APPROVE


def test_profanity_that_cannot_be_masked_holds():
    assert set(seen(ProfanityFilter(), a_comment(content="go and j e r k off"), profanity="mask")) == {"profanity.word"}
    assert set(seen(ProfanityFilter(), a_comment(author="Cunt", content="Hello"), profanity="mask")) == {
        "profanity.word"
    }


def test_no_amount_makes_a_comment_spam():
    found = seen(ProfanityFilter(), a_comment(content="fuck shit cunt bitch " * 200))
    assert policy(ProfanityFilter()).decide(found.values(), NOW).action is Action.HOLD
