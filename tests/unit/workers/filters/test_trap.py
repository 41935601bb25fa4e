"""The honeypot field."""

from tests.support.builders import a_comment
from tests.unit.workers.about import seen, strengths
from workers.filters.trap import TrapFilter


def test_people_leave_it_empty():
    assert seen(TrapFilter()) == {}


def test_whatever_stands_in_it_counts():
    assert strengths(TrapFilter(), a_comment(trap="http://shop.example")) == {"trap.filled": 1.0}


def test_the_evidence_names_the_field():
    assert "homepage" in seen(TrapFilter(), a_comment(trap="x"), trap_field="homepage")["trap.filled"].evidence
