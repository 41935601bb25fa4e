"""NumbersAnswer of one site, or of several together, over a range of hours, days or months."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

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
    WORK,
    histogram,
    percentile_of,
)
from comments.lifecycle import Action, Status
from comments.storage.interfaces import Storage
from comments.storage.number_periods import NumberRange

from .number_answers import (
    BusyPage,
    NumbersAnswer,
    OutcomeCounts,
    PeriodFigures,
    PeriodNumbers,
    PersonWork,
    Times,
    TopReason,
)

T = TypeVar("T")

#: Ages by which comments that need review are grouped, in seconds.
AGE_BOUNDS = (3_600, 14_400, 86_400, 259_200, 604_800)
#: Pages and reasons that a page of numbers shows.
TOP = 10


@dataclass(slots=True)
class RawNumbers:
    """Counters of consecutive periods, and the outcomes of the comments received in them."""

    counts: list[Counter[str]]
    outcomes: list[Counter[Status]]

    def total(self) -> PeriodFigures:
        return make_figures(sum(self.counts, Counter()), sum(self.outcomes, Counter()))


@dataclass(slots=True)
class SiteNumbers:
    """Everything that is read of one site. Several can be added."""

    now: RawNumbers
    before: RawNumbers
    whole: Counter[str]  # counters without hours
    held_ages: list[int]
    oldest_held: datetime | None
    recounting: bool
    pages: list[tuple[str, int]] = field(default_factory=list)


def read_numbers(storage: Storage, site: str, periods: NumberRange, now: datetime, n_pages: int = TOP) -> SiteNumbers:
    numbers, before = storage.numbers, periods.before()
    whole = periods.whole()
    return SiteNumbers(
        now=_raw(storage, site, periods),
        before=_raw(storage, site, before),
        whole=sum(numbers.counts(site, whole), Counter()),
        held_ages=numbers.held_ages(site, now, AGE_BOUNDS),
        oldest_held=numbers.oldest_held(site),
        recounting=numbers.is_recounting(site),
        pages=numbers.pages(site, periods, n_pages) if n_pages else [],
    )


def _raw(storage: Storage, site: str, periods: NumberRange) -> RawNumbers:
    outcomes = storage.numbers.outcomes(site, periods.edges)
    return RawNumbers(storage.numbers.counts(site, periods), [Counter(row) for row in outcomes])


def add_numbers(every: Iterable[SiteNumbers]) -> SiteNumbers:
    """Add the numbers of several sites. Pages stay with their site, so the sum has none."""
    found = list(every)
    return SiteNumbers(
        now=_added(site.now for site in found),
        before=_added(site.before for site in found),
        whole=sum((site.whole for site in found), Counter()),
        held_ages=[sum(row) for row in zip(*(site.held_ages for site in found), strict=True)],
        oldest_held=min((site.oldest_held for site in found if site.oldest_held), default=None),
        recounting=any(site.recounting for site in found),
    )


def _added(every: Iterable[RawNumbers]) -> RawNumbers:
    found = list(every)
    counts = [_sum(rows) for rows in zip(*(raw.counts for raw in found), strict=True)]
    return RawNumbers(counts, [_sum(rows) for rows in zip(*(raw.outcomes for raw in found), strict=True)])


def _sum(rows: Iterable[Counter[T]]) -> Counter[T]:
    total: Counter[T] = Counter()
    for row in rows:
        total.update(row)
    return total


def summarize(name: str, periods: NumberRange, site: SiteNumbers, with_work: bool) -> NumbersAnswer:
    """Make the answer from what was read."""
    held_now = sum(site.held_ages)
    ends = list(_held_at_ends(held_now, site.now.counts))
    rows = zip(periods.starts(), site.now.counts, site.now.outcomes, ends, strict=True)
    return NumbersAnswer(
        range=name,
        unit=periods.unit,
        total=site.now.total(),
        before=site.before.total(),
        periods=[
            PeriodNumbers(start=start, figures=make_figures(counts, outcomes), held_at_end=held)
            for start, counts, outcomes, held in rows
        ],
        held_now=held_now,
        held_ages=site.held_ages,
        oldest_held=site.oldest_held,
        recounting=site.recounting,
        pages=[BusyPage(thread=thread, comments=n) for thread, n in site.pages],
        reasons=[TopReason(signal=name, decisions=n) for name, n in _top(site.whole)],
        work=_work(site.whole) if with_work else None,
    )


def _held_at_ends(held_now: int, counts: Sequence[Counter[str]]) -> Iterator[int]:
    """Yield the comments that needed review at the end of each period, from the changes after it."""
    later = sum(row[HELD_CHANGE] for row in counts)
    for row in counts:
        later -= row[HELD_CHANGE]
        yield max(0, held_now - later)


def make_figures(counts: Counter[str], outcomes: Counter[Status]) -> PeriodFigures:
    judged = {status: max(0, counts[f"{JUDGED}{status}"]) for status in (Status.APPROVED, Status.HELD, Status.SPAM)}
    automatic = judged[Status.APPROVED] + judged[Status.SPAM]
    every = sum(judged.values())
    people = {action: max(0, counts[f"{BY_PEOPLE}{action}"]) for action in Action}
    return PeriodFigures(
        outcomes=OutcomeCounts(
            received=sum(outcomes.values()) - outcomes[Status.APPLIED],
            published=outcomes[Status.APPROVED],
            needs_review=outcomes[Status.HELD],
            spam=outcomes[Status.SPAM],
            removed=outcomes[Status.REMOVED],
            withdrawn=outcomes[Status.WITHDRAWN],
            pending=outcomes[Status.QUEUED],
        ),
        judged=every,
        automatic=automatic,
        automatic_share=automatic / every if every else None,
        filter_times=_times(histogram(counts, FILTER_TIME, FILTER_BOUNDS), FILTER_BOUNDS),
        review_times=_times(histogram(counts, REVIEW_TIME, REVIEW_BOUNDS), REVIEW_BOUNDS),
        reviewed=sum(n for action, n in people.items() if action is not Action.UNDO),
        undone=people[Action.UNDO],
        corrected={f"{a}:{b}": max(0, counts[f"{CORRECTED}{a}:{b}"]) for a, b in CORRECTIONS},
        reports=max(0, counts[READER_REPORTS]),
    )


def _times(buckets: Sequence[int], bounds: Sequence[float]) -> Times:
    median, p90, p99 = (percentile_of(buckets, bounds, share) for share in (0.5, 0.9, 0.99))
    return Times(n=sum(buckets), median=median, p90=p90, p99=p99)


def _top(counts: Counter[str]) -> list[tuple[str, int]]:
    found = [(name.removeprefix(REASON), n) for name, n in counts.items() if name.startswith(REASON) and n > 0]
    return sorted(found, key=lambda row: (-row[1], row[0]))[:TOP]


def _work(counts: Counter[str]) -> list[PersonWork]:
    people: dict[str, dict[str, int]] = {}
    for name, n in counts.items():
        if name.startswith(WORK) and n > 0:
            action, _, person = name.removeprefix(WORK).partition(":")
            people.setdefault(person, {})[action] = n
    work = [PersonWork(person=person, decisions=decisions) for person, decisions in people.items()]
    return sorted(work, key=lambda row: (-row.total, row.person))
