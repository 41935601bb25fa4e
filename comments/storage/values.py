"""What goes into the stores and comes out of them, besides comments, sites and people themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from comments.author_rules import AuthorRule
from comments.lifecycle import Status
from comments.model import Comment

#: The form in which this program keeps things; back ends migrate older ones.
DATA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Admission:
    """What the door asks of the store besides keeping the comment."""

    fingerprint: str  # digest of everything the visitor sent, origin included
    key: str = ""  # digest of the client's Idempotency-Key; "" without one
    max_pending: int = 20_000
    per_minute: int = 0  # submissions of one origin; 0: no limit
    batch: int = 100  # comments a wake-up is expected to settle
    max_wakeups: int = 2  # outstanding wake-ups of one site, at most


@dataclass(frozen=True, slots=True)
class Accepted:
    """The comment's id, which is an earlier one's when this was a repeat, and a token if a job must be asked for."""

    id: str
    repeat: bool = False
    wakeup: str = ""


@dataclass(frozen=True, slots=True)
class CommentChange:
    """A comment as it was read and as it shall be; applied only if nobody was faster."""

    before: Comment
    after: Comment
    origin: str = ""  # of the person who decided, for the audit


@dataclass(frozen=True, slots=True)
class CommentPage:
    """One page of a longer list. `cursor` asks for the next; "" at the end."""

    rows: tuple[Comment, ...]
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A comment leased to one worker. `attempts` counts this claim too."""

    id: str
    attempts: int


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """How many comments wait for the filters, and since when the oldest does."""

    queued: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class WindowUse:
    """One value noted in one window; a `shared` one counts the comments of all sites.

    One that came `before`, when the comment said something else, is not noted a second time.
    """

    window: str
    seconds: int
    value: str
    shared: bool = False
    before: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceQuery:
    """What the filters want to know about one comment."""

    uses: tuple[WindowUse, ...] = ()
    thread: str = ""
    parent: str = ""
    author: tuple[str, ...] = ()  # Comment.author_keys
    tokens: frozenset[str] = frozenset()
    rules: tuple[str, ...] = ()  # names of those that would matter to it; of terms all are answered
    first_attempt: bool = True  # windows note a comment on its first attempt only, so a repeat counts nothing twice


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """How many lessons of each label there were, and in how many of them each token occurred."""

    ham: int = 0
    spam: int = 0
    tokens: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # token -> (ham, spam)
    bar: float = 0.0  # the highest log-odds of spam that the latest lessons of ham had when they were judged


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about one comment. Counts are of *other* comments."""

    counts: Mapping[str, int] = field(default_factory=dict)  # window -> other comments with this value
    approved: tuple[int, ...] = ()  # comments of this author in that status, for each name asked for
    spam: tuple[int, ...] = ()
    first_seen: date | None = None  # when the first of these came, of the first name asked for
    parent_published: bool = True
    thread_closed: bool = False
    thread_opened: datetime | None = None  # when its first comment came
    corpus: TokenCounts = TokenCounts()
    rules: tuple[AuthorRule, ...] = ()  # those asked for and all about terms, expired ones too


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Published comments in reading order: each root followed by everything below it."""

    rows: tuple[Comment, ...]
    cursor: str
    total: int  # published comments of the whole thread


@dataclass(frozen=True, slots=True)
class ThreadChanges:
    """What readers of a thread see now, and saw no more, since an earlier version.

    Each id stands for a comment and everything below it. Without `known` more changed than is remembered: read again.
    """

    version: int
    known: bool = True
    appeared: tuple[str, ...] = ()
    went: tuple[str, ...] = ()


#: Upper bounds of the histogram Counters.wait_seconds, in seconds.
WAIT_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, float("inf"))


@dataclass(frozen=True, slots=True)
class Counters:
    """A site's totals since it began, and what stands in each status now."""

    accepted: int
    decided: Mapping[str, int]  # first decision by the filters: status -> n
    moderated: Mapping[str, int]  # decisions by people: status moved to -> n
    standing: Mapping[str, int]  # status -> comments in it now
    attempts: int  # claims by workers
    wait_seconds: Mapping[float, int]  # accept to first decision: each of WAITS -> n, cumulative; inf is all
    wait_sum: float  # seconds
    reported: int = 0  # reports by readers, one a network and comment


@dataclass(frozen=True, slots=True)
class OutboxEvent:
    """One decision, as the outbox tells it. `id` orders the events of a site."""

    id: str
    comment: str
    version: int
    before: Status
    after: Status


class DeliveryStatus(StrEnum):
    """How far a delivery has come."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"  # given up
    DROPPED = "dropped"  # not sent, as nobody waits for it any more


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one receiver, or how it ended. What the comment says is not copied into it."""

    webhook: str  # id; or one of notices.MAILS
    comment: str
    version: int
    status: Status  # that the comment went to
    host: str  # of the receiver
    began: datetime  # from when on it is tried for a day
    due: datetime  # for the next attempt; once it is over, when that was
    course: DeliveryStatus = DeliveryStatus.PENDING
    attempts: int = 0
    answer: int = 0  # HTTP status of the last attempt, or code of the mail server; 0: none came
    error: str = ""  # what kept the last attempt from succeeding: a Fault, or "" for nothing
    ms: int = 0  # that the last attempt took

    @property
    def event(self) -> str:
        """The event's own id, the same for every webhook and every attempt."""
        return f"{self.comment}:{self.version}"

    @property
    def id(self) -> str:
        """Sorts the versions of a comment by their number."""
        return f"{self.webhook}:{self.comment}:{self.version:08d}"


@dataclass(frozen=True, slots=True)
class DeliveryFigures:
    """A site's deliveries in figures."""

    pending: int
    results: Mapping[str, int]  # "delivered", "failed", and "retried" for attempts that will be followed by another
    mailed: Mapping[str, int] = field(default_factory=dict)  # the same of mail, and "dropped"


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person. `csrf` must come back with every change they ask for."""

    person: str
    csrf: str
    started: datetime
    origin: str = ""  # keyed name of the network they came from
    agent: str = ""  # what their browser calls itself


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """By what comments belong together: the author's identity, or the network, whichever is not ""."""

    identity: str = ""
    origin: str = ""

    def fits(self, comment: Comment) -> bool:
        return bool(self.identity or self.origin) and (
            self.identity in ("", comment.identity) and self.origin in ("", comment.origin)
        )


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """What one bounded look brought. A cursor may come without rows: there is more to look through."""

    rows: tuple[Comment, ...]
    cursor: str = ""
    looked_at: int = 0
    back_to: datetime | None = None  # when the last comment that was looked at came; None at the end
