"""Copies of what a person marked as spam are refused or held, and never what people also approved."""

from comments.model import Comment
from comments.storage.values import TokenCounts
from tests.support.builders import a_comment
from tests.unit.workers.about import strengths
from workers.filters.spam_copies import SpamCopyFilter
from workers.learning.copy_tokens import lesson_tokens

LONG = (
    "After years of losing money with other brokers I finally found a platform that pays out every week, and my whole "
    "family now lives from what I earn there. Ask Mrs Hale, she explains all of it for free."
)
SHORT = "100RB GRATIS WISDOMTOTO"


def taught(*lessons: tuple[Comment, bool]) -> TokenCounts:
    """Return the counts of lessons: a comment, and True if a person marked it as spam."""
    counts: dict[str, list[int]] = {}
    for comment, spam in lessons:
        for token in lesson_tokens(comment):
            counts.setdefault(token, [0, 0])[spam] += 1
    n_spam = sum(spam for _, spam in lessons)
    return TokenCounts(len(lessons) - n_spam, n_spam, {token: (ham, spam) for token, (ham, spam) in counts.items()})


def found(comment: Comment, *lessons: tuple[Comment, bool], **choices: object) -> dict[str, float]:
    return strengths(SpamCopyFilter(), comment, corpus=taught(*lessons), **choices)


def test_a_long_text_is_refused_after_one_decision():
    spam = (a_comment(content=LONG), True)
    again = a_comment(content=LONG.upper(), author="Eve", origin="elsewhere")
    assert found(again, spam) == {"copies.spam": 1.0}
    assert found(again) == {}
    assert found(a_comment(), spam) == {}


def test_a_similar_text_is_refused_or_held():
    similar = a_comment(content=LONG.replace("Mrs Hale", "Mr Quill").replace("years", "months"))
    spam = (a_comment(content=LONG), True)
    assert set(found(similar, spam)) <= {"copies.spam", "copies.similar"}
    assert found(similar, spam) != {}
    assert found(similar, spam, spam) == {"copies.spam": 1.0}


def test_a_short_text_is_held_after_one_decision_and_refused_after_two():
    spam = (a_comment(content=SHORT), True)
    for text in (SHORT, "gas 100 rb gratis... wisdomtoto!! 🔥"):
        again = a_comment(content=text)
        assert found(again, spam) == {"copies.similar": 1.0}
        assert found(again, spam, spam) == {"copies.spam": 1.0}


def test_what_a_person_approved_is_no_copy_of_spam():
    spam, ham = (a_comment(content=SHORT), True), (a_comment(content=SHORT), False)
    assert found(a_comment(content=SHORT), spam, spam, ham) == {}


def test_praise_that_was_spam_for_its_website_is_not_refused_without_it():
    praise = "Thanks for sharing this"
    spam = (a_comment(content=praise, url="https://casino.example"), True)
    assert found(a_comment(content=praise), spam, spam) == {}
    assert found(a_comment(content=praise, url="https://casino.example/bonus"), spam, spam) == {"copies.spam": 1.0}


def test_very_short_texts_are_never_copies():
    spam = (a_comment(content="great post"), True)
    assert found(a_comment(content="great post"), spam, spam, spam) == {}


def test_a_site_that_refuses_nothing_by_learning_holds_copies():
    spam = (a_comment(content=LONG), True)
    assert found(a_comment(content=LONG), spam, refusals="none") == {"copies.similar": 1.0}
