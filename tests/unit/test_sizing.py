"""The sizing guide: its tables follow from the declared costs, and each cost has a command that exists."""

import importlib.util
from pathlib import Path

import pytest

from docs.sizing_table import COSTS, PAGE, Assumptions, comments_per_core, needs, with_tables

ROOT = Path(__file__).parents[2]
DAY = 86_400


def test_the_tables_of_the_page_are_up_to_date() -> None:
    """`python -m docs.sizing_table` writes them."""
    page = PAGE.read_text()
    assert with_tables(page) == page


@pytest.mark.parametrize("cost", COSTS.values(), ids=COSTS)
def test_each_cost_names_a_command_that_exists(cost) -> None:
    python, module_flag, module = cost.command.split()
    assert (python, module_flag) == ("python", "-m")
    assert importlib.util.find_spec(module)
    assert cost.value > 0


def test_one_comment_a_second_needs_its_costs() -> None:
    n = needs(DAY, Assumptions(peak=1, reads=2, used=0.5, days=10))
    assert n.per_second == 1
    assert n.web_cores == pytest.approx((COSTS["accept"].value + 2 * COSTS["read"].value) / 1e6 / 0.5)
    assert n.judge_cores == pytest.approx(COSTS["judge"].value / 1e6 / 0.5)
    assert n.store_share == pytest.approx(COSTS["store"].value / 1e6)
    assert n.memory_gb == pytest.approx(10 * DAY * (COSTS["memory"].value + COSTS["index"].value) / 1e9)
    assert (n.disk_gb, n.stores) == (3 * n.memory_gb, 1)
    assert n.fork_seconds == pytest.approx(n.memory_gb * COSTS["fork"].value / 1000)


def test_needs_grow_with_the_comments_and_the_peak() -> None:
    once, twice = needs(1e6, Assumptions()), needs(2e6, Assumptions())
    assert twice.judge_cores == pytest.approx(2 * once.judge_cores)
    assert needs(1e6, Assumptions(peak=8)).per_second == pytest.approx(2 * once.per_second)


def test_more_stores_are_needed_for_more_memory_or_a_busy_thread() -> None:
    large = needs(1e7, Assumptions())
    assert large.memory_gb / 16 <= large.stores < large.memory_gb / 16 + 1
    assert needs(1e9, Assumptions(days=0)).stores * 0.6 >= needs(1e9, Assumptions()).store_share


def test_the_page_names_the_comments_of_one_core() -> None:
    assert f"about {comments_per_core():.0f} comments a second" in PAGE.read_text()
