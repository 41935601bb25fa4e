"""Times of a receiver's next notice: digests, quiet hours, time zones and changes of the clocks."""

from datetime import UTC, datetime

import pytest

from comments.moderator_notices import (
    NoticeChoice,
    NoticeFrequency,
    NoticeTopic,
    end_of_quiet_hours,
    next_notice,
    time_zone_names,
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def daily(hour: int = 8, time_zone: str = "Europe/Berlin") -> NoticeChoice:
    return NoticeChoice(NoticeFrequency.DAILY, hour=hour, time_zone=time_zone)


def test_nothing_is_wanted_by_default() -> None:
    assert not any(NoticeChoice().wants(topic) for topic in NoticeTopic)


def test_an_instant_notice_is_due_at_once() -> None:
    assert next_notice(NoticeChoice(NoticeFrequency.INSTANT), at("2026-11-22 12:34")) == at("2026-11-22 12:34")


def test_an_hourly_digest_is_due_at_the_next_full_hour_of_the_receiver() -> None:
    hourly = NoticeChoice(NoticeFrequency.HOURLY, time_zone="Asia/Kolkata")  # UTC+5:30
    assert next_notice(hourly, at("2026-11-22 12:10")) == at("2026-11-22 12:30")


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-22 06:59", "2026-11-22 07:00"),
        ("2026-11-22 07:00", "2026-11-23 07:00"),
        ("2026-11-22 23:30", "2026-11-23 07:00"),
        # Summer time begins on 29 March 2026 in Berlin.
        ("2026-03-28 12:00", "2026-03-29 06:00"),
        ("2026-10-24 12:00", "2026-10-25 07:00"),
    ],
)
def test_a_daily_digest_is_due_at_the_same_local_hour(now: str, due: str) -> None:
    assert next_notice(daily(), at(now)) == at(due)


def test_a_digest_at_an_hour_that_the_clocks_skip_is_due_after_the_gap() -> None:
    assert next_notice(daily(hour=2), at("2026-03-28 12:00")) == at("2026-03-29 01:00")


def test_quiet_hours_may_go_over_midnight() -> None:
    quiet = NoticeChoice(NoticeFrequency.INSTANT, time_zone="Europe/Berlin", quiet_from=22, quiet_to=7)
    assert next_notice(quiet, at("2026-11-22 20:59")) == at("2026-11-22 20:59")
    assert next_notice(quiet, at("2026-11-22 21:00")) == at("2026-11-23 06:00")
    assert next_notice(quiet, at("2026-11-23 03:00")) == at("2026-11-23 06:00")
    assert end_of_quiet_hours(quiet, at("2026-11-23 06:00")) is None


def test_equal_ends_mean_no_quiet_hours() -> None:
    assert all(
        end_of_quiet_hours(NoticeChoice(quiet_from=h, quiet_to=h), at("2026-11-22 05:00")) is None for h in (0, 5)
    )


def test_a_digest_during_quiet_hours_waits_until_they_end() -> None:
    choice = NoticeChoice(NoticeFrequency.DAILY, hour=6, quiet_from=22, quiet_to=9)
    assert next_notice(choice, at("2026-11-22 12:00")) == at("2026-11-23 09:00")


def test_an_unknown_time_zone_counts_as_utc() -> None:
    assert next_notice(daily(time_zone="Mars/Base"), at("2026-11-22 07:00")) == at("2026-11-22 08:00")
    assert "Europe/Berlin" in time_zone_names()
