"""Do every fault to a whole installation under traffic, and write docs/promises.md: `python -m tests.faults.matrix`.

`--only WORDS;WORDS` does the faults whose names contain the words, and writes nothing.
"""

import argparse
import math
import platform
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import psutil

from comments.errors import ReplygateError
from comments.storage.redis import open_redis
from tests.faults.deliveries import delivery_problems
from tests.faults.fault_list import FAULTS, Fault
from tests.faults.fault_rows import FaultRow, unfinished, write_page
from tests.faults.installation import Installation
from tests.faults.places import Place, installation
from tests.faults.receiver_faults import receivers_failing
from tests.faults.site_audit import audited
from tests.faults.traffic import Traffic, decided_within, start_traffic

#: Acknowledged submissions before a fault and after it.
BEFORE, AFTER = 20, 20


def measure(to: Installation, fault: Fault, number: int) -> tuple[FaultRow, Traffic]:
    """Do one fault to the traffic of a new site."""
    to.further.clear()
    traffic = start_traffic(to, f"fault-{number}", seed=number)
    traffic.wait_for_more(BEFORE)
    begun = time.monotonic()
    with receivers_failing(to, fault.receivers_fail, number):
        over = fault.inject(to) or time.monotonic()
    promised = set(traffic.seen.acknowledged_ids())
    traffic.wait_for_more(1)
    decided = decided_within(open_redis(to.settings), traffic.site, promised, 120.0)
    recovery = time.monotonic() - over if decided < math.inf else decided
    until = time.monotonic()
    traffic.wait_for_more(AFTER)
    traffic.stop()
    during = sorted(sent.seconds for sent in traffic.seen.requests if begun <= sent.at <= until)
    found = [audited(to, each) for each in (traffic, *to.further)]
    row = FaultRow(
        fault=fault.name,
        sent=sum(each.seen.sent for each in (traffic, *to.further)),
        acknowledged=sum(len(each.seen.ids) for each in (traffic, *to.further)),
        lost=sum(audit.lost for audit in found),
        doubled=sum(audit.doubled for audit in found),
        wrongly_published=sum(audit.wrongly_published for audit in found),
        longest_wait=max(audit.longest_wait for audit in found),
        recovery=recovery,
        p99=during[len(during) * 99 // 100],
        problems=(
            *(p for audit in found for p in audit.problems),
            *_late(fault, recovery, during[len(during) * 99 // 100]),
        ),
    )
    return row, traffic


def _late(fault: Fault, recovery: float, p99: float) -> Iterator[str]:
    if recovery > fault.recovery:
        yield f"recovery took {recovery:.1f} s instead of {fault.recovery:.0f} s"
    if fault.p99 is not None and p99 > fault.p99:
        yield f"99 of 100 answers took up to {p99:.1f} s instead of {fault.p99:.0f} s"


@dataclass
class Round:
    """One running installation, and what was done to it."""

    running: Installation
    may_hurry: bool
    fails_over: bool
    done: list[tuple[FaultRow, Traffic]] = field(default_factory=list)
    unfinished: list[FaultRow] = field(default_factory=list)

    def measure_all(self, faults: list[Fault], report: Callable[[str], None]) -> None:
        """Do the faults in order. After a measurement that cannot be finished, the rest needs another installation."""
        for fault in faults:
            try:
                self.done.append(measure(self.running, fault, len(self.done)))
            except (AssertionError, OSError, psutil.Error, ReplygateError) as error:
                report(f"{fault.name}: {error!r}")
                self.unfinished.append(unfinished(fault.name, str(error)))
                break
            report("\n  ".join([self.done[-1][0].line(), *self.done[-1][0].problems]))

    def rows(self, report: Callable[[str], None]) -> Iterator[FaultRow]:
        """Wait for all deliveries, and yield the rows."""
        yield from self.unfinished
        for row, traffic in self.done:
            late = delivery_problems(self.running, traffic, self.may_hurry, self.fails_over)
            if late:
                report("\n  ".join([row.fault, *late]))
            yield row.with_problems(late)


def run(faults: list[Fault], report: Callable[[str], None] = lambda _: None) -> list[FaultRow]:
    """Do the faults, those of one place in one installation. Return their rows in the order of `faults`.

    Real retries take minutes. Only the usual installation waits for them, while the others have their faults.
    """
    rows: dict[str, FaultRow] = {}
    usual: list[Round] = []
    with ExitStack() as to_the_end:
        for place in Place:
            left = [fault for fault in faults if fault.place is place]
            waits = place is Place.USUAL and len(faults) == len(FAULTS)
            while left:
                with ExitStack() as stack:
                    opened = (to_the_end if waits else stack).enter_context(installation(place))
                    made = Round(opened, may_hurry=not waits, fails_over=place.fails_over)
                    made.measure_all(left, report)
                    tried = {row.fault for row in (*made.unfinished, *(row for row, _ in made.done))}
                    left = [fault for fault in left if fault.name not in tried]
                    if waits:
                        usual.append(made)
                    else:
                        rows |= {row.fault: row for row in made.rows(report)}
        rows |= {row.fault: row for made in usual for row in made.rows(report)}
    return [rows[fault.name] for fault in faults]


def say(line: str) -> None:
    sys.stderr.write(line + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    only = parser.parse_args().only
    begun = time.monotonic()
    chosen = [fault for fault in FAULTS if any(words in fault.name.lower() for words in only.lower().split(";"))]
    rows = run(chosen, say)
    minutes = (time.monotonic() - begun) / 60
    if not only:
        write_page(rows, f"{platform.system()}, Python {platform.python_version()}", minutes)
    say(f"{minutes:.1f} minutes")
    sys.exit(any(row.problems for row in rows))


if __name__ == "__main__":
    main()
