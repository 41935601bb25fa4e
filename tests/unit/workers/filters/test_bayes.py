"""The first lesson can be seen; spam by lessons alone takes thirty."""

from comments.lifecycle import Action
from comments.storage import TokenCounts
from tests.builders import NOW, a_comment
from tests.unit.workers.about import policy, seen
from workers.filters.bayes import Bayes
from workers.learning import tokens

COMMENT = a_comment(content="Cheap watches and pills, delivered to your door within a day or two, order today")


def corpus(ham: int, spam: int) -> TokenCounts:
    """Lessons of spam with the words of COMMENT, and of ham with others."""
    return TokenCounts(ham, spam, dict.fromkeys(tokens(COMMENT), (0, spam)) | {"essay": (ham, 0), "reading": (ham, 0)})


def action(seen_before: TokenCounts) -> Action:
    return policy(Bayes()).decide(seen(Bayes(), COMMENT, corpus=seen_before).values(), NOW).action


def test_without_lessons_it_says_nothing():
    assert seen(Bayes()) == {}


def test_a_single_lesson_is_felt_and_decides_nothing():
    assert seen(Bayes(), COMMENT, corpus=corpus(0, 1))["bayes.spam"].strength > 0.05
    assert action(corpus(0, 1)) is Action.APPROVE


def test_a_single_approval_is_felt_too():
    once = TokenCounts(1, 0, dict.fromkeys(tokens(COMMENT), (1, 0)))
    assert set(seen(Bayes(), COMMENT, corpus=once)) == {"bayes.ham"}


def test_before_thirty_lessons_nothing_is_spam():
    assert {action(corpus(ham, spam)) for ham in range(0, 15) for spam in (1, 15, 1000)} <= {
        Action.APPROVE,
        Action.HOLD,
    }
    assert action(corpus(14, 1000)) is Action.HOLD


def test_after_thirty_lessons_what_is_certain_is_spam():
    assert action(corpus(15, 15)) is Action.SPAM


def test_the_words_that_speak_are_shown():
    assert "in 20 spam and 0 approved" in seen(Bayes(), COMMENT, corpus=corpus(20, 20))["bayes.spam"].evidence
