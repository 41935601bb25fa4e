"""Cleaning typed text: nothing that nobody sees is refused, and honest writing stays as it is."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.markdown import html
from comments.text_cleaning import CLEANERS, clean_email, clean_line, clean_text, clean_website, without_reordering

#: Words and emoji that need characters nobody sees.
HONEST = [
    "می\u200cخواهم",  # Persian: a zero-width non-joiner
    "क्\u200dष",  # Hindi: a zero-width joiner
    "👩\u200d💻 👨\u200d👩\u200d👧",
    "❤\ufe0f",
    "مُحَمَّدٌ",
    "שָׁלוֹם",
    "٣٫١٤ \u0600١٢",  # the sign before Arabic numbers is a visible format character
]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("It\x92s \x93fine\x94 \x97 10 \x80\x85", "It’s “fine” — 10 €…"),
        ("one\x0ctwo\x0bthree\u2028four\u2029five", "one\ntwo\nthree\nfour\nfive"),
        ("a\x00b\x1b[31m\x7f\x81", "ab[31m"),
        ("\ufeffHello\ufffe\ufdd0", "Hello"),
        ("one\n\ttwo", "one\n\ttwo"),
        ("\r\n one\r\ntwo\rthree  \n", " one\ntwo\nthree"),
        ("\n \n    code()\n\ntext\n", "    code()\n\ntext"),
        ("\tcode()", "\tcode()"),
        ("Zoe\u0308\x00\u0301", "Zoë\u0301"),
        ("e\x00\u0301", "é"),
    ],
)
def test_the_text_of_a_comment(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


def test_a_comment_that_begins_with_code_keeps_its_indentation() -> None:
    assert html(clean_text("\n    if x:\n        y()\n")) == "<pre><code>if x:\n    y()\n</code></pre>\n"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ada\tLovelace", "Ada Lovelace"),
        ("Ada \r\n Lovelace\n", "Ada Lovelace"),
        ("\ufeffA\u200bd\u2060a\u00ad", "Ada"),
        ("O\x92Brien", "O’Brien"),
        ("evil\u202egnp.exe\u2066x\u2069", "evilgnp.exex"),
        ("A\u200dd\u200ca", "Ada"),
        ("\x00Ada\x1f", "Ada"),
    ],
)
def test_a_name(typed: str, kept: str) -> None:
    assert clean_line(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        " ada@example.com\n",
        "\ufeffada@example.com",
        "ada\u200b@example\u00ad.com",
        "\u202aada@example.com\u202c",
        "\u2066ada@example.com\u2069\x00",
        "ada@example.com\x85",
        "ada＠example．com",
        "\u00a0ada@example.com\u3000",
    ],
)
def test_an_email_address(typed: str) -> None:
    assert clean_email(typed) == "ada@example.com"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("example.com", "https://example.com"),
        ("www.example.com/path", "https://www.example.com/path"),
        ("//example.com", "https://example.com"),
        (" https:/example.com", "https://example.com"),
        ("HTTP://Example.com/Path", "http://Example.com/Path"),
        ("https:example.com", "https://example.com"),
        ("http:\\\\example.com", "http://example.com"),
        ("https//example.com", "https://example.com"),
        ("http;//example.com", "http://example.com"),
        ("http:// example.com", "http://example.com"),
        ("http://http://example.com", "http://example.com"),
        ("http://https://example.com", "https://example.com"),
        ("example.com:8080/a?b#c", "https://example.com:8080/a?b#c"),
        ("пример.рф/страница", "https://пример.рф/страница"),
        ("उदाहरण.भारत", "https://उदाहरण.भारत"),
        ("xn--e1afmkfd.xn--p1ai", "https://xn--e1afmkfd.xn--p1ai"),
        ("\u202ahttps://example.com\u202c\u200b\x00", "https://example.com"),
        ("exam\nple.com\t", "https://example.com"),
        *((prefilled, "") for prefilled in ("http://", "https://", "HTTP://", "http:", "http:/", "//", " ", "http://www.")),
        *((same, same) for same in (
            "https://example.com/a_b", "http://[2001:db8::1]/", "@ada", "ada@example.com", "javascript:alert(1)",
            "javascript:alert(1).com", "mailto:a@b.com", "ftp://example.com", "data:text/html,a.com", "none", "/path",
            "localhost", "a b.com", "1.5",
        )),
    ],
)  # fmt: skip
def test_a_website(typed: str, kept: str) -> None:
    assert clean_website(typed) == kept


@pytest.mark.parametrize("text", HONEST)
def test_words_and_emoji_that_need_joiners_stay(text: str) -> None:
    assert clean_text(text) == unicodedata.normalize("NFC", text)
    assert without_reordering(text) == text


@pytest.mark.parametrize("name", HONEST[:3])
def test_names_that_need_joiners_stay(name: str) -> None:
    assert clean_line(name) == name


def test_a_reversed_advertisement_is_readable_where_it_is_shown() -> None:
    typed = "\u202egro.llip-paehc\u202c \u2067x\u2069 \u200eשלום\u200f"
    assert clean_text(typed) == typed, "the filters see the trick"
    assert without_reordering(typed) == "gro.llip-paehc x \u200eשלום\u200f"
    assert html(typed) == "<p>gro.llip-paehc x \u200eשלום\u200f</p>\n"


@pytest.mark.parametrize("kind", CLEANERS)
@given(st.text(st.characters() | st.sampled_from("\u200c\u200d\ufeff\x00\x92\t\n :/.w"), max_size=60))
def test_cleaning_twice_changes_nothing(kind: str, text: str) -> None:
    once = CLEANERS[kind](text)
    assert CLEANERS[kind](once) == once


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=60))
def test_no_visible_character_of_a_text_is_lost(text: str) -> None:
    assert clean_text(text).strip() == unicodedata.normalize("NFC", text).strip()


def test_hidden_tags_and_zero_width_spaces_leave_a_text_and_flags_stay() -> None:
    scotland = "\U0001f3f4" + "".join(chr(0xE0000 + ord(c)) for c in "gbsct") + "\U000e007f"
    hidden = "".join(chr(0xE0000 + ord(c)) for c in "buy pills")
    assert clean_text(f"So\u200b {scotland}{hidden}nice{hidden} \U000e0001") == f"So {scotland}nice"
    assert clean_line(f"Ada{hidden}") == "Ada"
