"""Events that count in the history of a comment, and percentiles of their times."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from comments.counted_events import bound_name, changed_events, count_events, percentile_of, top_reasons
from comments.lifecycle import Action, Role
from comments.model import Comment, Signal
from comments.storage.number_periods import Unit, latest_range, next_start, periods_of
from tests.support.builders import a_comment, a_decision

AT = datetime(2026, 3, 1, 10, 30, tzinfo=UTC)


def held() -> Comment:
    return a_comment(received=AT).with_decision(a_decision(Action.HOLD, at=AT + timedelta(seconds=2)))


def test_an_undo_leaves_only_itself_and_the_filters() -> None:
    spam = held().with_decision(a_decision(Action.SPAM, Role.MODERATOR, "mo", at=AT + timedelta(hours=1)))
    undone = spam.with_undo("mo", AT + timedelta(hours=2))
    assert {name for _, name in count_events(undone)} == {"f:held", "ft:5", "held", "p:undo", "w:undo:mo"}
    assert sum(n for (_, name), n in count_events(undone).items() if name == "held") == 1


def test_an_edit_that_is_judged_again_does_not_count_as_a_second_outcome() -> None:
    edit = a_decision(Action.EDIT, Role.AUTHOR, "its author", at=AT + timedelta(minutes=1))
    again = held().with_decision(edit).with_decision(a_decision(Action.APPROVE, at=AT + timedelta(minutes=2)))
    assert sum(n for (_, name), n in count_events(again).items() if name.startswith("f:")) == 1


def test_the_events_of_one_step_add_up_to_those_of_the_history() -> None:
    steps = [a_comment(received=AT), held()]
    steps.append(steps[-1].with_decision(a_decision(Action.SPAM, Role.MODERATOR, "mo", at=AT + timedelta(hours=1))))
    steps.append(steps[-1].with_undo("bo", AT + timedelta(days=40)))
    total = count_events(steps[0])
    for before, after in pairwise(steps):
        for event in changed_events(before, after):
            total[event.hour, event.name] += event.n
    assert {key: n for key, n in total.items() if n} == dict(count_events(steps[-1]))


def test_reasons_are_the_signals_with_the_most_points_and_what_holds_comes_first() -> None:
    signals = [Signal("a", 1, "", 1.0), Signal("b", 1, "", 3.0), Signal("c", 1, "", -4.0), Signal("d", 1, "", 2.0)]
    decision = a_decision(Action.HOLD, signals=(*signals, Signal("e", 1, "", 0.0, holds=True)))
    assert top_reasons(decision) == ["e", "b", "d"]


@pytest.mark.parametrize(
    ("buckets", "share", "seconds"),
    [
        ([0, 0, 0], 0.5, None),
        ([4, 0, 0], 0.5, 30),
        ([0, 2, 0], 0.5, 180),
        ([1, 0, 9], 0.9, 300),
        ([9, 1, 0], 0.99, 276),
    ],
)
def test_percentiles_are_interpolated_and_bounded(buckets: list[int], share: float, seconds: float | None) -> None:
    assert percentile_of(buckets, (60, 300), share) == (seconds if seconds is None else pytest.approx(seconds))


def test_a_time_has_the_upper_bound_of_its_bucket() -> None:
    assert [bound_name((60, 300), n) for n in (0, 60, 61, 301)] == ["60", "60", "300", "inf"]


def test_months_follow_each_other_over_a_new_year() -> None:
    assert next_start(Unit.MONTH, datetime(2026, 11, 1, tzinfo=UTC), 3) == datetime(2027, 2, 1, tzinfo=UTC)
    periods = latest_range(Unit.MONTH, 12, AT)
    assert (periods.start, periods.end) == (datetime(2025, 4, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    assert periods.before().end == periods.start


def test_hours_are_kept_for_eight_days_days_for_two_years_and_months_for_ten() -> None:
    hour, day, month = periods_of(int(AT.timestamp()) // 3600).counts
    kept = [datetime.fromtimestamp(place.expires, UTC) - AT for place in (hour, day, month)]
    assert timedelta(days=8) < kept[0] < timedelta(days=10)
    assert timedelta(days=730) < kept[1] < timedelta(days=765)
    assert timedelta(days=3650) < kept[2] < timedelta(days=4030)


def test_pages_of_hours_are_counted_by_day_and_those_of_days_and_months_as_they_are() -> None:
    for unit in (Unit.DAY, Unit.MONTH):
        assert latest_range(unit, 24, AT).whole() == latest_range(unit, 24, AT)
    assert latest_range(Unit.HOUR, 11, AT).whole() == latest_range(Unit.DAY, 1, AT), "since midnight"
    assert latest_range(Unit.HOUR, 12, AT).whole() == latest_range(Unit.DAY, 2, AT)
