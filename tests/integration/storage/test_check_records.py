"""Records of checks: texts with a time limit, and numbers for each month."""

from datetime import UTC, datetime, timedelta, timezone

from comments.storage.interfaces import Storage
from tests.support.wait import wait_until

SEPTEMBER = datetime(2026, 9, 30, 23, 59, tzinfo=UTC)


def test_a_text_is_found_by_its_name_on_its_site_alone(storage: Storage) -> None:
    assert storage.check_records.put("blog", "a name of any length" * 50, "first", 60) == ""
    assert storage.check_records.get("blog", "a name of any length" * 50) == "first"
    assert storage.check_records.get("blog", "another") == ""
    assert storage.check_records.get("shop", "a name of any length" * 50) == ""


def test_storing_a_text_returns_the_one_before(storage: Storage) -> None:
    storage.check_records.put("blog", "name", "first", 60)
    assert storage.check_records.put("blog", "name", "zweitens ✓", 60) == "first"
    assert storage.check_records.get("blog", "name") == "zweitens ✓"


def test_a_text_expires(storage: Storage) -> None:
    storage.check_records.put("blog", "name", "text", 1)
    wait_until(lambda: storage.check_records.get("blog", "name") == "")


def test_events_are_counted_by_month_in_utc(storage: Storage) -> None:
    storage.check_records.count("blog", "ham", SEPTEMBER)
    storage.check_records.count("blog", "ham", SEPTEMBER.astimezone(timezone(timedelta(hours=2))))
    storage.check_records.count("blog", "spam", SEPTEMBER + timedelta(minutes=1), 3)
    assert storage.check_records.counts("blog") == {"2026-09": {"ham": 2}, "2026-10": {"spam": 3}}
    assert storage.check_records.counts("shop") == {}
