"""The evidence of the learned filter: written and read, also as earlier versions stored it."""

import pytest

from comments.learned_evidence import MAX_CLUES, LearnedClue, clues_in, evidence_text, token_text
from comments.stop_words import carries_information


def texts(evidence: str) -> list[str]:
    return [clue.text for clue in clues_in(evidence)]


def test_what_is_written_is_read() -> None:
    clues = (
        LearnedClue("“casino”", (6, 0)),
        LearnedClue("a referral link"),
        LearnedClue("links to shop.example", (2, 0)),
        LearnedClue("“tide”", (0, 4), is_for=False),
    )
    text = evidence_text(clues)
    assert text == (
        "“casino” (in 6 spam and 0 published), a referral link (shipped model), "
        "links to shop.example (in 2 spam and 0 published); against it: “tide” (in 0 spam and 4 published)"
    )
    assert clues_in(text) == clues


def test_the_source_is_in_words() -> None:
    assert LearnedClue("“casino”", (6, 0)).source == "seen in 6 spam, 0 published here"
    assert LearnedClue("a link").source == "from the shipped model"


def test_there_are_at_most_five_clues() -> None:
    many = [LearnedClue(f"“word{n}”", (2, 0)) for n in range(9)]
    assert len(clues_in(evidence_text(many))) == MAX_CLUES == 5


def test_a_word_within_a_phrase_is_named_once() -> None:
    clues = [LearnedClue("“casino bonus”", (3, 0)), LearnedClue("“casino”", (3, 0)), LearnedClue("“a bonus”", (3, 0))]
    assert texts(evidence_text(clues)) == ["“casino bonus”", "“a bonus”"]


def test_evidence_without_clues_has_none() -> None:
    assert clues_in("Reads like spam") == clues_in("Reads like honest comments") == clues_in("") == ()
    assert evidence_text(()) == ""


@pytest.mark.parametrize(
    ("token", "text"),
    [
        ("author:okafor", "the name Okafor"),
        ("link:shop.example", "links to shop.example"),
        ("url:shop.example", "the website shop.example"),
        ("looks:phone number", "phone number"),
        ("casino", "“casino”"),
    ],
)
def test_internal_tokens_are_in_plain_words(token: str, text: str) -> None:
    assert token_text(token) == text


def test_evidence_of_earlier_versions_is_readable() -> None:
    stored = (
        "“with” in 1 spam and 0 approved, “and” in 2 spam and 1 approved, “author:okafor” in 2 spam and 0 approved, "
        "“link:shop.example” in 3 spam and 0 approved, one link in 3 spam and 0 approved, word “viagra”, "
        "signs: 1 to 2 of %, $, #, @, *, + and =, commas: 0.07 to 0.12 a word, the author's name: kevin"
    )
    found = clues_in(stored)
    assert [(clue.text, clue.lessons) for clue in found] == [
        ("the name Okafor", (2, 0)),
        ("links to shop.example", (3, 0)),
        ("one link", (3, 0)),
        ("“viagra”", None),
        ("the name Kevin", None),
    ]


@pytest.mark.parametrize("text", ["with", "and the", "über", "para", "12", "i", "это", "https"])
def test_stop_words_numbers_and_letters_carry_no_information(text: str) -> None:
    assert not carries_information(text)


@pytest.mark.parametrize("text", ["casino", "come casino", "的", "tide", "грибы"])
def test_other_words_carry_information(text: str) -> None:
    assert carries_information(text)
