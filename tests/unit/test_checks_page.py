"""The tables about checks in the documentation come from the benchmark."""

from collections import Counter

import pytest

from bench.checks import CALLERS, KINDS
from bench.checks_page import PAGE, CheckCosts, check_table, stored_table, with_tables
from bench.stored_checks import STEPS, StoredChecks
from tests.unit.test_performance_page import rows

COSTS = CheckCosts("check", 1, 45.0, 22.0, 160.0, 4.2, 83.0, 3.5, Counter({200: 90, 503: 10}))
STORED = StoredChecks(1_000_000, 581.6, dict.fromkeys(STEPS, 80.0), dict.fromkeys(STEPS, 79.0))


def test_the_page_has_a_row_for_each_kind_and_number_of_callers() -> None:
    _, _, rest = PAGE.read_text().partition("<!-- checks begin -->")
    table, _, _ = rest.partition("<!-- checks end -->")
    measured = [(cells[0], cells[1]) for cells in rows(table)]
    assert measured == [(kind, str(n)) for n in CALLERS for kind in KINDS]


def test_a_time_over_its_goal_is_called_missed() -> None:
    table = check_table([COSTS], "the command", 0.5)
    assert "check p50 22 ms (reached); check p99 160 ms (**missed**)" in table
    assert rows(table) == [["check", "1", "45", "22.0", "160.0", "4.20", "83", "3.5", "10 of 100"]]


def test_requests_without_an_answer_are_named() -> None:
    lost = CheckCosts("check", 200, 1.0, 1.0, 1.0, 1.0, 1.0, None, Counter({200: 1, 0: 2, 202: 3}))
    text = check_table([COSTS, lost], "the command", 0.5)
    assert "Requests without any answer: 2; with another status than 200 and 503: 3." in text


def test_each_step_stands_beside_the_one_with_few_checks() -> None:
    assert rows(stored_table([STORED], "the command")) == [["1,000,000", "582", *["80 (79)"] * len(STEPS)]]


def test_only_the_text_between_the_markers_is_replaced() -> None:
    page = "Before.\n<!-- a begin -->\nold\n<!-- a end -->\nAfter.\n"
    assert with_tables(page, {"a": "new"}) == "Before.\n<!-- a begin -->\nnew\n<!-- a end -->\nAfter.\n"
    with pytest.raises(ValueError, match="no markers for b"):
        with_tables(page, {"b": "new"})
