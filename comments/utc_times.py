"""Times in UTC, read from texts that programs send."""

from datetime import UTC, datetime


def parse_utc_time(text: str, form: str = "") -> datetime | None:
    """Read an ISO 8601 time, or one in a `form` of `strptime`. Without a zone it is UTC. None if it is no time.

    A time that has no year from 1 to 9999 in UTC is none either.
    """
    try:
        at = datetime.strptime(text.strip(), form) if form else datetime.fromisoformat(text.strip())
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
