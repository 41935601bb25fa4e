"""Isso's numbers of comments and names of threads."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.isso_names import (
    FIRST_OWN_NUMBER,
    id_of_isso_comment,
    isso_number,
    thread_of_isso_uri,
    time_of_isso_number,
)
from comments.pseudonyms import ID_LETTERS, id_of, new_id
from comments.storage.codec import milliseconds
from comments.thread_addresses import thread_key
from comments.validation import ID
from tests.support.builders import NOW, a_site


@given(st.integers(1, FIRST_OWN_NUMBER - 1))
def test_an_imported_comment_keeps_its_number(number: int) -> None:
    id = id_of_isso_comment(number)
    assert ID.fullmatch(id)
    assert isso_number(id, NOW) == number


@given(
    st.binary(min_size=ID_LETTERS, max_size=ID_LETTERS),
    st.datetimes(datetime(1970, 1, 2), datetime(2109, 1, 1), timezones=st.just(UTC)),
)
def test_the_number_of_any_other_comment_is_safe_in_javascript_and_has_its_time(raw: bytes, at: datetime) -> None:
    number = isso_number(id_of(raw), at)
    assert FIRST_OWN_NUMBER <= number < 2**53
    assert time_of_isso_number(number) == milliseconds(at)


def test_times_that_do_not_fit_still_give_a_number() -> None:
    for year in (1, 1969, 2200, 9999):
        assert FIRST_OWN_NUMBER <= isso_number(new_id(), datetime(year, 6, 1, tzinfo=UTC)) < 2**53


@pytest.mark.parametrize("number", [-1, 0, FIRST_OWN_NUMBER, 2**63])
def test_a_number_that_isso_never_gave_has_no_id(number: int) -> None:
    with pytest.raises(ValueError, match="not the number"):
        id_of_isso_comment(number)


def test_every_id_that_storage_holds_has_a_number() -> None:
    assert FIRST_OWN_NUMBER <= isso_number("Isso-8.9", NOW) < 2**53
    assert FIRST_OWN_NUMBER <= isso_number("isso", NOW) < 2**53


def test_an_id_that_only_begins_like_an_imported_one_has_a_number_of_its_own() -> None:
    id = id_of_isso_comment(7)
    changed = id[:-1] + ("a" if id[-1] != "a" else "b")
    assert isso_number(changed, NOW) >= FIRST_OWN_NUMBER


def test_later_comments_have_higher_numbers() -> None:
    numbers = [isso_number(new_id(), NOW + timedelta(milliseconds=n)) for n in range(1000)]
    assert numbers == sorted(set(numbers))


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
