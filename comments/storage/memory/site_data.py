"""Everything the core stores hold about one site: the counterpart of its keys on Redis."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import takewhile
from math import ceil
from threading import Condition

from comments.counted_events import correction, reviewed
from comments.drafts import waited_since
from comments.lifecycle import Label, Status
from comments.model import Comment
from comments.storage.codec import milliseconds
from comments.storage.corpus_lessons import Lesson
from comments.storage.queue_index import IndexEntry
from comments.storage.retention import CLASS_OF_STATUS, RetentionClass
from comments.storage.thread_tree import NodeState, node_state
from comments.storage.values import CHANGES_MAX, RECENT_MAX, Claim, OutboxEvent

#: Time until a wake-up counts as lost.
WAKEUP_SECONDS = 5
#: The thread name that stands for all threads of a site.
ALL_THREADS = "*"
#: The site that holds what all sites share. Not a valid site id.
SHARED_SITE = "~"


@dataclass(frozen=True, slots=True)
class IndexedComment:
    """The index entry of a comment, and its number among all entries."""

    slot: int
    entry: IndexEntry


@dataclass(slots=True)
class SiteData:
    """Times are seconds since 1970."""

    comments: dict[str, Comment] = field(default_factory=dict)
    due: dict[str, float] = field(default_factory=dict)
    due_checks: dict[str, float] = field(default_factory=dict)
    taught: dict[str, Comment] = field(default_factory=dict)  # check -> its comment, with the lesson
    attempts: Counter[str] = field(default_factory=Counter)
    claimed: dict[str, list[Claim]] = field(default_factory=dict)
    wakeups: dict[str, float] = field(default_factory=dict)  # token -> expiry
    listeners: list[set[str]] = field(default_factory=list)  # for each judge that listens: sites with new work
    repeats: dict[str, tuple[str, str, float]] = field(default_factory=dict)  # key -> id, fingerprint, expiry
    rates: dict[str, float] = field(default_factory=dict)  # network -> time at which its rate limit is free again
    staff_names: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    pinned: dict[str, dict[str, float]] = field(default_factory=dict)  # thread -> comment -> time, the newest last
    aliases: dict[str, str] = field(default_factory=dict)  # old thread -> the thread that its comments are in
    prefixes: dict[str, str] = field(default_factory=dict)  # old -> new address of moved folders and hosts
    thread_rules: str = ""
    opened: dict[str, float] = field(default_factory=dict)
    versions: Counter[str] = field(default_factory=Counter)  # of each thread, and of ALL_THREADS
    recent: dict[str, int] = field(default_factory=dict)  # id -> the version that showed it
    #: Thread, version before, version after, comment, and True if it is visible then.
    changes: deque[tuple[str, int, int, str, bool]] = field(default_factory=lambda: deque(maxlen=CHANGES_MAX))
    accepted: int = 0
    claims: int = 0
    unseen: list[float] = field(default_factory=list)  # times at which comments of new authors were published
    decided: Counter[str] = field(default_factory=Counter)
    moderated: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    reviews: list[float] = field(default_factory=list)  # seconds for which comments needed review
    corrected: Counter[str] = field(default_factory=Counter)
    authors: dict[Status, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    by_people: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))  # status -> record -> n
    first_seen: dict[tuple[Status, str], date] = field(default_factory=dict)
    windows: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    corpus: dict[Label, Counter[str]] = field(default_factory=lambda: {label: Counter() for label in Label})
    lessons: Counter[Label] = field(default_factory=Counter)
    learned: dict[str, Lesson] = field(default_factory=dict)
    ham_ceiling: float = 0.0
    residual: int = 0
    unlearned: set[str] = field(default_factory=set)
    events: list[OutboxEvent] = field(default_factory=list)
    n_events: int = 0
    indexed: dict[str, IndexedComment] = field(default_factory=dict)
    unindexed: set[str] = field(default_factory=set)  # ids whose index entry is missing or out of date
    next_slot: int = 0
    #: Comments that lose personal data after a time -> when that time began.
    kept_since: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))

    def follow_retention(self, before: Comment, after: Comment, rewritten: bool, now: float) -> None:
        """Begin the time after which a decided comment loses its details, or its text."""
        if before.status is Status.QUEUED or rewritten:
            self.kept_since[RetentionClass.DETAILS][after.id] = after.received.timestamp()
        if before.status is not after.status:
            for kind in CLASS_OF_STATUS.values():
                self.kept_since[kind].pop(after.id, None)
            if kind_now := CLASS_OF_STATUS.get(after.status):
                self.kept_since[kind_now][after.id] = now

    @property
    def queues(self) -> tuple[dict[str, float], dict[str, float]]:
        """The checks and the comments that wait for the filters, each with the time from which it can be claimed."""
        return self.due_checks, self.due

    def above(self, id: str) -> Iterator[Comment]:
        """Yield the comments above one, the nearest first."""
        comment = self.comments.get(id)
        while comment is not None and (comment := self.comments.get(comment.parent)) is not None:
            yield comment

    def state(self, id: str) -> NodeState | None:
        """Return the state of a comment that readers reach; None for any other."""
        comment = self.comments.get(id)
        if comment is None or any(node_state(c) is NodeState.HIDDEN for c in self.above(id)):
            return None
        if node_state(comment) is NodeState.STUB and not self.replies(comment.thread)[id]:
            return None
        return node_state(comment) if node_state(comment) is not NodeState.HIDDEN else None

    def is_visible(self, id: str) -> bool:
        return self.state(id) is NodeState.PUBLISHED

    def replies(self, thread: str) -> Counter[str]:
        """Count the published comments below each comment of a thread, up to one that hides its replies."""
        counts: Counter[str] = Counter()
        for comment in self.comments.values():
            if comment.thread == thread and comment.status is Status.APPROVED:
                for above in self.above(comment.id):
                    counts[above.id] += 1
                    if node_state(above) is NodeState.HIDDEN:
                        break
        return counts

    def visible_in(self, thread: str) -> set[str]:
        return {c.id for c in self.comments.values() if c.thread == thread and self.is_visible(c.id)}

    def in_status(self, status: Status) -> list[Comment]:
        """Comments by time received, the oldest first."""
        return sorted((c for c in self.comments.values() if c.status is status), key=lambda c: (c.received, c.id))

    def count_author(self, status: Status, author: str, by: int, received: datetime) -> None:
        self.authors[status][author] += by
        if self.authors[status][author]:
            self.first_seen.setdefault((status, author), received.date())
        else:
            self.first_seen.pop((status, author), None)

    def leave_queue(self, before: Comment, after: Comment, now: float) -> None:
        del self.due[after.id]
        self.attempts.pop(after.id, None)
        if after.status is not Status.QUEUED:
            self.decided[after.status] += 1
            self.waits.append(now - waited_since(before, after, datetime.fromtimestamp(now, UTC)).timestamp())

    def count_review(self, after: Comment) -> None:
        seconds, corrected = reviewed(after), correction(after.decisions, len(after.decisions) - 1)
        self.reviews += [] if seconds is None else [seconds]
        if corrected:
            self.corrected[":".join(corrected)] += 1

    def update_thread(
        self, comment: Comment, visible_before: set[str], rewritten: bool, now: float, is_new: bool = False
    ) -> None:
        """Record what a decision about `comment` changed for readers, if anything."""
        visible = self.visible_in(comment.thread)
        if comment.status is not Status.APPROVED:
            self.recent.pop(comment.id, None)
        if visible == visible_before and not (rewritten and comment.id in visible):
            return
        before, version = self.next_version(comment.thread, now)
        _, site_version = self.next_version(ALL_THREADS, now)
        if comment.id in visible - visible_before:
            # The feed lists a comment that came with its decisions by its date.
            self.recent[comment.id] = milliseconds(comment.received) if is_new else site_version
            self.recent = dict(sorted(self.recent.items(), key=lambda r: (r[1], r[0]))[-RECENT_MAX:])
        changed = comment.id
        if is_gone := self.state(changed) is None:
            # With the last visible comment below them, stubs go too.
            gone = takewhile(lambda c: self.state(c.id) is None, self.above(changed))
            changed = [changed, *(c.id for c in gone)][-1]
        self.changes.append((comment.thread, before, version, changed, not is_gone))

    def next_version(self, thread: str, now: float) -> tuple[int, int]:
        before = self.versions[thread]
        self.versions[thread] = max(before + 1, round(now * 1000))
        return before, self.versions[thread]

    def check_rate(self, origin: str, per_minute: int, now: float) -> tuple[float, int]:
        """Return the new time at which the rate limit is free again, and the seconds to wait first."""
        free_at = max(now, self.rates.get(origin, 0.0)) + 60 / per_minute
        return free_at, max(0, ceil(free_at - now - 60))

    def wakeups_missing(self, now: float, batch: int, max_wakeups: int) -> int:
        self.wakeups = {token: until for token, until in self.wakeups.items() if until > now}
        due = sum(at <= now for at in (*self.due.values(), *self.due_checks.values()))
        return min(ceil(due / batch), max_wakeups) - len(self.wakeups)


class AllSites:
    """The data of each site. Every step holds `lock`, because Redis runs one script at a time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._sites: dict[str, SiteData] = defaultdict(SiteData)
        self.lock = Condition()
        self.listeners: list[set[str]] = []

    def __getitem__(self, site: str) -> SiteData:
        return self._sites[site]

    def announce(self, id: str) -> None:
        """Let all listeners hear of a decision."""
        for heard in self.listeners:
            heard.add(id)
        self.lock.notify_all()

    def announce_work(self, site: str, id: str, batch: int, max_wakeups: int) -> str:
        """Announce a new record to judges that listen, and return a token if it needs a job too, or ""."""
        data, now = self._sites[site], self.now()
        for heard in data.listeners:
            heard.add(site)
        self.lock.notify_all()
        if data.wakeups_missing(now, batch, max_wakeups) - len(data.listeners) < 1:
            return ""
        data.wakeups[id] = now + WAKEUP_SECONDS
        return id

    def now(self) -> float:
        return self._now().timestamp()
