"""Validation rules, field by field."""

import string
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from comments.site import Site
from comments.thread_addresses import thread_key
from comments.validation import PLAIN_EMAIL, SPECIAL_DOMAINS, field_problems, is_web_address, thread_problems, tidied

SITE = Site(id="blog", name="Blog", created=datetime(2026, 1, 1, tzinfo=UTC))
GOOD = {"thread": "hello", "author": "Ada", "email": "ada@example.com", "content": "A reply."}


def codes(**changes: str) -> dict[str, str]:
    """The code of each field's problem after tidying GOOD with `changes`."""
    return {p.field: p.code for p in field_problems(tidied(GOOD | changes), SITE)}


def test_a_plain_reply_has_no_problem() -> None:
    assert codes() == {}
    assert codes(url="https://example.com/me?x=1#top", parent="a" * 26) == {}


def test_every_problem_is_reported_at_once() -> None:
    assert codes(thread="", author=" ", email="nobody", url="javascript:alert(1)", content="\t\n") == {
        "thread": "required",
        "author": "required",
        "email": "email",
        "url": "url",
        "content": "required",
    }


def test_the_site_decides_which_fields_are_required() -> None:
    anonymous = replace(SITE, required=("content",))
    assert field_problems({"thread": "hello", "content": "Hi"}, anonymous) == ()
    strict = replace(SITE, required=("author", "url", "content"))
    assert [p.field for p in field_problems({"thread": "hello"}, strict)] == ["author", "url", "content"]


@pytest.mark.parametrize(
    ("field", "longest"), [("author", 245), ("thread", 500), ("content", SITE.max_content), ("url", 200)]
)
def test_lengths_are_counted_in_characters(field: str, longest: int) -> None:
    start = "https://example.com/" if field == "url" else ""
    fill = "é" if field == "url" else "😀"
    fits = start + fill * (longest - len(start))
    assert codes(**{field: fits}) == {}
    assert codes(**{field: fits + fill}) == {field: "address-too-long" if field == "thread" else "too-long"}


def test_the_limit_of_an_address_counts_what_people_see() -> None:
    start = "https://blog.example/"
    for letter in "漢ก😀é":
        fits = thread_key(start + letter * (500 - len(start)), SITE)
        assert codes(thread=fits) == {}
        (problem,) = thread_problems(thread_key(fits + letter, SITE))
        assert (problem.code, problem.field) == ("address-too-long", "thread")
        assert problem.message == "The address of the page has 501 characters; the limit is 500."


def test_an_email_has_at_most_100_characters() -> None:
    domain = "@" + "d" * 40 + "." + "d" * 37 + ".example"
    assert codes(email="a" * 10 + domain) == {}
    assert codes(email="a" * 20 + domain) == {"email": "too-long"}


@pytest.mark.parametrize("email", ["ada@example.com", "ada+tag@mail.example.org", "ada@site.test", "ада@пример.рф"])
def test_real_emails_pass(email: str) -> None:
    assert codes(email=email) == {}


@pytest.mark.parametrize(
    "email", ["ada", "ada@", "@example.com", "a b@example.com", "a@b@c.com", "a@b..com", "<a@b.com>", "a@b.local"]
)
def test_other_emails_do_not(email: str) -> None:
    assert codes(email=email) == {"email": "email"}


def words(letters: str, between: str, longest: int) -> st.SearchStrategy[str]:
    return st.lists(st.text(letters, min_size=1, max_size=longest), min_size=1, max_size=3).map(between.join)


LETTERS, DIGITS = string.ascii_letters, string.digits


@given(
    words(LETTERS + DIGITS + "_+-", ".", 9), words(LETTERS + DIGITS, "-", 6), st.text(LETTERS, min_size=2, max_size=9)
)
def test_a_plain_email_is_one_for_the_library_too(local: str, domain: str, top: str) -> None:
    email = f"{local}@{domain}.{top}"
    assert PLAIN_EMAIL.fullmatch(email)
    if email.rpartition(".")[2].lower() not in SPECIAL_DOMAINS:
        validate_email(email, check_deliverability=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "https://example.com:8080/a/b?c=d#e",
        "https://пример.рф/страница",
        "http://[2001:db8::1]/",
        "https://en.wikipedia.org/wiki/Schindler's_List",
    ],
)
def test_web_addresses_pass(url: str) -> None:
    assert is_web_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "//evil.example",
        "/relative",
        "example.com",
        "http:",
        "http://",
        "http:///path",
        "https:example.com",
        "http://user:word@example.com/",
        "http://example.com:99999/",
        "http://example.com:x/",
        "http://[::1",
        "http://exa mple.com",
        "http://example.com/\\@evil.example",
        'http://example.com/"onmouseover=1',
        "http://example.com/<b>",
        "http://example.com/\u00a0",
        "http://example.com/\u2028",
        "mailto:ada@example.com",
        "ftp://example.com",
    ],
)
def test_other_addresses_do_not(url: str) -> None:
    assert not is_web_address(url)


def test_characters_that_nobody_sees_are_no_problem() -> None:
    assert codes(content="one\n\ttwo\x1b[31m\x0c\x92\ufeff\u202e") == {}
    assert codes(author="Ada\tB\nBcc: x\x00\u200b") == {}
    assert codes(email="\u202aa\x85@example.com\u202c", url="\u200bexample.com\x00") == {}


def test_control_characters_in_the_key_of_a_page_are_refused() -> None:
    assert codes(thread="a\x00b") == {"thread": "control"}


def test_stacked_marks_are_refused_but_no_script_is() -> None:
    assert codes(author="Z" + "\u0338\u0301\u0302" * 20) == {"author": "marks"}
    for text in ("Việt Nam", "สวัสดีครับ", "בְּרֵאשִׁ֖ית", "مُحَمَّدٌ", "1\ufe0f\u20e3 👩🏽‍🚀", "བསྒྲུབས"):
        assert codes(author=text, content=text) == {}


def test_invisible_text_counts_as_empty() -> None:
    for blank in ("\u200b", "\u3164\u2800", "\u2060 \ufeff", "\u202e", "\u00ad\u034f"):
        assert codes(author=blank, content=blank) == {"author": "required", "content": "required"}


def test_tidying_composes_trims_and_keeps_markup() -> None:
    sent = {"author": "  Zoe\u0308 <b>\u202e ", "content": "\r\n one\r\ntwo\rthree  \n"}
    assert tidied(sent) == {"author": "Zoë <b>", "content": " one\ntwo\nthree"}


@given(st.dictionaries(st.sampled_from([*GOOD, "url", "parent"]), st.text(st.characters(), max_size=60)))
def test_no_text_breaks_the_check_and_tidying_twice_changes_nothing(fields: dict[str, str]) -> None:
    once = tidied(fields)
    assert tidied(once) == once
    field_problems(once, SITE)


@pytest.mark.parametrize("content", ["[](https://x.example)", "```\n```", "~~~python\n~~~\n", "[ ](x)\n\n[](y)"])
def test_markup_that_shows_nothing_is_an_empty_comment(content: str) -> None:
    fields = {"thread": "one", "author": "Ada", "email": "ada@example.org", "content": content}
    assert [(p.field, p.code) for p in field_problems(fields, SITE)] == [("content", "required")]


@pytest.mark.parametrize("url", ["http://example", "http://www.", "https://localhost"])
def test_a_website_needs_a_domain(url: str) -> None:
    fields = {"thread": "one", "author": "Ada", "email": "ada@example.org", "content": "Hello", "url": url}
    assert [(p.field, p.code) for p in field_problems(fields, SITE)] == [("url", "url")]
