"""Times that programs send, in ISO 8601 or another form."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from comments.utc_times import parse_utc_time


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-09-30T10:00:00Z", datetime(2026, 9, 30, 10, tzinfo=UTC)),
        ("2026-09-30 10:00:00", datetime(2026, 9, 30, 10, tzinfo=UTC)),
        ("2026-09-30T12:00:00+02:00", datetime(2026, 9, 30, 12, tzinfo=timezone(timedelta(hours=2)))),
        ("0000-00-00 00:00:00", None),
        ("0001-01-01T00:00:00+10:00", None),
        ("9999-12-31T23:59:59-10:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times_are_read_as_utc(text: str, at: datetime | None) -> None:
    assert parse_utc_time(text) == at


def test_a_time_is_read_in_a_form_of_its_own() -> None:
    assert parse_utc_time(" 30.09.2026 10:00 ", "%d.%m.%Y %H:%M") == datetime(2026, 9, 30, 10, tzinfo=UTC)
    assert parse_utc_time("2026-09-30", "%d.%m.%Y %H:%M") is None
