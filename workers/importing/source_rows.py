"""Comments and pages as another program exported them, before anything is changed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from comments.utc_times import parse_utc_time


class SourceStatus(StrEnum):
    """The status that a comment had in the other program."""

    APPROVED = "approved"
    PENDING = "pending"
    SPAM = "spam"
    TRASH = "trash"  # taken down by a moderator, text included
    DELETED = "deleted"  # its text is gone, or should be


class TextForm(StrEnum):
    """The form of a text."""

    MARKDOWN = "markdown"
    HTML = "html"
    HTML_LINES = "html-lines"  # HTML in which line ends are line breaks, as in WordPress


class CommentKind(StrEnum):
    """Pingbacks and trackbacks are links from other pages, not comments by readers."""

    COMMENT = "comment"
    PINGBACK = "pingback"
    TRACKBACK = "trackback"
    OTHER = "other"  # such as notes of a shop about an order, which nobody may publish


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page with comments. `key` is the name that its comments use."""

    key: str
    link: str
    title: str = ""
    closed: bool = False
    public: bool = True  # False for drafts, private pages and pages with a password
    unknown_status: str = ""  # the word for the status, if it is none of the program's; `public` is False then
    id: str = ""
    above: str = ""  # id of the page that it belongs to: it is public if that one is


@dataclass(frozen=True, slots=True)
class SourceComment:
    """A comment. `received` is None if the export has no date that can be read."""

    id: str
    page: str  # key of its page
    content: str
    received: datetime | None
    form: TextForm = TextForm.MARKDOWN
    status: SourceStatus = SourceStatus.APPROVED
    unknown_status: str = ""  # the word for the status, if it is none of the program's; `status` is PENDING then
    kind: CommentKind = CommentKind.COMMENT
    other_kind: str = ""  # the word for CommentKind.OTHER
    has_rating: bool = False  # a review with stars
    parent: str = ""
    author: str = ""
    email: str = ""
    url: str = ""
    ip: str = ""
    user_agent: str = ""
    is_staff: bool = False
    wants_replies: bool = False  # asked for mail about replies
    votes: int = 0
    cut: bool = False  # a field was longer than anything a person writes, and was cut while it was read


@dataclass(frozen=True, slots=True)
class SourceName:
    """The website or account that the export is from. It makes the ids of two exports differ."""

    name: str


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A row that cannot be read, with the reason."""

    place: str
    reason: str


SourceRow = SourceComment | SourcePage | SourceName | UnreadableRow


def utc_time(text: str, form: str = "") -> datetime | None:
    """Read an ISO 8601 time, or one in the given form. A time without a zone is UTC. None if it is no time."""
    at = parse_utc_time(text, form)
    return at and _plausible(at)


def time_of_seconds(seconds: float | None) -> datetime | None:
    """Read a time in seconds since 1970."""
    try:
        return None if seconds is None else _plausible(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _plausible(at: datetime) -> datetime | None:
    """Return the time, unless it is before the web or far in the future, as times of broken exports are."""
    return at if 1990 <= at.year < 2200 else None
