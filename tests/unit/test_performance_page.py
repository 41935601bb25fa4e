"""The page about performance has the rows that the benchmark declares, and its chart their bars."""

import re
from xml.etree import ElementTree

import pytest

from bench.performance_page import CHART, PAGE, chart, page
from bench.performance_rows import MISSED, REACHED, ROWS

FIGURES = dict.fromkeys((row.figure for row in ROWS), 1.0) | {
    "load": 1.0,
    "bare accept": 100.0,
    "accept": 130.0,
    "304": 0.5,
}


def rows(text: str) -> list[list[str]]:
    """Return the cells of the table without its headings."""
    lines = [line for line in text.splitlines() if line.startswith("| ")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("text", [PAGE.read_text(), page(FIGURES, 1000)])
def test_the_page_has_the_rows_that_the_benchmark_declares(text: str) -> None:
    found = rows(text)
    assert [cells[0] for cells in found] == [row.name for row in ROWS]
    assert all(
        (cells[3] in (REACHED, MISSED)) is (row.goal is not None) for row, cells in zip(ROWS, found, strict=True)
    )


def test_a_row_over_its_goal_is_called_missed() -> None:
    found = {cells[0]: cells for cells in rows(page(FIGURES, 1000))}
    accepted, unchanged = found["Accept a comment with a site key"], found["Read: the reader has it already (304)"]
    assert accepted[1:] == ["130 µs", "1.25 times the bare route: at most 125", MISSED]
    assert unchanged[1:] == ["0.5 µs", "half a cached read: at most 0.5", REACHED]


def test_the_page_names_every_row_that_is_missed() -> None:
    text = PAGE.read_text()
    missed = [cells[0] for cells in rows(text) if cells[3] == MISSED]
    named = re.search(r"These are missed: (.*?)\.\n", text, re.DOTALL)
    assert named
    assert [name.lower() for name in missed] == re.sub(r"\s+", " ", named[1]).lower().split("; ")


@pytest.mark.parametrize("drawing", [CHART.read_text(), chart(FIGURES)])
def test_the_chart_has_a_bar_for_each_row_that_it_shows(drawing: str) -> None:
    texts = [element.text for element in ElementTree.fromstring(drawing).iter("{http://www.w3.org/2000/svg}text")]
    assert texts[::2] == [row.name for row in ROWS if row.charted]


def test_each_name_and_charted_figure_is_declared_once() -> None:
    names, charted = [row.name for row in ROWS], [row.figure for row in ROWS if row.charted]
    assert len(set(names)) == len(names)
    assert len(set(charted)) == len(charted)
