"""Search parameters are parsed from the address of the queue page."""

from datetime import date, timedelta
from math import inf

import pytest

from comments.errors import Invalid
from comments.index_terms import email_term
from service.review.search import QueueView, age_counts, day_start, index_query, search_terms

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("Good bread", (("word:good",), ("word:bread",))),
        ("walk*", (("word:walk*",),)),
        ("don't-walk*", (("word:don",), ("word:t",), ("word:walk*",))),
        ("Ada@Example.org", ((email_term("ada@example.org"),),)),
        ("@example.org", ((email_term("@example.org"),),)),
        ("Shop.example", (("domain:shop.example",),)),
        ("Straße.de link:Straße.de", (("domain:straße.de",), ("domain:straße.de",))),
        ("domain:localhost", (("domain:localhost",),)),
        ("link:Shop.example origin:aBc", (("domain:shop.example",), ("origin:aBc",))),
        ("note:this", (("word:note",), ("word:this",))),
        ("", ()),
    ],
)
def test_a_search_becomes_terms(text: str, groups: tuple) -> None:
    assert search_terms(text) == groups


def test_addresses_cannot_be_searched_without_permission_to_see_them() -> None:
    assert search_terms("ada@example.org", sees_email=False) == (("word:ada",), ("word:example",), ("word:org",))


def test_an_empty_search_is_refused() -> None:
    with pytest.raises(Invalid):
        search_terms("!!! *")


def test_a_view_becomes_groups_that_must_all_match() -> None:
    view = QueueView(signal="links.many", author="Ada", q="bread")
    asked = index_query(view, TODAY, 20, None, True)
    assert asked.all_of == (("signal:links.many",), ("author:Ada",), ("word:bread",))
    assert asked.order == "useful"


def test_an_age_limits_the_time_of_receipt() -> None:
    def limits(age: str) -> tuple:
        (found,) = index_query(QueueView(age=age), TODAY, 20, None, True).ranges  # type: ignore[arg-type]
        return found

    def start(n: int) -> int:
        return day_start(TODAY - timedelta(days=n))

    assert limits("today") == ("received", start(0), inf)
    assert limits("yesterday") == ("received", start(1), start(0))
    assert limits("week") == ("received", start(6), start(1))
    assert limits("older") == ("received", -inf, start(6))


def test_ages_are_counted_from_the_comments_since_each_day() -> None:
    assert age_counts((2, 2, 3), 9) == {"today": 2, "week": 1, "older": 6}


def test_the_address_of_another_view_starts_at_page_one_and_keeps_the_filters() -> None:
    view = QueueView(order="points", author="Ada", q="bread", cursor="1.2.blog", decided="x")
    assert view.params(author="") == {"order": "points", "q": "bread"}
    assert view.params(signal="a") == {"order": "points", "q": "bread", "author": "Ada", "signal": "a"}


@pytest.mark.parametrize(
    ("status", "order", "ordered"),
    [("held", "", "useful"), ("spam", "", "newest"), ("spam", "points", "newest"), ("spam", "oldest", "oldest")],
)
def test_each_status_has_its_order(status: str, order: str, ordered: str) -> None:
    assert QueueView(status=status, order=order).effective_order == ordered  # type: ignore[arg-type]
