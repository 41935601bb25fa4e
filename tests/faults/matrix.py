"""Do every fault to a whole installation under traffic, and write docs/promises.md: `python -m tests.faults.matrix`.

`--only WORDS` does the faults whose names contain the words, and writes nothing.
"""

import argparse
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from comments.errors import ReplygateError
from comments.storage.redis import open_redis
from tests.faults.deliveries import delivery_problems
from tests.faults.fault_list import FAULTS, Fault, Place
from tests.faults.fault_rows import FaultRow, unfinished, write_page
from tests.faults.installation import Installation
from tests.faults.power import recorded_syncs
from tests.faults.site_audit import audited
from tests.faults.traffic import Traffic, decided_within, start_traffic

#: Acknowledged submissions before a fault and after it.
BEFORE, AFTER = 20, 20
SMALL_DISK = "48m"
CLOCK_LIBRARY = "*/faketime/libfaketime.so.1"


@contextmanager
def installation(place: Place) -> Iterator[Installation]:
    with (
        tempfile.TemporaryDirectory(prefix="rgm") as base,
        _directory(place, Path(base)) as directory,
        Installation(directory, _environment(place, Path(base))) as running,
    ):
        yield running


@contextmanager
def _directory(place: Place, base: Path) -> Iterator[Path]:
    directory = base / "data"
    directory.mkdir(mode=0o700)
    if place is not Place.SMALL_DISK:
        yield directory
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK},mode=700", "none", str(directory)], check=True)
    try:
        yield directory
    finally:
        subprocess.run(["umount", "--lazy", str(directory)], check=True)


def _environment(place: Place, base: Path) -> dict[str, str]:
    if place is Place.RECORDED:
        (base / "record").mkdir()
        return recorded_syncs(base / "record")
    if place is Place.CLOCK:
        (base / "offset").write_text("+0")
        return {
            "LD_PRELOAD": str(next(Path("/usr/lib").glob(CLOCK_LIBRARY))),
            "FAKETIME_TIMESTAMP_FILE": str(base / "offset"),
            "FAKETIME_CACHE_DURATION": "1",
            # The monotonic clock is that of the kernel's waits.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
    return {}


def measure(to: Installation, fault: Fault, number: int) -> tuple[FaultRow, Traffic]:
    """Do one fault to the traffic of a new site."""
    traffic = start_traffic(to, f"fault-{number}", seed=number)
    traffic.wait_for_more(BEFORE)
    begun = time.monotonic()
    fault.inject(to)
    over = time.monotonic()
    promised = set(traffic.seen.acknowledged_ids())
    traffic.wait_for_more(1)
    accepts_again = time.monotonic() - over
    decided = decided_within(open_redis(to.settings), traffic.site, promised, 120.0)
    recovery = max(accepts_again, decided)
    until = time.monotonic()
    traffic.wait_for_more(AFTER)
    traffic.stop()
    during = sorted(sent.seconds for sent in traffic.seen.requests if begun <= sent.at <= until)
    found = audited(to, traffic)
    row = FaultRow(
        fault=fault.name,
        sent=traffic.seen.sent,
        acknowledged=len(traffic.seen.ids),
        lost=found.lost,
        doubled=found.doubled,
        wrongly_published=found.wrongly_published,
        recovery=recovery,
        p99=during[len(during) * 99 // 100],
        problems=(*found.problems, *_late(fault, recovery, during[len(during) * 99 // 100])),
    )
    return row, traffic


def _late(fault: Fault, recovery: float, p99: float) -> Iterator[str]:
    if recovery > fault.recovery:
        yield f"recovery took {recovery:.1f} s instead of {fault.recovery:.0f} s"
    if fault.p99 is not None and p99 > fault.p99:
        yield f"99 of 100 answers took up to {p99:.1f} s instead of {fault.p99:.0f} s"


def run(faults: list[Fault], report: Callable[[str], None] = lambda _: None) -> list[FaultRow]:
    """Do the faults, those of one place in one installation. Return their rows in the order of `faults`."""
    rows: dict[str, FaultRow] = {}
    for place in Place:
        left = [fault for fault in faults if fault.place is place]
        while left:
            for row in _rows_of(left, may_hurry=len(faults) < len(FAULTS), report=report):
                rows[row.fault] = row
            left = [fault for fault in left if fault.name not in rows]
    return [rows[fault.name] for fault in faults]


def _rows_of(faults: list[Fault], may_hurry: bool, report: Callable[[str], None]) -> Iterator[FaultRow]:
    """Do faults to one new installation. After a measurement that cannot be finished, the rest needs another one."""
    done: list[tuple[FaultRow, Traffic]] = []
    with installation(faults[0].place) as running:
        for fault in faults:
            try:
                done.append(measure(running, fault, len(done)))
            except (AssertionError, OSError, psutil.Error, ReplygateError) as error:
                report(f"{fault.name}: {error!r}")
                yield unfinished(fault.name, str(error))
                break
            report("\n  ".join([done[-1][0].line(), *done[-1][0].problems]))
        for row, traffic in done:
            late = delivery_problems(running, traffic, may_hurry)
            if late:
                report("\n  ".join([row.fault, *late]))
            yield row.with_problems(late)


def say(line: str) -> None:
    sys.stderr.write(line + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    only = parser.parse_args().only
    begun = time.monotonic()
    rows = run([fault for fault in FAULTS if only.lower() in fault.name.lower()], say)
    minutes = (time.monotonic() - begun) / 60
    if not only:
        write_page(rows, f"{platform.system()}, Python {platform.python_version()}", minutes)
    say(f"{minutes:.1f} minutes")
    sys.exit(any(row.problems for row in rows))


if __name__ == "__main__":
    main()
