"""The tables about checks in docs/checks.md, each between two markers."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.callers import NO_ANSWER
from bench.performance_rows import MISSED, REACHED
from bench.stored_checks import CHARACTERS, FEW, STEPS, StoredChecks

PAGE = Path(__file__).parents[1] / "docs" / "checks.md"
#: Milliseconds that one caller at a time may wait.
GOALS = {"p50": 50.0, "p99": 150.0}
HEADINGS = ("", "callers", "answers/s", "p50 ms", "p99 ms", "processor ms", "commands", "writes to disk", "refused")


@dataclass(frozen=True, slots=True)
class CheckCosts:
    """Medians of the rounds of one kind of request: times in ms, and what each answer cost."""

    kind: str
    callers: int
    rate: float
    p50: float
    p99: float
    processor_ms: float
    commands: float
    disk_writes: float | None
    statuses: Counter[int]

    def cells(self) -> tuple[str, ...]:
        times = (f"{self.p50:,.1f}", f"{self.p99:,.1f}", f"{self.processor_ms:.2f}")
        commands = f"{self.commands:.0f}" if self.commands else ""
        writes = "" if self.disk_writes is None else f"{self.disk_writes:.1f}"
        refused = f"{self.statuses[503]} of {self.statuses.total()}" if self.statuses[503] else "none"
        return (self.kind, str(self.callers), f"{self.rate:,.0f}", *times, commands, writes, refused)


def check_table(costs: Sequence[CheckCosts], command: str, load: float) -> str:
    alone = [row for row in costs if row.callers == 1 and row.commands]
    results = "; ".join(
        f"{row.kind} {name} {getattr(row, name):.0f} ms ({REACHED if getattr(row, name) <= most else MISSED})"
        for row in alone
        for name, most in GOALS.items()
    )
    return (
        f"`{command}` on {os.cpu_count()} cores with a load average of {load:.1f} at the start. The goal for one "
        f"caller is {GOALS['p50']:.0f} ms, and {GOALS['p99']:.0f} ms for 99 of 100 answers: {results}. "
        f"{_others(costs)}\n\n{_table([HEADINGS, *(row.cells() for row in costs)])}"
    )


def _others(costs: Sequence[CheckCosts]) -> str:
    """Say how many requests got neither a verdict nor a refusal."""
    lost = sum(row.statuses[NO_ANSWER] for row in costs)
    late = sum(n for row in costs for status, n in row.statuses.items() if status not in (NO_ANSWER, 200, 503))
    return f"Requests without any answer: {lost}; with another status than 200 and 503: {late}."


def stored_table(found: Sequence[StoredChecks], command: str) -> str:
    headings = ("answered checks", "bytes of each", *STEPS)
    rows = [(f"{row.stored:,}", f"{row.bytes:,.0f}", *(_step(row, name) for name in STEPS)) for row in found]
    return (
        f"`{command}`: memory of an answered check of {CHARACTERS} characters, and the microseconds that Valkey takes "
        f"for each step. In brackets is the same step on a Valkey with {FEW:,} checks, measured at the same time.\n\n"
        f"{_table([headings, *rows])}"
    )


def _step(row: StoredChecks, name: str) -> str:
    return f"{row.steps[name]:.0f} ({row.steps_with_few[name]:.0f})"


def _table(rows: Sequence[Sequence[str]]) -> str:
    lines = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
    return "\n".join("|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|" for cells in lines)


def write_tables(tables: Mapping[str, str]) -> None:
    PAGE.write_text(with_tables(PAGE.read_text(), tables))


def with_tables(text: str, tables: Mapping[str, str]) -> str:
    """Return the page with new tables between their markers. Raises ValueError if a marker is missing."""
    for name, table in tables.items():
        start, end = f"<!-- {name} begin -->\n", f"<!-- {name} end -->"
        before, found, rest = text.partition(start)
        _, ended, after = rest.partition(end)
        if not (found and ended):
            raise ValueError(f"the page has no markers for {name}")
        text = f"{before}{start}{table}\n{end}{after}"
    return text
