"""Answers of pages of numbers, as JSON too, and the ranges that people can choose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, Field

from comments.lifecycle import Action
from comments.storage.number_periods import NumberRange, Unit, latest_range


@dataclass(frozen=True, slots=True)
class RangeChoice:
    """A range that people can choose."""

    label: str
    unit: Unit
    n: int
    before: str  # name of the range before, for comparisons

    def ending(self, now: datetime) -> NumberRange:
        return latest_range(self.unit, self.n, now)


#: Value of `range` -> choice.
RANGES: Mapping[str, RangeChoice] = {
    "48h": RangeChoice("48 hours", Unit.HOUR, 48, "the 48 hours before"),
    "7d": RangeChoice("7 days", Unit.DAY, 7, "the 7 days before"),
    "30d": RangeChoice("30 days", Unit.DAY, 30, "the 30 days before"),
    "90d": RangeChoice("90 days", Unit.DAY, 90, "the 90 days before"),
    "12m": RangeChoice("12 months", Unit.MONTH, 12, "the 12 months before"),
}
DEFAULT_RANGE = "30d"


class Times(BaseModel):
    """Time to a decision, in seconds; null without decisions."""

    n: int
    median: float | None
    p90: float | None
    p99: float | None


class OutcomeCounts(BaseModel):
    """Comments received, by their status now. Edits of published comments count while they wait."""

    received: int
    published: int
    needs_review: int
    spam: int
    removed: int
    withdrawn: int
    pending: int = Field(description="Not judged yet.")


class PeriodFigures(BaseModel):
    """NumbersAnswer of one period, or of the whole range. An undone decision is counted back."""

    outcomes: OutcomeCounts
    judged: int = Field(description="First decisions of the filters.")
    automatic: int = Field(description="Comments that the filters published or refused without review.")
    automatic_share: float | None = Field(description="Part of `judged`, from 0 to 1; null without decisions.")
    filter_times: Times
    review_times: Times = Field(description="From when a comment needed review to a person's decision.")
    reviewed: int = Field(description="Decisions of people, without undone ones.")
    undone: int
    corrected: dict[str, int] = Field(description="Filters' status and people's, such as `approved:spam`.")
    reports: int = Field(description="Reports by readers.")


class PeriodNumbers(BaseModel):
    start: datetime = Field(description="UTC")
    figures: PeriodFigures
    held_at_end: int = Field(description="Comments that needed review at the end of the period.")


class BusyPage(BaseModel):
    thread: str
    comments: int = Field(description="Comments received in the range that are published now.")


class TopReason(BaseModel):
    signal: str
    decisions: int = Field(description="Comments that the filters held or refused mainly for this reason.")


class PersonWork(BaseModel):
    person: str
    decisions: dict[str, int] = Field(description="Number of each action; undone ones are counted back.")

    @property
    def total(self) -> int:
        return sum(n for action, n in self.decisions.items() if action != Action.UNDO)


class NumbersAnswer(BaseModel):
    """NumbersAnswer over a range, compared with the range before."""

    range: str
    unit: Unit
    total: PeriodFigures
    before: PeriodFigures
    periods: list[PeriodNumbers]
    held_now: int
    held_ages: list[int] = Field(description="Comments up to 1 h, 4 h, 1 day, 3 days, 7 days old, and older.")
    oldest_held: datetime | None
    recounting: bool = Field(description="True while older comments are still being counted.")
    pages: list[BusyPage]
    reasons: list[TopReason]
    work: list[PersonWork] | None = Field(default=None, description="For owners and operators.")
