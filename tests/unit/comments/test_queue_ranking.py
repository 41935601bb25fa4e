"""Search terms and order of held comments."""

from dataclasses import replace
from datetime import timedelta

import pytest

from comments.index_terms import MAX_INDEXED_WORDS, email_term, index_words, script
from comments.lifecycle import Action, Role
from comments.model import Comment, Decision, Signal
from comments.queue_ranking import DOUBLING, expected_harm, index_entry, rank, uncertainty
from tests.support.builders import NOW, a_comment, a_decision
from workers.filters import BUILT_IN
from workers.judging.policy import catalogue

SIGNALS = catalogue(BUILT_IN)


def judged(score: float, *names: str, **changes: object) -> Comment:
    signals = tuple(Signal(name, 1.0, "", holds=True) for name in names)
    comment = a_comment(**{"received": NOW, **changes})
    return comment.with_decision(a_decision(Action.HOLD, score=score, signals=signals, hold_at=3.0, spam_at=8.0))


def verdict(comment: Comment) -> Decision:
    assert comment.filter_decision
    return comment.filter_decision


def position(comment: Comment) -> int:
    return rank(comment, verdict(comment), SIGNALS)


def terms(**changes: object) -> set[str]:
    found = index_entry(judged(1.0, "author.first", **changes), SIGNALS)
    assert found
    return {*found.facets, *found.terms}


def test_uncertainty_is_greatest_in_the_middle_between_both_thresholds() -> None:
    doubts = [uncertainty(verdict(judged(score))) for score in (-9.0, 3.0, 5.5, 8.0, 30.0)]
    assert doubts[2] == 1.0
    assert doubts[1] == pytest.approx(doubts[3])
    assert doubts[0] == doubts[4] == 0.05


def harm_of(score: float, *names: str) -> float:
    return expected_harm(verdict(judged(score, *names)), SIGNALS)


def test_the_expected_harm_depends_on_the_signals_and_the_probability_of_spam() -> None:
    assert harm_of(5.5) == 1.0
    assert harm_of(5.5, "words.hold") == 2.0
    assert harm_of(7.9, "words.hold") > harm_of(3.0, "words.hold")
    assert harm_of(5.5, "links.many", "profanity.word") == 2.0
    assert harm_of(5.5, "signal.of-another-version") == 1.0


def test_a_reported_comment_is_uncertain_however_few_points_it_has() -> None:
    reported = verdict(judged(-3.0, "reported.readers"))
    assert (uncertainty(reported), expected_harm(reported, SIGNALS)) == (1.0, 2.0)


def test_uncertain_harmful_and_old_comments_come_first() -> None:
    plain, doubtful, hurting = judged(3.0), judged(5.5), judged(5.5, "words.hold")
    assert position(hurting) < position(doubtful) < position(plain)
    twice_as_harmful = replace(doubtful, received=NOW - timedelta(milliseconds=DOUBLING))
    assert position(twice_as_harmful) == position(hurting)


def test_the_order_of_two_comments_never_changes_by_waiting() -> None:
    """Compares the formula at any time with the position that is computed once."""

    def worth(comment: Comment, hours: float) -> float:
        waited = (NOW + timedelta(hours=hours) - comment.received) / timedelta(milliseconds=DOUBLING)
        return float(expected_harm(verdict(comment), SIGNALS) * uncertainty(verdict(comment)) * 2**waited)

    some = [
        judged(s, n, received=NOW - timedelta(hours=h)) for s in (1, 4, 7) for n in ("a", "words.hold") for h in (0, 9)
    ]
    for hours in (0, 5, 500):
        assert sorted(some, key=position) == sorted(some, key=lambda c: (-worth(c, hours), position(c)))


def test_only_comments_that_wait_for_the_filters_are_not_indexed() -> None:
    assert index_entry(a_comment(), SIGNALS) is None
    refused = index_entry(a_comment().with_decision(a_decision(Action.SPAM)), SIGNALS)
    assert refused
    assert (refused.status, refused.rank) == ("spam", 0)


