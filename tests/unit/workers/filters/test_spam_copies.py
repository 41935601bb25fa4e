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


OTHERS = [(a_comment(content=f"An honest comment, the {n}th about gardens"), False) for n in range(15)]
ADVERTS = [(a_comment(content=f"{text} for free money"), True) for text in ("pig", "cow", "hen", "fox", "ant") * 3]
NAMED = [
    (a_comment(content=text), True)
    for text in ("I win every day at zorba88", "my neighbour got rich, z o r b a 8 8", "ZORBA⭐88⭐ never disappoints")
]


def test_a_name_in_three_pieces_of_spam_is_refused_in_every_spelling():
    for text in ("zorba88 is my new house and my car", "𝒁𝑶𝑹𝑩𝑨𝟴𝟴 paid for my wedding last week"):
        again = a_comment(content=text)
        assert found(again, *OTHERS, *ADVERTS, *NAMED) == {"copies.name": 1.0}
        assert found(again, *OTHERS, *ADVERTS, *NAMED[:2]) == {}
        assert found(again, *NAMED) == {}, "points refuse nothing yet on such a site"


def test_a_name_that_a_person_approved_once_refuses_nothing():
    approved = (a_comment(content="Do not trust zorba88, they kept my money"), False)
    assert found(a_comment(content="zorba88 is my new house"), *OTHERS, *ADVERTS, *NAMED, approved) == {}


def test_a_comment_with_such_a_name_that_reads_honest_is_not_refused():
    honest = a_comment(content="An honest comment about gardens, the 10th, by the one who reported zorba88")
    assert found(honest, *OTHERS, *ADVERTS, *NAMED) == {}


def test_a_site_that_refuses_nothing_by_learning_refuses_no_names():
    again = a_comment(content="zorba88 is my new house and my car")
    assert found(again, *OTHERS, *ADVERTS, *NAMED, refusals="none") == {}
