"""Quick checks that skip a slow search never skip a match."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from workers.text.normalization import HIDDEN, fold, unusual
from workers.text.style_measures import WORD_IN_CAPITALS, style_measures
from workers.text.traits import LETTERS_AND_DIGITS, MONEY, PHONE, traits

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
