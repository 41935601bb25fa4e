"""Search parameters are parsed from the address of the queue page."""

from datetime import date, timedelta

import pytest

from comments.errors import Invalid
from comments.queue_ranking import email_term
from service.review.search import QueueView, age_counts, index_query, last_seven_days, search_terms

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
        ("link:Shop.example origin:abc", (("domain:shop.example",), ("origin:abc",))),
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


def test_ages_are_given_in_days() -> None:
    def days(age: str) -> tuple:
        asked = index_query(QueueView(age=age), TODAY, 20, None, True)  # type: ignore[arg-type]
        return asked.all_of, asked.none_of

    assert days("today") == ((("day:2026-11-22",),), ())
    assert days("yesterday") == ((("day:2026-11-21",),), ())
    assert days("week") == ((tuple(f"day:{TODAY - timedelta(days=n)}" for n in range(2, 7)),), ())
    assert days("older") == ((), last_seven_days(TODAY))


def test_ages_are_counted_from_days() -> None:
    counts = {"2026-11-22": 2, "2026-11-20": 1, "2026-11-16": 1}
    assert age_counts(counts, 9, TODAY) == {"today": 2, "week": 2, "older": 5}


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
