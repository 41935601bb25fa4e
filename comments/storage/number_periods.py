"""Periods for which numbers are counted: hours, days and months in UTC, each kept for a bounded time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from comments.counted_events import HOUR_SECONDS

#: Days for which a period is kept after the end of its key.
HOURS_KEPT, DAYS_KEPT, MONTHS_KEPT = 8, 2 * 366, 10 * 366
#: Days for which the busiest pages of a day are kept, and the pages listed for one day or month.
PAGE_DAYS_KEPT, MAX_PAGES = 100, 100


class Unit(StrEnum):
    HOUR = "hours"
    DAY = "days"
    MONTH = "months"


class StoredPeriod(NamedTuple):
    """Place of one period: a part of the key, the beginning of its fields, and the time at which the key expires."""

    key: str
    field: str
    expires: int  # seconds since 1970


class NumberPeriods(NamedTuple):
    """Places in which an event of one hour is counted."""

    counts: tuple[StoredPeriod, StoredPeriod, StoredPeriod]  # the hour, the day and the month
    pages: tuple[StoredPeriod, StoredPeriod]  # the day and the month


@lru_cache(4096)
def stored_period(unit: Unit, start: datetime) -> StoredPeriod:
    """Return the place of the period that begins at `start`. One key holds a day of hours, or the like."""
    day = start.replace(hour=0)
    if unit is Unit.HOUR:
        return StoredPeriod(f"hours:{day:%Y-%m-%d}", f"{start.hour}:", _expiry(day + timedelta(1), HOURS_KEPT))
    month = next_start(Unit.MONTH, day.replace(day=1))
    if unit is Unit.DAY:
        return StoredPeriod(f"days:{day:%Y-%m}", f"{day.day}:", _expiry(month, DAYS_KEPT))
    year = day.replace(year=day.year + 1, month=1, day=1)
    return StoredPeriod(f"months:{day:%Y}", f"{day.month}:", _expiry(year, MONTHS_KEPT))


def period_expiry(key: str) -> int:
    """Return the time (seconds since 1970) at which the key of a stored period expires. Raises ValueError."""
    name, _, start = key.partition(":")
    unit = Unit(name)
    day = datetime.strptime(start + {Unit.HOUR: "", Unit.DAY: "-01", Unit.MONTH: "-01-01"}[unit], "%Y-%m-%d")
    period = stored_period(unit, day.replace(tzinfo=UTC))
    if period.key != key:
        raise ValueError(f"{key} is no period")
    return period.expires


def stored_pages(unit: Unit, start: datetime) -> StoredPeriod:
    """Return the place of the busiest pages of a day or a month."""
    if unit is Unit.MONTH:
        return StoredPeriod(f"pages:{start:%Y-%m}", "", _expiry(next_start(unit, start), DAYS_KEPT))
    return StoredPeriod(f"pages:{start:%Y-%m-%d}", "", _expiry(start + timedelta(1), PAGE_DAYS_KEPT))


@lru_cache(1024)
def periods_of(hour: int) -> NumberPeriods:
    """Return all places for an event in this hour (hours since 1970)."""
    at = datetime.fromtimestamp(hour * HOUR_SECONDS, UTC)
    day, month = floor(Unit.DAY, at), floor(Unit.MONTH, at)
    return NumberPeriods(
        (stored_period(Unit.HOUR, at), stored_period(Unit.DAY, day), stored_period(Unit.MONTH, month)),
        (stored_pages(Unit.DAY, day), stored_pages(Unit.MONTH, month)),
    )


def floor(unit: Unit, at: datetime) -> datetime:
    """Return the start of the period that `at` is in."""
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if unit is Unit.HOUR:
        return hour
    day = hour.replace(hour=0)
    return day if unit is Unit.DAY else day.replace(day=1)


def next_start(unit: Unit, start: datetime, n: int = 1) -> datetime:
    """Return the start of the period `n` periods later, or earlier."""
    if unit is Unit.MONTH:
        months = start.year * 12 + start.month - 1 + n
        return start.replace(year=months // 12, month=months % 12 + 1)
    return start + (timedelta(hours=n) if unit is Unit.HOUR else timedelta(days=n))


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Consecutive periods, the oldest first."""

    unit: Unit
    start: datetime  # of the first period
    n: int

    def starts(self) -> Iterator[datetime]:
        return (next_start(self.unit, self.start, i) for i in range(self.n))

    @property
    def end(self) -> datetime:
        return next_start(self.unit, self.start, self.n)

    @property
    def edges(self) -> list[datetime]:
        """The start of each period, and the end of the last one."""
        return [*self.starts(), self.end]

    def before(self) -> "NumberRange":
        """The same number of periods right before these."""
        return NumberRange(self.unit, next_start(self.unit, self.start, -self.n), self.n)

    def whole(self) -> "NumberRange":
        """The days or months that contain these periods, for counters without hours."""
        if self.unit is not Unit.HOUR:
            return self
        first, last = floor(Unit.DAY, self.start), floor(Unit.DAY, self.end - timedelta(hours=1))
        return NumberRange(Unit.DAY, first, (last - first).days + 1)


def latest_range(unit: Unit, n: int, now: datetime) -> NumberRange:
    """Return `n` periods, of which the last one is the current one."""
    return NumberRange(unit, next_start(unit, floor(unit, now), 1 - n), n)


def _expiry(end: datetime, days: int) -> int:
    return int((end + timedelta(days=days)).timestamp())