def test_an_entry_names_the_person_whose_decision_is_in_force() -> None:
    def makers(comment: Comment) -> set[str]:
        entry = index_entry(comment, SIGNALS)
        assert entry
        return {term for term in entry.facets if term.startswith("by:")}

    held = judged(1.0)
    spam = held.with_decision(a_decision(Action.SPAM, Role.MODERATOR, "mo"))
    withdrawn = held.with_decision(a_decision(Action.WITHDRAW, Role.AUTHOR, "its author"))
    assert makers(held) == {"by:*"}
    assert makers(spam) == {"by:mo"}
    assert makers(spam.with_undo("ines", NOW)) == {"by:*"}
    assert makers(withdrawn) == set()


def test_terms_cover_everything_that_can_be_searched() -> None:
    found = terms(
        author="Ines  Q.", email="Ines@Mail.example", thread="/bread", content="See www.Shop.example/x, thanks",
        url="https://ines.example", origin="o1", identity="i1",
    )  # fmt: skip
    assert found >= {"signal:author.first", "script:latin", "status:held", "thread:/bread", "author:Ines Q."}
    assert found >= {"origin:o1", "identity:i1", email_term("ines@mail.example"), email_term("@mail.example")}
    assert found >= {"domain:www.shop.example", "domain:shop.example", "domain:ines.example"}
    assert found >= {"word:see", "word:thanks", "word:ines"}
    assert not any("mail.example" in term for term in found)


def test_a_long_comment_is_indexed_by_its_first_words() -> None:
    found = terms(author="", content=" ".join(f"w{n}" for n in range(5000)))
    assert sum(term.startswith("word:") for term in found) == MAX_INDEXED_WORDS
    assert "word:w0" in found


def test_no_term_holds_a_line_end() -> None:
    assert not any("\n" in term for term in terms(author="a\nb", thread="x\ny", content="c\nd"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Don't WALK", ["don", "t", "walk"]),
        ("ＦＵＬＬ width", ["full", "width"]),
        ("パン", ["パ", "ン", "パン"]),
        ("食べる bread", ["食", "べ", "る", "食べ", "べる", "bread"]),
        ("", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert list(index_words(text)) == found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Well said", "latin"), ("déjà vu", "latin"), ("Хлеб and", "cyrillic"), ("面包", "han"), ("これは", "japanese"),
        ("خبز", "arabic"), ("ψωμί", "greek"), ("빵", "hangul"), ("לחם", "hebrew"), ("🎉 !!", "emoji"),
        ("123 …", "none"),
    ],
)  # fmt: skip
def test_scripts(text: str, name: str) -> None:
    assert script(text) == name


@pytest.mark.parametrize(
    ("text", "domains"),
    [
        ("see http://www.shop.co.uk/x", {"www.shop.co.uk", "shop.co.uk"}),
        (
            "look at foo.github.io/page and http://a.foo.blogspot.com",
            {"foo.github.io", "a.foo.blogspot.com", "foo.blogspot.com"},
        ),
        ("edit readme.md, main.rs and setup.py; it works.So we left", set()),
        ("e-mail ada.b.de@shop.de, or com.example.app", set()),
        ("pills.de casino.de", {"pills.de", "casino.de"}),
        ("казино.рф", {"казино.рф"}),
        ("co.uk and github.io", set()),
        ("pills。de", {"pills.de"}),
        ("pills．de", {"pills.de"}),
        ("pills[.]de", {"pills.de"}),
        ("pills (dot) de", {"pills.de"}),
        ("wait...pills.de", {"pills.de"}),
        ("_pills.de_", {"pills.de"}),
        ("请访问pills.com购买", {"pills.com"}),
        ("pills&#46;de", {"pills.de"}),
        ("pi\u200blls.de", {"pills.de"}),
        ("Straße.de", {"straße.de"}),
    ],
)
def test_only_registrable_domains_are_facets(text: str, domains: set[str]) -> None:
    found = {term for term in terms(content=text) if term.startswith("domain:")}
    assert found == {f"domain:{domain}" for domain in domains}


def test_only_signals_that_speak_for_review_are_terms() -> None:
    signals = (
        Signal("links.many", 0.6, "4 links", 3.0),
        Signal("author.first", 1.0, "", holds=True),
        Signal("learned.ham", 1.0, "", -3.0),
        Signal("author.sure", 1.0, ""),
    )
    comment = a_comment().with_decision(a_decision(Action.HOLD, signals=signals))
    found = index_entry(comment, SIGNALS)
    assert found
    assert [t for t in found.facets if t.startswith("signal:")] == ["signal:links.many", "signal:author.first"]
