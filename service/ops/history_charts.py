"""Charts of the system's history: samples become steps of time, and each chart shows some values of each step."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import groupby

from comments.storage.system_history import MINUTES, QUARTERS, Resolution, SystemSample, with_peaks
from comments.storage.values import WAIT_BUCKETS

from .dashboard import format_bytes, format_duration
from .health import percentile

ChartValue = float | None


@dataclass(frozen=True, slots=True)
class HistoryRange:
    label: str
    resolution: Resolution
    step: timedelta
    steps: int

    def starts(self, now: datetime) -> list[datetime]:
        """Return the beginning of each step, the oldest first. The last step contains `now`."""
        seconds = self.step.total_seconds()
        last = now.timestamp() // seconds
        return [datetime.fromtimestamp((last - n) * seconds, UTC) for n in reversed(range(self.steps))]


HISTORY_RANGES: Mapping[str, HistoryRange] = {
    "hour": HistoryRange("1 hour", MINUTES, timedelta(minutes=1), 60),
    "day": HistoryRange("24 hours", QUARTERS, timedelta(minutes=15), 96),
    "fortnight": HistoryRange("14 days", QUARTERS, timedelta(hours=4), 84),
}
DEFAULT_HISTORY_RANGE = "hour"


@dataclass(frozen=True, slots=True)
class StepChange:
    """The last sample of a step, and the last one of the step before it that has any."""

    last: SystemSample
    before: SystemSample | None

    def gained(self, total: Callable[[SystemSample], int]) -> ChartValue:
        """Return how much a total has grown. It shrinks when a site is removed, which is no growth."""
        return max(0, total(self.last) - total(self.before)) if self.before else None

    def per_minute(self, total: Callable[[SystemSample], int]) -> ChartValue:
        gained = self.gained(total)
        if gained is None or not self.before:
            return None
        return round(gained / ((self.last.at - self.before.at).total_seconds() / 60), 2)

    def decision_seconds(self, share: float) -> ChartValue:
        """Return a percentile of the time to a decision in this step; None without decisions."""
        if not self.before:
            return None
        pairs = zip(WAIT_BUCKETS, self.last.waits, self.before.waits, strict=True)
        return percentile({bound: max(0, after - before) for bound, after, before in pairs}, share)


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    colour: str  # a token of the style sheet; "" for a column that is not drawn
    value: Callable[[StepChange], ChartValue]


@dataclass(frozen=True, slots=True)
class ChartKind:
    id: str
    title: str
    note: str
    columns: tuple[Column, ...]
    format: str = "number"  # or "duration", "bytes"
    kind: str = "lines"  # or "bars", which are stacked


@dataclass(frozen=True, slots=True)
class ChartRow:
    start: datetime
    short: str
    values: tuple[ChartValue, ...]


@dataclass(frozen=True, slots=True)
class HistoryChart:
    kind: ChartKind
    rows: tuple[ChartRow, ...]

    @property
    def is_empty(self) -> bool:
        return all(value is None for row in self.rows for value in row.values)


CHARTS = (
    ChartKind("rates", "Comments per minute", "Accepted, decided by the filters, and decided by people.", (
        Column("Accepted", "--accent", lambda c: c.per_minute(lambda s: s.accepted)),
        Column("Decided", "--good", lambda c: c.per_minute(lambda s: s.decided)),
        Column("By people", "--warn", lambda c: c.per_minute(lambda s: s.moderated)),
    )),
    ChartKind("outcomes", "Outcomes", "First decisions of the filters.", (
        Column("Published", "--good", lambda c: c.gained(lambda s: s.published)),
        Column("Needs review", "--warn", lambda c: c.gained(lambda s: s.held)),
        Column("Spam", "--bad", lambda c: c.gained(lambda s: s.spam)),
    ), kind="bars"),
    ChartKind("age", "Oldest queued comment", "How long it has waited for the filters.", (
        Column("Oldest queued", "--accent", lambda c: c.last.oldest_seconds),
    ), format="duration"),
    ChartKind("waiting", "Waiting comments", "Comments that wait for the filters, and for a moderator.", (
        Column("Queued", "--accent", lambda c: c.last.queued),
        Column("Needs review", "--warn", lambda c: c.last.needs_review),
    )),
    ChartKind("latency", "Time to decision", "From acceptance to the decision of the filters, estimated between limits "
              "of the histogram.", (
        Column("Median", "--accent", lambda c: c.decision_seconds(0.5)),
        Column("p90", "--warn", lambda c: c.decision_seconds(0.9)),
        Column("p99", "--bad", lambda c: c.decision_seconds(0.99)),
    ), format="duration"),
    ChartKind("errors", "Errors", "Failed requests, repeated attempts to judge a comment, and failed deliveries.", (
        Column("Errors (500)", "--bad", lambda c: c.gained(lambda s: s.server_errors)),
        Column("Unavailable (503)", "--warn", lambda c: c.gained(lambda s: s.unavailable)),
        Column("Repeated attempts", "--accent", lambda c: c.gained(lambda s: max(0, s.attempts - s.decided))),
        Column("Failed deliveries", "--muted", lambda c: c.gained(lambda s: s.undelivered)),
    ), kind="bars"),
    ChartKind("memory", "Storage", "Memory that the server uses, and its append-only file.", (
        Column("Memory", "--accent", lambda c: c.last.memory_bytes),
        Column("File", "--warn", lambda c: c.last.disk_bytes or None),
        Column("Memory limit", "", lambda c: c.last.memory_limit_bytes or None),
    ), format="bytes"),
    ChartKind("replication", "Replication", "Bytes of changes that the last replica does not have yet.", (
        Column("Behind", "--accent", lambda c: c.last.replica_lag_bytes if c.last.replicas else None),
    ), format="bytes"),
)  # fmt: skip


def history_charts(samples: Sequence[SystemSample], chosen: HistoryRange, now: datetime) -> list[HistoryChart]:
    """Return a chart for each of CHARTS, without the empty ones. A step without a sample has no values."""
    starts, changes = chosen.starts(now), _changes(samples, chosen)
    short = "%d %b" if chosen.step >= timedelta(hours=1) else "%H:%M"
    charts = [
        HistoryChart(kind, tuple(_row(kind, start, short, changes.get(start)) for start in starts)) for kind in CHARTS
    ]
    return [chart for chart in charts if not chart.is_empty]


def _changes(samples: Sequence[SystemSample], chosen: HistoryRange) -> Mapping[datetime, StepChange]:
    """Return what changed in each step that has a sample, by the beginning of the step. Peaks are those of the step."""
    seconds = chosen.step.total_seconds()
    changes: dict[datetime, StepChange] = {}
    before: SystemSample | None = None
    for number, group in groupby(samples, key=lambda sample: sample.at.timestamp() // seconds):
        last = reduce(lambda earlier, sample: with_peaks(sample, earlier), group)
        changes[datetime.fromtimestamp(number * seconds, UTC)] = StepChange(last, before)
        before = last
    return changes


def _row(kind: ChartKind, start: datetime, short: str, change: StepChange | None) -> ChartRow:
    values = tuple(column.value(change) if change else None for column in kind.columns)
    return ChartRow(start, start.strftime(short), values)


def format_value(value: ChartValue, format: str) -> str:
    """A value of a chart for people."""
    if value is None:
        return "–"
    if format == "bytes":
        return format_bytes(value)
    return format_duration(value) if format == "duration" else f"{value:,.10g}"
