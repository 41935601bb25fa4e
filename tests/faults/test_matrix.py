"""Some faults of the matrix (`make faults` does all), and the page that the matrix writes."""

from tests.faults.fault_list import FAULTS, MATRIX, TESTS
from tests.faults.fault_rows import PAGE, matrix_table
from tests.faults.installation import ROOT
from tests.faults.matrix import run


def test_no_comment_is_lost_doubled_late_or_wrongly_published_under_faults() -> None:
    chosen = [fault for fault in FAULTS if fault.in_ci]
    assert len(chosen) >= 3
    for row in run(chosen):
        assert row.problems == (), row.fault
        assert (row.lost, row.doubled, row.wrongly_published) == (0, 0, 0)
        assert row.acknowledged


def test_every_fault_of_the_matrix_has_a_row_or_a_test() -> None:
    assert list(MATRIX) == [f"F{n}" for n in range(1, 26)]
    covered = {number for fault in FAULTS for number in fault.covers} | set(TESTS)
    assert covered == set(MATRIX)


def test_the_tests_that_cover_faults_exist() -> None:
    assert [file for files in TESTS.values() for file in files if not (ROOT / file).is_file()] == []


def test_the_page_of_promises_has_every_row_and_every_fault() -> None:
    page = PAGE.read_text()
    assert [fault.name for fault in FAULTS if f"| {fault.name} | {', '.join(fault.covers)} |" not in page] == []
    assert matrix_table() in page
