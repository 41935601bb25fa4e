"""Measure the memory of a site's numbers when every counter of every kept period is in use.

    python -m bench.number_memory [--people 10] [--signals 40]

Writes all hours of nine days, all days of two years and all months of ten years, and the busiest pages, on an empty
Valkey, and prints the memory they take.
"""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime

from bench.servers import valkey
from comments.counted_events import (
    BY_PEOPLE,
    CORRECTED,
    CORRECTIONS,
    FILTER_BOUNDS,
    FILTER_TIME,
    HELD_CHANGE,
    JUDGED,
    READER_REPORTS,
    REASON,
    REVIEW_BOUNDS,
    REVIEW_TIME,
    WITHDRAWN,
    WORK,
)
from comments.lifecycle import Action, Status
from comments.storage.keys import Keys
from comments.storage.number_periods import MAX_PAGES, Unit, latest_range, stored_pages, stored_period
from comments.storage.redis import connect

PERIODS = {Unit.HOUR: 9 * 24, Unit.DAY: 2 * 366, Unit.MONTH: 120}
PAGE_PERIODS = {Unit.DAY: 100, Unit.MONTH: 24}


def names(unit: Unit, people: int, signals: int) -> Iterator[str]:
    """Yield the names of all counters of one period."""
    yield from (f"{JUDGED}{status}" for status in (Status.APPROVED, Status.HELD, Status.SPAM))
    yield from (f"{FILTER_TIME}{i}" for i in range(len(FILTER_BOUNDS) + 1))
    yield from (f"{REVIEW_TIME}{i}" for i in range(len(REVIEW_BOUNDS) + 1))
    yield from (f"{BY_PEOPLE}{action}" for action in Action)
    yield from (f"{CORRECTED}{a}:{b}" for a, b in CORRECTIONS)
    yield from (HELD_CHANGE, WITHDRAWN, READER_REPORTS)
    if unit is not Unit.HOUR:
        yield from (f"{REASON}signal.number-{n}" for n in range(signals))
        yield from (f"{WORK}{action}:Moderator {n}" for n in range(people) for action in ("approve", "spam", "remove"))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--signals", type=int, default=40)
    args, now = parser.parse_args(), datetime.now(UTC)
    with valkey() as settings:
        client, keys = connect(settings), Keys(settings.prefix)
        before = client.info("memory")["used_memory"]
        for unit, n in PERIODS.items():
            for start in latest_range(unit, n, now).starts():
                place = stored_period(unit, start)
                fields = {place.field + name: 1_234 for name in names(unit, args.people, args.signals)}
                client.hset(keys.numbers("bench", place.key), mapping=fields)
            used = client.info("memory")["used_memory"] - before
            print(f"{unit}: {used / 1e6:.1f} MB in total")
        for unit, n in PAGE_PERIODS.items():
            for start in latest_range(unit, n, now).starts():
                pages = {f"https://blog.example/2026/11/a-page-with-number-{i}": i + 1 for i in range(MAX_PAGES)}
                client.zadd(keys.busy_pages("bench", stored_pages(unit, start).key), pages)
        print(f"with the busiest pages: {(client.info('memory')['used_memory'] - before) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
