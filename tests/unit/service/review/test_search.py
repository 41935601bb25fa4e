"""Search parameters are parsed from the address of the queue page."""

from datetime import date, timedelta
from math import inf

import pytest

from comments.errors import Invalid
from comments.index_terms import email_term
from comments.storage.queue_index import IndexQuery
from service.review.search import EVERY_STATUS, FILTER_LABELS, FILTERS, QueueFilters, QueueView, check_view
from service.review.search_query import age_counts, day_start, index_query, search_terms

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


def query(view: QueueView) -> IndexQuery:
    return index_query(view, view.status, view.effective_order, TODAY, 20, None, True)


def test_a_view_becomes_groups_that_must_all_match() -> None:
    view = QueueView(signal="links.many", author="Ada", q="bread")
    asked = query(view)
    assert asked.all_of == (("signal:links.many",), ("author:Ada",), ("word:bread",))
    assert asked.order == "useful"


def test_an_age_limits_the_time_of_receipt() -> None:
    def limits(age: str) -> tuple:
        (found,) = query(QueueView(age=age)).ranges  # type: ignore[arg-type]
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
    [("held", "", "useful"), ("spam", "", "newest"), ("spam", "points", "points"), ("all", "decided", "decided")],
)
def test_each_status_has_its_order(status: str, order: str, ordered: str) -> None:
    assert QueueView(status=status, order=order).effective_order == ordered  # type: ignore[arg-type]


def test_days_limit_receipt_and_decision() -> None:
    view = QueueView(received_from=date(2026, 11, 1), received_to=date(2026, 11, 2), decided_to=date(2026, 11, 3))
    second, third = day_start(date(2026, 11, 3)), day_start(date(2026, 11, 4))
    assert query(view).ranges == (("received", day_start(date(2026, 11, 1)), second), ("decided", -inf, third))


def test_the_last_day_of_the_calendar_is_a_day() -> None:
    assert query(QueueView(received_to=date.max)).ranges[0][2] > day_start(date.max)


def test_automatic_decisions_are_those_without_a_person() -> None:
    assert query(QueueView(by="automatic")).all_of == (("by:*",),)
    assert query(QueueView(by="mo")).all_of == (("by:mo",),)


def test_a_link_to_another_status_keeps_the_filters_and_only_a_possible_order() -> None:
    view = QueueView(order="useful", author="Ada")
    assert view.params(status="spam") == {"status": "spam", "author": "Ada"}
    assert QueueView(order="points").params(status=EVERY_STATUS) == {"status": "all", "order": "points"}


@pytest.mark.parametrize(
    ("view", "fields"),
    [
        (QueueView(order="useful", status="spam"), {"order"}),
        (QueueView(order="decided"), {"order"}),
        (QueueView(order="reported", status="approved", q="x", author="Ada"), {"q", "author"}),
        (QueueView(received_from=date(2026, 2, 2), received_to=date(2026, 2, 1), site="blog"), {"received_to", "site"}),
        (
            QueueView(decided_from=date(2026, 2, 2), decided_to=date(2026, 2, 1), order="decided"),
            {"decided_to", "order"},
        ),
    ],
)
def test_impossible_combinations_are_refused_field_by_field(view: QueueView, fields: set[str]) -> None:
    with pytest.raises(Invalid) as error:
        check_view(view, view.status, view.order, ["blog"])
    assert {problem.field for problem in error.value.problems} == fields


def test_the_list_of_all_sites_filters_by_site_but_not_by_reports() -> None:
    check_view(QueueView(site="blog"), "held", "", ["blog"], all_sites=True)
    for status, view in (("held", QueueView(site="other")), ("approved", QueueView(order="reported"))):
        with pytest.raises(Invalid):
            check_view(view, status, view.order, ["blog"], all_sites=True)


def test_every_filter_has_a_label_and_is_part_of_the_address() -> None:
    names = set(QueueFilters.model_fields)
    assert {*FILTERS} - {"site"} == names
    assert {*FILTERS} <= {*FILTER_LABELS}
