"""Isso's numbers of comments and names of threads."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.isso_names import FIRST_OWN_NUMBER, id_of_isso_comment, isso_number, thread_of_isso_uri
from comments.pseudonyms import ID_LETTERS, id_of, new_id
from comments.thread_addresses import thread_key
from comments.validation import ID
from tests.support.builders import a_site


@given(st.integers(1, FIRST_OWN_NUMBER - 1))
def test_an_imported_comment_keeps_its_number(number: int) -> None:
    id = id_of_isso_comment(number)
    assert ID.fullmatch(id)
    assert isso_number(id) == number


@given(st.binary(min_size=ID_LETTERS, max_size=ID_LETTERS))
def test_the_number_of_any_other_comment_is_safe_in_javascript(random_bytes: bytes) -> None:
    assert FIRST_OWN_NUMBER <= isso_number(id_of(random_bytes)) < 2**53


@pytest.mark.parametrize("number", [-1, 0, FIRST_OWN_NUMBER, 2**63])
def test_a_number_that_isso_never_gave_has_no_id(number: int) -> None:
    with pytest.raises(ValueError, match="not the number"):
        id_of_isso_comment(number)


def test_every_id_that_storage_holds_has_a_number() -> None:
    assert FIRST_OWN_NUMBER <= isso_number("Isso-8.9") < 2**53
    assert FIRST_OWN_NUMBER <= isso_number("isso") < 2**53


def test_an_id_that_only_begins_like_an_imported_one_has_a_number_of_its_own() -> None:
    id = id_of_isso_comment(7)
    changed = id[:-1] + ("a" if id[-1] != "a" else "b")
    assert isso_number(changed) >= FIRST_OWN_NUMBER


def test_new_comments_have_different_numbers() -> None:
    ids = [new_id() for _ in range(1000)]
    assert len({isso_number(id) for id in ids}) == len(ids)
    assert [isso_number(id) for id in ids] == [isso_number(id) for id in ids]


def test_the_id_of_a_number_never_changes() -> None:
    """Imported comments are stored under these ids."""
    assert id_of_isso_comment(1) == "issoaaaaaaaaaabdaktrcxdyh2"
    numbers = random.Random(1).sample(range(1, FIRST_OWN_NUMBER), 50)
    assert len({id_of_isso_comment(n) for n in numbers}) == 50


@pytest.mark.parametrize(
    ("uri", "thread"),
    [
        ("/2024/hello/", "https://blog.example/2024/hello"),
        ("/2024/gr%C3%B6%C3%9Fe/", "https://blog.example/2024/größe/"),
        ("/a.html?page=2", "https://blog.example/a.html?page=2"),
        ("/", "https://blog.example"),
        ("post-42", "post-42"),
        ("https://blog.example/x", "https://blog.example/x"),
        ("//other.example/x", "//other.example/x"),
    ],
)
def test_a_path_names_the_page_on_the_first_address_of_the_site(uri: str, thread: str) -> None:
    site = a_site(origins=("https://blog.example", "https://www.other.example"))
    assert thread_of_isso_uri(uri, site) == thread_key(thread, site)


def test_without_an_address_of_the_site_the_path_is_the_key() -> None:
    assert thread_of_isso_uri("/2024/hello/", a_site(origins=())) == "/2024/hello/"
