"""Choices of the people and chat channels that receive notices: topics, frequency, quiet hours and limits. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

#: Default and largest number of instant notices in an hour. The comments beyond it go into one digest.
DEFAULT_PER_HOUR, MAX_PER_HOUR = 6, 60


class NoticeTopic(StrEnum):
    URGENT = "urgent"
    REVIEW = "review"
    REPORTED = "reported"
    REPLY = "reply"
    LIMIT = "limit"
    FAILURE = "failure"


TOPIC_LABELS: Mapping[NoticeTopic, str] = {
    NoticeTopic.URGENT: "Likely harmful comments that need review",
    NoticeTopic.REVIEW: "All comments that need review",
    NoticeTopic.REPORTED: "Comments held after reports by readers",
    NoticeTopic.REPLY: "Replies to the team",
    NoticeTopic.LIMIT: "Reports reached their hourly limit",
    NoticeTopic.FAILURE: "Failed webhooks, emails and notices",
}
#: Topics about the site and not about a comment. Only owners and chat receivers can choose them.
OWNER_TOPICS = (NoticeTopic.LIMIT, NoticeTopic.FAILURE)
#: Topics about comments that a moderator has to decide.
REVIEW_TOPICS = (NoticeTopic.URGENT, NoticeTopic.REPORTED, NoticeTopic.REVIEW)


class NoticeFrequency(StrEnum):
    OFF = "off"
    INSTANT = "instant"
    HOURLY = "hourly"
    DAILY = "daily"


FREQUENCY_LABELS: Mapping[NoticeFrequency, str] = {
    NoticeFrequency.OFF: "Never",
    NoticeFrequency.INSTANT: "At once",
    NoticeFrequency.HOURLY: "Once an hour",
    NoticeFrequency.DAILY: "Once a day",
}


@dataclass(frozen=True, slots=True)
class NoticeChoice:
    """One receiver's choices for one site. Hours are local times from 0 to 23."""

    frequency: NoticeFrequency = NoticeFrequency.OFF
    topics: tuple[NoticeTopic, ...] = (NoticeTopic.URGENT, NoticeTopic.REVIEW, NoticeTopic.REPORTED)
    hour: int = 8  # of the daily digest
    time_zone: str = "UTC"  # IANA name
    quiet_from: int = 0  # quiet hours; none if both ends are equal
    quiet_to: int = 0
    per_hour: int = DEFAULT_PER_HOUR  # instant notices
    with_text: bool = False  # quote comments that do not look like spam
    with_links: bool = True  # add links to approve or remove a comment

    def wants(self, topic: str) -> bool:
        """Return True for a NoticeTopic that was chosen; False for one of a later version."""
        return self.frequency is not NoticeFrequency.OFF and topic in self.topics


@dataclass(frozen=True, slots=True)
class SiteNotices:
    """A person's choices for one of their sites."""

    site: str
    choice: NoticeChoice


@cache
def time_zone_names() -> tuple[str, ...]:
    """Return the names of all time zones that people can choose."""
    regions = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
    return ("UTC", *sorted(name for name in available_timezones() if name.partition("/")[0] in regions))


def zone_of(choice: NoticeChoice) -> ZoneInfo:
    """Return the receiver's time zone; UTC for a name that this version of the database does not have."""
    return ZoneInfo(choice.time_zone if choice.time_zone in time_zone_names() else "UTC")


def next_notice(choice: NoticeChoice, now: datetime) -> datetime:
    """Return the time of the receiver's next notice for something that happens now, in UTC.

    The time depends on the present only. A late worker therefore sends one digest for all that waited.
    """
    if choice.frequency is NoticeFrequency.DAILY:
        at = _next_hour_of_day(choice, now, choice.hour)
    elif choice.frequency is NoticeFrequency.HOURLY:
        local = now.astimezone(zone_of(choice))
        at = now + timedelta(hours=1) - timedelta(minutes=local.minute, seconds=local.second)
    else:
        at = now
    return end_of_quiet_hours(choice, at) or at


def end_of_quiet_hours(choice: NoticeChoice, at: datetime) -> datetime | None:
    """Return the time at which the receiver's quiet hours end, in UTC; None if `at` is outside of them."""
    start, end, hour = choice.quiet_from, choice.quiet_to, at.astimezone(zone_of(choice)).hour
    is_quiet = start <= hour < end if start <= end else hour >= start or hour < end
    return _next_hour_of_day(choice, at, end) if is_quiet else None


def _next_hour_of_day(choice: NoticeChoice, now: datetime, hour: int) -> datetime:
    """Return the next moment after `now` at which the receiver's clock shows this full hour."""
    local = now.astimezone(zone_of(choice))
    today = local.replace(hour=hour, minute=0, second=0, microsecond=0, fold=0)
    at = today.astimezone(UTC)
    return at if at > now else (today + timedelta(days=1)).astimezone(UTC)
