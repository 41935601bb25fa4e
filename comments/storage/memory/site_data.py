"""What one site has in memory, behind one lock: the plain-Python twin of the keys of one Redis hash tag."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from math import ceil
from threading import Condition

from comments.audit import AuditEntry
from comments.author_rules import AuthorRule
from comments.drafts import waited_since
from comments.lifecycle import Label, Status
from comments.model import Comment
from comments.storage.corpus_lessons import Lesson
from comments.storage.notes_and_bulks import Bulk, BulkItem, Note
from comments.storage.queue_index import IndexEntry
from comments.storage.values import OutboxEvent

#: As in decide.lua.
MAX_RECENT, MAX_CHANGES = 200, 1000
WHOLE_SITE = "*"
#: The shelf of what all sites share. Not a possible site id.
SHARED = "~"


@dataclass(slots=True)
class Shelf:
    """Times are seconds since the epoch."""

    comments: dict[str, Comment] = field(default_factory=dict)
    due: dict[str, float] = field(default_factory=dict)
    attempts: Counter[str] = field(default_factory=Counter)
    wakes: dict[str, float] = field(default_factory=dict)
    repeats: dict[str, tuple[str, str, float]] = field(default_factory=dict)  # key -> id, fingerprint, expiry
    rates: dict[str, float] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    opened: dict[str, float] = field(default_factory=dict)
    versions: Counter[str] = field(default_factory=Counter)  # by thread; WHOLE_SITE for all of them
    recent: dict[str, int] = field(default_factory=dict)  # id -> the version that showed it
    changes: deque[tuple[str, int, int, str, bool]] = field(default_factory=lambda: deque(maxlen=MAX_CHANGES))
    accepted: int = 0
    claims: int = 0
    decided: Counter[str] = field(default_factory=Counter)
    moderated: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    authors: dict[Status, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    first_seen: dict[tuple[Status, str], date] = field(default_factory=dict)
    windows: dict[tuple[str, str], list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))
    corpus: dict[Label, Counter[str]] = field(default_factory=lambda: {label: Counter() for label in Label})
    lessons: Counter[Label] = field(default_factory=Counter)
    learned: dict[str, Lesson] = field(default_factory=dict)
    bar: float = 0.0
    unlearned: set[str] = field(default_factory=set)
    events: list[OutboxEvent] = field(default_factory=list)
    told: int = 0
    audit: list[AuditEntry] = field(default_factory=list)
    rules: dict[str, AuthorRule] = field(default_factory=dict)  # by name
    held: dict[str, tuple[int, IndexEntry]] = field(default_factory=dict)  # id -> its place among equals, its terms
    notes: dict[str, tuple[Note, ...]] = field(default_factory=dict)
    bulks: dict[str, tuple[Bulk, int, list[BulkItem], list[BulkItem]]] = field(
        default_factory=dict
    )  # total, left, done
    unfiled: set[str] = field(default_factory=set)
    reports: dict[str, dict[str, str]] = field(default_factory=dict)  # id -> network -> what is wrong
    reported: dict[str, int] = field(default_factory=dict)  # id -> ms of the last report
    reports_kept: int = 0
    slots: int = 0

    def published(self, id: str) -> bool:
        """Whether readers see a comment: approved itself, and so is everything above it."""
        comment = self.comments.get(id)
        while comment is not None and comment.status is Status.APPROVED:
            if not comment.parent:
                return True
            comment = self.comments.get(comment.parent)
        return False

    def seen(self, thread: str) -> set[str]:
        """What readers see of a thread."""
        return {c.id for c in self.comments.values() if c.thread == thread and self.published(c.id)}

    def count_author(self, status: Status, name: str, by: int, received: datetime) -> None:
        self.authors[status][name] += by
        if self.authors[status][name]:
            self.first_seen.setdefault((status, name), received.date())
        else:
            self.first_seen.pop((status, name), None)

    def leave_queue(self, before: Comment, after: Comment, now: float) -> None:
        del self.due[after.id]
        self.attempts.pop(after.id, None)
        if after.status is not Status.QUEUED:
            self.decided[after.status] += 1
            self.waits.append(now - waited_since(before, after, datetime.fromtimestamp(now, UTC)).timestamp())

    def tell_readers(self, comment: Comment, seen: set[str], rewritten: bool, now: float) -> None:
        """Note what readers see now, who saw `seen` before `comment` was decided, or `rewritten`."""
        sees = self.seen(comment.thread)
        if sees == seen and not (rewritten and comment.id in seen):
            return
        before, version = self._next_version(comment.thread, now)
        _, place = self._next_version(WHOLE_SITE, now)
        recent = {id: at for id, at in self.recent.items() if id not in seen - sees} | dict.fromkeys(sees - seen, place)
        self.recent = dict(sorted(recent.items(), key=lambda r: (r[1], r[0]))[-MAX_RECENT:])
        self.changes.append((comment.thread, before, version, comment.id, comment.id in sees))

    def _next_version(self, name: str, now: float) -> tuple[int, int]:
        before = self.versions[name]
        self.versions[name] = max(before + 1, round(now * 1000))
        return before, self.versions[name]

    def in_status(self, status: Status) -> list[Comment]:
        """The oldest first."""
        return sorted((c for c in self.comments.values() if c.status is status), key=lambda c: (c.received, c.id))

    def after_one_more(self, origin: str, per_minute: int, now: float) -> tuple[float, int]:
        """When the allowance of a network is whole again then, 0 without a limit; and seconds to wait before."""
        if not per_minute:
            return 0.0, 0
        whole_again = max(now, self.rates.get(origin, 0.0)) + 60 / per_minute
        return whole_again, max(0, ceil(whole_again - now - 60))

    def spend(self, origin: str, whole_again: float) -> None:
        if whole_again:
            self.rates[origin] = whole_again

    def wakes_missing(self, now: float, batch: int, max_wakeups: int) -> int:
        self.wakes = {token: until for token, until in self.wakes.items() if until > now}
        due = sum(at <= now for at in self.due.values())
        return min(ceil(due / batch), max_wakeups) - len(self.wakes)


class Shelves:
    """All sites' shelves. `lock` is held for every step, as Redis runs one script at a time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._shelves: dict[str, Shelf] = defaultdict(Shelf)
        self.lock = Condition()

    def __getitem__(self, site: str) -> Shelf:
        return self._shelves[site]

    def now(self) -> float:
        return self._now().timestamp()
