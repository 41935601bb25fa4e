"""Some faults of the matrix (`make faults` does all), and the page that the matrix writes."""

from tests.faults.fault_list import FAULTS
from tests.faults.matrix import run


def test_no_comment_is_lost_doubled_late_or_wrongly_published_under_faults() -> None:
    chosen = [fault for fault in FAULTS if fault.in_ci]
    assert len(chosen) >= 3
    for row in run(chosen):
        assert row.problems == (), row.fault
        assert (row.lost, row.doubled, row.wrongly_published) == (0, 0, 0)
        assert row.acknowledged
