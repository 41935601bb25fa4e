"""Values that the stores take and return, other than comments, sites and people."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from comments.author_rules import AuthorRule
from comments.lifecycle import Status
from comments.model import Comment

#: Version of the data format. Back ends migrate older data.
DATA_VERSION = 6

#: Days for which comments of new authors that were published without review are counted.
UNSEEN_DAYS = 30

#: More than a feed shows, so that it stays full when some comments are taken down.
RECENT_MAX = 200
#: Comments of one signed user that are listed, the newest.
USER_MAX = 1000
#: Replies listed for the feed of a thread, for the same reason.
LATEST_MAX = 100
#: Changes kept for readers who have an older version of a thread.
CHANGES_MAX = 1000


@dataclass(frozen=True, slots=True)
class Admission:
    """Limits for accepting a comment, and what identifies a repeated submission."""

    fingerprint: str  # digest of everything the visitor sent, and of their network
    key: str = ""  # digest of the client's Idempotency-Key; "" without one
    max_pending: int = 20_000
    per_minute: int = 0  # submissions of one network, see `rate_limits`; 0: no limit
    bytes_per_hour: int = 0  # bytes of them, see `rate_limits`; 0: no limit
    batch: int = 100  # comments that one job judges
    max_wakeups: int = 2  # open wake-ups of one site


@dataclass(frozen=True, slots=True)
class Accepted:
    """Result of accepting a comment. For a repeat, the id is that of the earlier comment."""

    id: str
    repeat: bool = False
    wakeup: str = ""  # token for a new job; "" if no job is needed


@dataclass(frozen=True, slots=True)
class CommentChange:
    """A comment as it was read and as it should become. Stale changes are not applied."""

    before: Comment
    after: Comment
    origin: str = ""  # network of the person who decided, for the audit
    via: str = ""  # see AuditEntry.via
    rules: tuple[AuthorRule, ...] = ()  # that applied when the filters decided, to count their hits


@dataclass(frozen=True, slots=True)
class CommentPage:
    """One page of a list of comments. `cursor` leads to the next page; "" at the end."""

    rows: tuple[Comment, ...]
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A comment leased to one worker. `attempts` includes this claim."""

    id: str
    attempts: int


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """Number of comments that wait for the filters, and the time the oldest was received."""

    queued: int
    oldest: datetime | None


class WindowUse(NamedTuple):
    """One value to count in one sliding window. A `shared` window counts the comments of all sites.

    A value that the comment had `before` an edit is not counted again.
    """

    window: str
    seconds: int
    value: str
    shared: bool = False
    before: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceQuery:
    """Everything to look up about one comment."""

    uses: tuple[WindowUse, ...] = ()
    thread: str = ""
    parent: str = ""
    author: tuple[str, ...] = ()  # Comment.author_keys
    trusted: tuple[str, ...] = ()  # those of them that a stranger cannot have by typing
    tokens: Set[str] = frozenset()  # read only if the site has lessons
    rules: tuple[str, ...] = ()  # names of the rules that could apply; all rules about texts are returned anyway
    first_attempt: bool = True  # windows count a comment on its first attempt only, so that a retry counts nothing
    is_check: bool = False  # windows do not count the comment at all, and it is in none of them


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """Number of lessons of each label, in total and with each token."""

    ham: int = 0
    spam: int = 0
    tokens: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # token -> (ham, spam)
    ham_ceiling: float = 0.0  # highest log-odds of spam that recent ham lessons had when the filters judged them
    residual: int = 0  # sum over the lessons of their label minus the filters' probability of spam, in hundredths


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything found about one comment. Counts are of *other* comments."""

    counts: Mapping[str, int] = field(default_factory=dict)  # window -> other comments with this value
    approved: tuple[int, ...] = ()  # comments of this author in that status, for each name of the query
    spam: tuple[int, ...] = ()
    first_seen: date | None = None  # day of the first of these comments, for the first name of the query
    parent_published: bool = True
    thread_closed: bool = False
    thread_opened: datetime | None = None  # time of its first comment
    corpus: TokenCounts = TokenCounts()
    staff_names: frozenset[str] = frozenset()  # names that readers have seen with the staff badge
    rules: tuple[AuthorRule, ...] = ()  # those of the query, of the site and shared, including expired ones
    text_rules: tuple[AuthorRule, ...] = ()  # all about texts; the same tuple while none of them changes
    approved_by_people: tuple[int, ...] = ()  # like `approved` and `spam`, but only what moderators decided
    spam_by_people: tuple[int, ...] = ()
    links_approved: bool = False  # moderators approved a comment under a trusted name with a link or a website


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A comment on a page of a thread, or the stub of one that is no longer published but has visible replies."""

    comment: Comment
    depth: int = 0
    replies: int = 0  # visible comments below it
    more: str = ""  # cursor of the rest of its replies; "" if there are no more
    removed: bool = False  # a stub: nothing but the id and the parent may be shown
    pinned: bool = False

    @property
    def id(self) -> str:
        return self.comment.id


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Comments in reading order: each is followed by the replies to it."""

    rows: tuple[ThreadRow, ...]
    cursor: str
    total: int  # published comments of the whole thread


@dataclass(frozen=True, slots=True)
class ThreadChanges:
    """Comments of a thread that changed since an earlier version. Those that appeared include stubs.

    Each id stands for a comment and everything below it. If the list is not `complete`, read the thread again.
    """

    version: int
    complete: bool = True
    appeared: tuple[str, ...] = ()
    disappeared: tuple[str, ...] = ()


#: Upper bounds of the histogram Counters.wait_seconds, in seconds.
WAIT_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, float("inf"))


@dataclass(frozen=True, slots=True)
class Counters:
    """A site's totals since it began, and its comments in each status now."""

    accepted: int
    decided: Mapping[str, int]  # first decision by the filters: status -> n
    moderated: Mapping[str, int]  # decisions by people: new status -> n
    current: Mapping[str, int]  # status -> comments in it now
    attempts: int  # claims by workers
    wait_seconds: Mapping[float, int]  # time to the first decision: each of WAIT_BUCKETS -> n, cumulative
    wait_sum: float  # seconds
    reported: int = 0  # reports by readers, one for each network and comment
    published_unseen: int = 0  # comments of new authors that the filters published in the last UNSEEN_DAYS
    review_seconds: Mapping[float, int] = field(default_factory=dict)  # time to a person's decision, cumulative
    review_sum: float = 0.0  # seconds
    corrected: Mapping[str, int] = field(default_factory=dict)  # "<filters' status>:<person's status>" -> n


@dataclass(frozen=True, slots=True)
class OutboxEvent:
    """One decision, for webhooks and email. `id` orders the events of a site."""

    id: str
    comment: str
    version: int
    before: Status
    after: Status


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person. Every change that they request must carry `csrf`."""

    person: str
    csrf: str
    started: datetime
    origin: str = ""  # keyed hash of their network
    agent: str = ""  # User-Agent of their browser


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Selects comments of one author or one network. At least one of the two is set."""

    identity: str = ""
    origin: str = ""

    def matches(self, comment: Comment) -> bool:
        return bool(self.identity or self.origin) and (
            self.identity in ("", comment.identity, comment.user) and self.origin in ("", *comment.networks)
        )


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Result of one bounded search. With a cursor, the search can continue, even after a page without rows."""

    rows: tuple[Comment, ...]
    cursor: str = ""
    searched: int = 0  # comments
    back_to: datetime | None = None  # time of the last comment searched; None at the end
