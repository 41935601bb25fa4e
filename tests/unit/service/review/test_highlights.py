"""Highlighting evidence in a text keeps the HTML safe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.markdown import html
from comments.model import Signal
from service.review.highlights import highlight_html, highlight_text
from tests.support.markup import dangers, parse
from tests.support.payloads import payloads
from workers.filters import BUILT_IN
from workers.judging.policy import catalogue


def signals(evidence: str, name: str = "words.hold") -> tuple[Signal, ...]:
    return (Signal(name, 1.0, evidence),)


def texts(page: str) -> list[str]:
    return ["".join(mark.itertext()) for mark in parse(page).iter("mark")]


def test_a_listed_word_is_marked_in_every_spelling() -> None:
    assert texts(highlight_html("<p>Casino, the <em>CASINO</em>: win</p>", signals("casino, win"))) == [
        "Casino",
        "CASINO",
        "win",
    ]


def test_only_whole_words_are_marked() -> None:
    assert texts(highlight_html("<p>Birmingham</p>", signals("ham"))) == []


def test_a_mark_names_its_signal() -> None:
    assert '<mark title="words.hold">casino</mark>' in highlight_html("<p>casino</p>", signals("casino"))


def test_tags_are_not_changed() -> None:
    page = '<p><a href="https://casino.example/a>b" title="casino">casino</a></p>'
    assert (
        highlight_html(page, signals("casino, href, p")).replace('<mark title="words.hold">casino</mark>', "casino")
        == page
    )


def test_markup_in_the_text_stays_text() -> None:
    page = highlight_html("<p>&lt;script&gt; amp &amp; x</p>", signals("<script>, amp"))
    assert texts(page) == ["<script>", "amp"]
    assert "&amp; x" in page


def test_the_tokens_of_the_learned_filter_are_found() -> None:
    former = "“link:shop.example” in 3 spam and 0 approved, “pills” in 2 spam and 0 approved"
    evidence = "links to shop.example (in 3 spam and 0 published), “pills” (in 2 spam and 0 published)"
    for text, name in ((former, "bayes.spam"), (former, "learned.spam"), (evidence, "learned.spam")):
        assert texts(highlight_html("<p>pills at shop.example</p>", signals(text, name))) == ["pills", "shop.example"]


def test_words_for_and_against_a_comment_have_different_marks() -> None:
    evidence = "“casino” (in 3 spam and 0 published); against it: “tide” (in 0 spam and 4 published)"
    page = highlight_html("<p>casino at tide</p>", signals(evidence, "learned.spam"))
    assert '<mark title="learned.spam">casino</mark>' in page
    assert '<mark class="good" title="learned.spam">tide</mark>' in page


def test_a_mark_has_the_title_of_its_signal() -> None:
    found = highlight_html("<p>casino</p>", signals("“casino” in the text"), catalogue(BUILT_IN))
    assert found == '<p><mark title="Term to review">casino</mark></p>'


def test_traits_and_stop_words_of_the_trained_models_are_not_marked() -> None:
    evidence = "a link (shipped model), “with” in 1 spam and 0 approved"
    assert texts(highlight_html("<p>with a link</p>", signals(evidence, "learned.spam"))) == []


def test_links_are_marked_for_signals_about_links() -> None:
    assert texts(highlight_html("<p>see www.shop.example</p>", signals("3 links; 2 are too many", "links.many"))) == [
        "www.shop.example"
    ]


def test_shouting_is_marked() -> None:
    assert texts(highlight_html("<p>READ this now!!!</p>", signals("20 of 30", "shouting.capitals"))) == ["READ", "!!!"]


def test_without_signals_nothing_is_changed() -> None:
    assert highlight_html("<p>a &amp; b</p>", ()) == "<p>a &amp; b</p>"
    assert highlight_text("<b>", ()) == "&lt;b&gt;"


@pytest.mark.parametrize("text", payloads(every=15))
def test_no_payload_becomes_markup(text: str) -> None:
    page = highlight_html(html(text), signals(text)) + highlight_text(text, signals(text))
    assert dangers(parse(page)) == []


@given(st.text(max_size=60), st.text(max_size=30))
def test_marks_add_nothing_but_marks(text: str, evidence: str) -> None:
    before, after = html(text), highlight_html(html(text), signals(evidence, "links.many"))
    assert "".join(parse(after).itertext()) == "".join(parse(before).itertext())
    plain = [e.tag for e in parse(after).iter() if e.tag != "mark"]
    assert plain == [e.tag for e in parse(before).iter()]
