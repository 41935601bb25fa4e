"""Texts on pages of numbers: shares, durations, comparisons, and the names of periods, pages and reasons."""

from dataclasses import dataclass
from datetime import datetime

from jinja2 import Environment

from comments.page_links import page_address_of, page_link
from comments.signals import SignalCatalogue, signal_title
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.number_periods import Unit
from comments.thread_addresses import readable_address

from .number_answers import NumbersAnswer

#: Formats of the start of a period: short below the chart, and long in tables.
SHORT_PERIODS = {Unit.HOUR: "%H:%M", Unit.DAY: "%-d %b", Unit.MONTH: "%b %Y"}
LONG_PERIODS = {Unit.HOUR: "%-d %b, %H:%M", Unit.DAY: "%a %-d %b %Y", Unit.MONTH: "%B %Y"}


@dataclass(frozen=True, slots=True)
class PageRow:
    """A busy page."""

    title: str
    thread: str
    href: str  # address of the page; "" for a key without one
    comments: int
    share: int  # percent of the busiest one


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A reason for which the filters held or refused comments."""

    title: str
    signal: str
    decisions: int
    share: int  # percent of the most frequent one


def register_number_texts(env: Environment) -> None:
    env.filters["short_period"] = lambda start, unit: start.strftime(SHORT_PERIODS[unit])
    env.filters["long_period"] = lambda start, unit: start.strftime(LONG_PERIODS[unit])
    env.filters["share_text"] = share_text
    env.filters["long_time"] = long_time
    env.filters["grouped"] = lambda n: f"{n:,}"
    env.globals["age"] = age


def share_text(share: float | None) -> str:
    """A share as "87 %". Only all is 100 %, and only nothing is 0 %."""
    if share is None:
        return "–"
    if 0 < share < 1:
        return f"{min(99.9, max(0.1, 100 * share)):.1f} %" if share > 0.99 or share < 0.01 else f"{100 * share:.0f} %"
    return f"{share:.0%}".replace("%", " %")


def long_time(seconds: float | None) -> str:
    """A duration with one unit: "40 ms", "3 s", "12 min", "5 h", "3 days"."""
    if seconds is None:
        return "–"
    for limit, unit, size in ((1, "ms", 0.001), (60, "s", 1), (3_600, "min", 60), (172_800, "h", 3_600)):
        if seconds < limit:
            amount = seconds / size
            decimals = 1 if amount < 9.95 and unit in ("s", "h") and round(amount, 1) % 1 else 0
            return f"{amount:.{decimals}f} {unit}"
    return f"{seconds / 86_400:.0f} days"


def age(then: datetime | None, now: datetime) -> str:
    return long_time((now - then).total_seconds() if then else None)


def comparison(now: float | None, before: float | None, name: str, points: bool = False) -> str:
    """A sentence that compares a number with the period before. `points`: both are shares, compared in points."""
    if now is None or before is None:
        return ""
    if not before and not points:
        return f"none in {name}"
    if points:
        change = round(100 * (now - before))
        return f"same as in {name}" if not change else f"{abs(change)} points {_word(change)} than in {name}"
    change = round(100 * (now - before) / before)
    return f"same as in {name}" if not change else f"{abs(change):,} % {_word(change)} than in {name}"


def _word(change: float) -> str:
    return "more" if change > 0 else "less"


def page_rows(storage: Storage, site: Site, numbers: NumbersAnswer) -> list[PageRow]:
    threads = [page.thread for page in numbers.pages]
    details = storage.thread_details.get(site.id, threads) if threads else []
    most = max((page.comments for page in numbers.pages), default=1)
    return [
        PageRow(
            of.title or readable_address(page_address_of(page.thread, of)),
            page.thread,
            page_link(site, page.thread, of),
            page.comments,
            round(100 * page.comments / most),
        )
        for page, of in zip(numbers.pages, details, strict=True)
    ]


def reason_rows(signals: SignalCatalogue, numbers: NumbersAnswer) -> list[ReasonRow]:
    most = max((reason.decisions for reason in numbers.reasons), default=1)
    return [
        ReasonRow(signal_title(signals, r.signal), r.signal, r.decisions, round(100 * r.decisions / most))
        for r in numbers.reasons
    ]
