"""The trap filter: a hidden form field (honeypot)."""

from tests.support.builders import a_comment
from tests.unit.workers.about import seen, strengths
from workers.filters.trap import TrapFilter


def test_an_empty_field_gives_no_signal():
    assert seen(TrapFilter()) == {}


def test_any_value_gives_a_signal():
    assert strengths(TrapFilter(), a_comment(trap="http://shop.example")) == {"trap.filled": 1.0}


def test_the_evidence_names_the_field():
    assert "homepage" in seen(TrapFilter(), a_comment(trap="x"), trap_field="homepage")["trap.filled"].evidence
