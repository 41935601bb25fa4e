"""CSV files do not run formulas in a spreadsheet."""

import csv
from io import StringIO

import pytest

from service.web.csv_export import csv_text


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\uff1d1"])
def test_text_that_looks_like_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert next(csv.reader(StringIO(csv_text([[cell, "plain"]]))))[0] == f"'{cell}"


def test_numbers_quotes_and_new_lines_survive() -> None:
    rows = list(csv.reader(StringIO(csv_text([[-3, 1.5, None, 'a "quoted", text\nof two lines']]))))
    assert rows == [["-3", "1.5", "", 'a "quoted", text\nof two lines']]
