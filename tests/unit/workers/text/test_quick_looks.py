"""Quick checks that skip a slow search never skip a match."""

import re
import unicodedata
from itertools import groupby

from hypothesis import example, given
from hypothesis import strategies as st

from comments.validation import CONTROL_IN_TEXT, MAX_MARKS, field_problems, has_mark_flood
from tests.support.builders import a_site
from workers.text.links import _LINK, PART_OF_LINK
from workers.text.normalization import HIDDEN, Folded, fold, unusual
from workers.text.phone_numbers import DATE_OR_NETWORK, has_phone_number
from workers.text.style_measures import SENTENCE_END, WORD_IN_CAPITALS, count_sentences, style_measures
from workers.text.traits import CODE, CODE_SIGNS, LETTERS_AND_DIGITS, MONEY, PHONE, traits

#: Parts of matches, and similar characters of other scripts.
NUMBERS = (
    "$",
    "€",
    "5",
    "00",
    "1",
    "٣",
    "५",
    " ",
    "\u00a0",
    "-",
    "–",
    "(",
    ")",
    ".",
    "?",
    "a",
    "abc",
    "usd",
    "руб",
    "é",
    "’",
    "A",
)
numbers = st.lists(st.sampled_from(NUMBERS), max_size=24).map("".join)


@given(numbers)
@example("call 0171 2345678, 5 usd or bob77")
@example("٣٣٣٣٣ ٣٣٣٣٣")
def test_numbers_are_found_as_by_their_patterns(text: str) -> None:
    folded = fold(text)
    seen = [flag.split(" with ")[0] for flag in traits(text, folded, (), frozenset())]
    patterns = {"sum of money": MONEY, "telephone number": PHONE, "name": LETTERS_AND_DIGITS}
    for name, pattern in patterns.items():
        read = folded.text if pattern is LETTERS_AND_DIGITS else folded.plain
        assert (name in seen) == (bool(re.search(r"\d", text)) and bool(pattern.search(read)))


@given(numbers)
@example("12 34-56")
def test_phone_numbers_have_enough_digits_to_be_searched(text: str) -> None:
    assert has_phone_number(text) or not (PHONE.search(text) and not DATE_OR_NETWORK.search(text))


@given(st.lists(st.sampled_from(("http", "FTP", "s", ":", "/", "\\", "a", ".", "href=", '"', "é", "](")), max_size=8))
def test_every_link_has_a_part_of_a_link(parts: list[str]) -> None:
    text = "".join(parts)
    assert not _LINK.search(text) or PART_OF_LINK.search(text)


@given(st.text("aZ AB19٣é,\n", max_size=30))
def test_numbers_and_words_in_capitals_are_counted_as_by_their_patterns(text: str) -> None:
    found = style_measures(text, ("word",), ("word",), ())
    assert any(name.startswith("words in capitals") for name in found) == bool(WORD_IN_CAPITALS.search(text))
    count = len(re.findall(r"\d+", text)) if re.search("[0-9]", text) else 0
    assert any(name.startswith(f"numbers: {count} to") for name in found) == (count in (1, 2, 4))


@given(st.text(max_size=20))
def test_hidden_characters_are_unusual(text: str) -> None:
    assert bool(HIDDEN.search(text)) == bool(HIDDEN.search(unusual(text)))


def test_ordinary_writing_has_no_unusual_characters() -> None:
    assert unusual("It's 5 o'clock:\n\tthe \"end\" (so far)!") == ""
    assert unusual("na\u00efve\u200b \U0001f600\x00") == "\u00ef\u200b\U0001f600\x00"


@given(st.lists(st.sampled_from(("a", "é", ".", "...", "!?", "?", " ", "\n", "\t", "5")), max_size=12).map("".join))
def test_sentences_are_counted_as_by_their_pattern(text: str) -> None:
    assert count_sentences(text) == len(SENTENCE_END.findall(text))


@given(st.lists(st.sampled_from((*CODE_SIGNS, *"`a (){};=:>&\n", "_")), max_size=12).map("".join))
def test_code_is_found_as_by_its_pattern(text: str) -> None:
    assert ("code" in traits(text, Folded(text, (), text), (), frozenset())) == bool(CODE.search(text))


@given(st.lists(st.sampled_from(("\u0301", "\u20dd", "a", "я", "👍", "\u0e31", "_")), max_size=40).map("".join))
@example("e" + 9 * "\u0301")
def test_too_many_marks_are_found_as_by_counting_all_characters(text: str) -> None:
    runs = groupby(text, key=lambda c: unicodedata.category(c) in ("Mn", "Me"))
    assert has_mark_flood(text) == any(marks and len([*run]) > MAX_MARKS for marks, run in runs)


@given(st.text("a\n\t\x00\x85é\u200b\ue000", max_size=8))
def test_control_characters_are_found_as_by_their_pattern(text: str) -> None:
    found = [p.code for p in field_problems({"thread": "post", "content": f"a{text}"}, a_site())]
    assert ("control" in found) == bool(CONTROL_IN_TEXT.search(text))
