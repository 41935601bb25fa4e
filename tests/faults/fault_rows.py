"""The rows of docs/promises.md, and the page itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from tests.faults.fault_list import FAULTS, MATRIX, TESTS, Fault
from tests.faults.places import Place

PAGE = Path(__file__).parents[2] / "docs/promises.md"
HEAD = (
    "Fault",
    "No.",
    "Sent",
    "Acknowledged",
    "Lost",
    "Doubled",
    "Wrongly published",
    "Longest wait, s",
    "Recovery, s",
    "p99, s",
    "Promise",
)
#: Problems of one row that the page quotes.
QUOTED = 3

PAGE_TEXT = """\
# Promises under faults

`make faults` wrote this page on {day} ({machine}; {minutes:.0f} minutes). It starts Replygate as `replygate up` does,
with two judges, and does each fault to it under traffic. `make test` repeats three of the faults.

**Traffic.** Six visitors submit through the site's server, with idempotency keys, repeats, replies, edits and
withdrawals. Three submit WordPress's form without a key. Two moderators decide the same held comments and undo a
quarter of their decisions. A webhook receives every decision, a subscriber gets mail about replies, and the filters
learn. Visitors repeat a request until it is acknowledged. In the first three seconds of every fault the webhook
receiver fails in changing ways (no answer, status 500, a redirect, an endless answer, none in time), and the mail
server closes its connections. The 50,000 comments of one row are of another site: four processes submit them with its
key while judging is paused for it. Its recovery begins when judging does, and no comment may be decided more than 5 s
after a later one.

**Columns.** *No.* is the number of the fault in the [list below](#all-faults). *Sent* counts requests with a
submission. *Acknowledged* counts the submissions that got a 202. *Lost* were acknowledged and are not stored. *Doubled*
are stored twice. *Wrongly published* contain a word that a moderator must see first. *Longest wait* is the longest time
from the 202 of a comment to its first decision, by the time that the judge noted when it began. *Recovery* is the time
from the end of the fault, or the last kill, until further submissions are accepted and all that were acknowledged
before are decided. *p99* is of all answers in the fault and the recovery, errors and refusals included; a visitor waits
no longer than 10 s.

A row *holds* if nothing was lost, doubled or wrongly published, recovery and p99 were within the promise in
parentheses (most rows promise no p99), and the audit found no problem. The audit compares every record with what
visitors, authors and moderators were answered, and checks histories, counters, indexes, threads, numbers, webhooks with
their order, and mail.

{table}

{problems}
The power cut kills all parts at once, and then cuts Valkey's files to what was synchronized to the disk. It simulates
neither torn sectors nor disks that report success too early. The clock is set by libfaketime for all processes. The
disk is full on a small one of its own, which only root can mount. The last faults need other servers: a proxy between
the parts and Valkey, a primary with two replicas and three Sentinels, and a cluster of three primaries with a replica
each. There, submissions, edits and decisions [wait for one replica](reliability.md#more-than-one-server-for-storage),
and webhooks may be repeated after the fail-over, also after later ones.

## All faults

The rows and tests that cover each fault. `make test` runs all these tests but `upgrade.py`, which needs an older
version of the code and is started by hand.

{matrix}
"""


@dataclass(frozen=True)
class FaultRow:
    """The result of one fault. Times are in seconds; without problems, the row holds."""

    fault: str
    sent: int
    acknowledged: int
    lost: int
    doubled: int
    wrongly_published: int
    longest_wait: float  # from the 202 of a comment to its first decision
    recovery: float
    p99: float
    problems: tuple[str, ...] = ()

    def with_problems(self, more: Sequence[str]) -> Self:
        return replace(self, problems=(*self.problems, *more))

    def line(self) -> str:
        """Return the row as Markdown, with what was promised."""
        fault = declared(self.fault)
        counts = (self.sent, self.acknowledged, self.lost, self.doubled, self.wrongly_published)
        p99 = f"{self.p99:.2f}" if fault.p99 is None else f"{self.p99:.2f} ({fault.p99:.0f})"
        wait = f"{self.longest_wait:.1f}" if fault.place is not Place.CLOCK else ""  # decisions have its time
        times = (wait, f"{self.recovery:.1f} ({fault.recovery:.0f})", p99)
        holds = "**does not hold**" if self.problems else "holds"
        return f"| {' | '.join([self.fault, ', '.join(fault.covers), *map(str, counts), *times, holds])} |"


def unfinished(fault: str, reason: str) -> FaultRow:
    """Return the row of a measurement that could not be finished. It does not hold."""
    return FaultRow(fault, 0, 0, 0, 0, 0, 0.0, 0.0, 0.0, (f"the measurement did not finish: {reason}",))


def declared(name: str) -> Fault:
    return next(fault for fault in FAULTS if fault.name == name)


def matrix_table() -> str:
    """Return the table of all faults, with the rows and tests that cover each."""
    lines = ["| No. | Fault | Rows | Tests |", "|---|---|---|---|"]
    for number, fault in MATRIX.items():
        rows = "; ".join(row.name for row in FAULTS if number in row.covers)
        tests = ", ".join(f"`{file}`" for file in TESTS.get(number, ()))
        lines.append(f"| {number} | {fault} | {rows} | {tests} |")
    return "\n".join(lines)


def write_page(rows: Sequence[FaultRow], machine: str, minutes: float) -> None:
    """Write docs/promises.md."""
    head = [f"| {' | '.join(HEAD)} |", f"|{'---|' * len(HEAD)}"]
    failed = [f"* {row.fault}: {'; '.join(row.problems[:QUOTED])}." for row in rows if row.problems]
    text = PAGE_TEXT.format(
        day=datetime.now(UTC).date(),
        machine=machine,
        minutes=minutes,
        table="\n".join([*head, *(row.line() for row in rows)]),
        matrix=matrix_table(),
        problems="\n".join(["What does not hold:", "", *failed, ""]) if failed else "",
    )
    PAGE.write_text(text)
