"""Shapes of names, websites and texts, which the shipped model weighs a little each."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import a_comment
from workers.learning.features import features
from workers.text.shapes import text_shapes


def shapes(**fields: str) -> tuple[str, ...]:
    return features(a_comment(**{"author": "", "url": "", "content": "Thank you for this.", **fields})).shapes


@pytest.mark.parametrize(
    ("author", "shape"),
    [
        ("cheap running shoes", "name of several words in small letters"),
        ("Ann Lee Smith", "name of three words"),
        ("Mumbai Best Escort Service", "name of four words or more"),
        ("brad7432", "digits in the name"),
        ("casino-online.com", "web address as the name"),
        ("Idoldbot", "one word in small letters as the name"),
        ("KnommeLa", "capital letter inside the name"),
        ("xkcdvbnm", "name that nobody can pronounce"),
        ("{zovirax|acyclovir}", "signs in the name"),
        ("ｃｈｅａｐ ѕhoes", "look-alike letters in the name"),
    ],
)
def test_a_name_has_a_shape(author, shape):
    found = shapes(author=author)
    assert (shape in found) is (author != "Idoldbot")


@pytest.mark.parametrize("author", ["Ada", "Ada Lovelace", "Jürgen Müller", "王小明", "Мария Иванова", ""])
def test_ordinary_names_have_no_shape(author):
    assert shapes(author=author) == ()


@pytest.mark.parametrize(
    ("url", "shape"),
    [
        ("https://shop.example.com/watches", "website with a path"),
        ("https://shop.example.com/?id=7", "website with a query"),
        ("https://shop.example.com/a/b.html", "deep page as the website"),
        ("https://forum.example.com/member.php?u=9", "profile page as the website"),
        ("https://cheap-shoes.com", "hyphen in the website"),
        ("https://buy-cheap-shoes.com", "hyphens in the website"),
        ("https://loans24.com", "digits in the website"),
        ("https://loans.xyz", "cheap ending of the website"),
        ("https://ada.wordpress.com", "website on a blog platform"),
        ("https://bit.ly/x1", "hidden or foreign website"),
    ],
)
def test_a_website_has_a_shape(url, shape):
    assert shape in shapes(url=url)


def test_the_front_page_of_a_site_has_no_shape_below_a_text_of_some_length():
    assert (
        shapes(
            url="https://ada.example.com/", content="I measured it again last week, and got nearly the same as you did."
        )
        == ()
    )


@pytest.mark.parametrize(
    ("content", "shape"),
    [
        ("I really liked the way that you\nexplained this to your readers", "lines broken inside a sentence"),
        ("Look at http://a.example.com and http://b.example.com", "few words for its links"),
        ('See <a href="http://a.example.com">this</a>', "link in HTML"),
        ("[url=http://a.example.com]this[/url]", "link in the markup of forums"),
        ("@ada that is right", "answer to somebody"),
        ("The fix is at https://github.com/ada/engine/issues/9", "links to documentation only"),
        ("https://stackoverflow.com/a/4 and https://docs.python.org/3/", "links to documentation only"),
        ("Set max_links in the file", "names of files or commands"),
        ("Run it with --verbose to see more", "names of files or commands"),
        ("Is it in settings.json or not", "names of files or commands"),
        ("I had to use sudo for it", "names of files or commands"),
        ("ada@engine:~$ uname", "names of files or commands"),
        ("lame name=enc mode=0 works", "names of files or commands"),
        ("It is broken since 10.04 here", "version number"),
    ],
)
def test_a_text_has_a_shape(content, shape):
    assert shape in shapes(content=content)


@pytest.mark.parametrize(
    "content",
    [
        "My page: https://github.com/ada/engine and https://cheap-shoes.example.com/a_b/index.html",
        "Ask @crypto_trader or t.me/crypto_trader about it",
        "See https://shop.example.com/page_one.html?id=2.5",
        "Only $9.99 or $119.50 today",
        "Wait -- what? I mean it...",
        "<a href=http://a.example rel=nofollow>shoes</a> and [url=http://a.example]shoes[/url]",
        "Check out my chan_nel and sub_scribe for fr_ee music",
        "",
    ],
)
def test_adverts_do_not_read_like_texts_about_programs(content):
    technical = {"links to documentation only", "names of files or commands", "version number"}
    assert technical.isdisjoint(shapes(content=content))


def test_lists_and_code_are_no_broken_sentences():
    assert shapes(content="I need\n- flour\n- water") == shapes(content="def f():\n    return x;\n") == ()


@given(st.text(alphabet="Ab@>,: \n1Ä", max_size=30))
def test_answers_are_found_as_by_one_pattern(text: str) -> None:
    pattern = re.compile(r"^\s*>|@[^\W\d_]|^[A-Z][a-z]+[,:]", re.MULTILINE)
    assert ("answer to somebody" in text_shapes(text, 1, ())) == bool(pattern.search(text))
