"""docs/promises.md has a row for each declared fault, and says how each ended."""

import re
from collections.abc import Iterator

from tests.faults.fault_list import FAULTS
from tests.faults.fault_rows import HEAD, PAGE


def rows() -> Iterator[dict[str, str]]:
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == len(HEAD) and cells[0] != HEAD[0] and set(line) - set("|-"):
            yield dict(zip(HEAD, cells, strict=True))


def test_the_page_has_exactly_the_declared_faults() -> None:
    assert [row["Fault"] for row in rows()] == [fault.name for fault in FAULTS]


def test_names_of_faults_differ() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_a_row_that_lost_something_does_not_hold() -> None:
    for row in rows():
        assert row["Promise"] in ("holds", "**does not hold**")
        if row["Promise"] == "holds":
            assert row["Lost"] == row["Doubled"] == row["Wrongly published"] == "0"
            assert int(row["Acknowledged"]) > 0


def test_the_times_promised_are_those_declared() -> None:
    promised = {row["Fault"]: re.findall(r"\((\d+)\)", row["Recovery, s"] + row["p99, s"]) for row in rows()}
    for fault in FAULTS:
        times = [fault.recovery, *([] if fault.p99 is None else [fault.p99])]
        assert promised[fault.name] == [f"{seconds:.0f}" for seconds in times], fault.name
