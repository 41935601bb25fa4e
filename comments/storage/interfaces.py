"""Protocols of the stores. `Storage` holds one of each.

Times are aware UTC datetimes. A thread has the name that the site sent (a key or an address); the back end hashes it.
Every method raises StorageDown if the server does not reply.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from comments.lifecycle import Status
from comments.model import Comment

from .administration import Audit, AuthorHistory, AuthorRules, People, Sites
from .archives import Archives
from .check_records import CheckRecords
from .checks import Announcements, Checks
from .corpus_lessons import Corpus
from .deliveries import Deliveries
from .import_uploads import ImportUploads
from .notes_and_bulks import BulkActions, Notes
from .notices import Notices
from .numbers import Numbers
from .outbox_events import Outbox
from .pauses import Pauses
from .presence import Presence
from .queue_index import QueueIndex
from .quiet_threads import QuietThreads
from .receipt_codes import ReceiptCodes
from .reports import Reports
from .retention import Retention
from .server_state import Heartbeats, Server
from .shared_reputation import SharedReputation
from .shared_views import SharedViews
from .site_figures import SiteFiguresStore
from .subjects import Subjects
from .subscriptions import Subscriptions
from .system_history import SystemHistory
from .thread_details import ThreadDetailsStore
from .thread_index import ThreadIndexes
from .thread_moves import ThreadMoves
from .values import (
    Accepted,
    Admission,
    Claim,
    CommentChange,
    CommentPage,
    Counters,
    Evidence,
    EvidenceQuery,
    QueueDepth,
    ThreadChanges,
    ThreadPage,
)


class Comments(Protocol):
    def accept(self, comment: Comment, admission: Admission) -> Accepted:
        """Store a new comment, queue it and decide whether a job is needed, all or nothing.

        Raises KeyReused, TooMany, Busy; Invalid if the thread is closed or the parent not published; StaleVersion if
        the id is taken.
        """

    def get(self, site: str, id: str) -> Comment:
        """Raises NotFound."""

    def load(self, site: str, ids: Sequence[str]) -> list[Comment | None]:
        """Return the comments in the order of `ids`; None for a missing one."""

    def by_user(self, site: str, user: str, n: int) -> list[Comment]:
        """Return up to `n` comments of a signed user (Comment.user), the newest first."""

    def load_with_draft(self, site: str, id: str) -> tuple[Comment | None, Comment | None]:
        """Return a comment and its draft, each if it exists."""

    def decide(self, site: str, changes: Sequence[CommentChange]) -> list[bool]:
        """Apply each change whose comment is still as it was read, with all its effects; return False for the others.

        A person's decision gets its audit entry in the same step. When a draft is approved, or its approval is undone,
        the draft and its comment change together.
        """

    def wait_for_replicas(self, site: str) -> None:
        """Wait until as many replicas as the settings ask for have all that is stored of a site. Raises StorageDown."""

    def add_decided(self, site: str, comments: Sequence[Comment]) -> list[bool]:
        """Store comments that come with their decisions, parents first, without events; False for a taken id."""

    def by_status(self, site: str, status: Status, limit: int, cursor: str = "", newest: bool = False) -> CommentPage:
        """Return comments of one status by time received, the oldest first unless `newest`."""

    def held_since(self, site: str, since: datetime) -> int:
        """Count the held comments that were received after `since`."""

    def received_between(self, site: str, since: datetime, until: datetime) -> int:
        """Count the comments of all statuses that were received after `since` and not after `until`."""

    def counters(self, site: str) -> Counters: ...


class Queue(Protocol):
    """The comments and checks that wait for the filters."""

    def claim(self, site: str, token: str, n: int, lease: float, id: str = "") -> list[Claim]:
        """Lease up to `n` undecided comments and checks for `lease` seconds. A repeat with `id` gets the same.

        The oldest come first; checks before comments, which get half of a batch at least. One that was claimed before
        is leased alone: if it kills its worker, no other suffers. If nothing is due, the wake-up `token` ends in the
        same step, so that the next submission enqueues a new job. The same if `n` is 0. A judge that listens for work
        needs no token ("").
        """

    def release(self, site: str, ids: Sequence[str]) -> None:
        """Make leased comments and checks due again now."""

    def attempts(self, site: str, least: int, n: int) -> list[Claim]:
        """Return up to `n` undecided comments and checks that were claimed `least` times or more."""

    def restart(self, site: str, id: str) -> None:
        """Make an undecided comment due now, as if it was never claimed."""

    def missing_wakeups(
        self, site: str, batch: int, max_wakeups: int, lease: float, waiting: Sequence[str] = ()
    ) -> list[str]:
        """Return a token for each job that must be enqueued: work is due and too few wake-ups are open.

        Those whose jobs are `waiting` in the queue are open, however long they wait behind jobs of other sites. A lease
        (of `lease` seconds) that ends much later than any can has passed: the clock was set back.
        """

    def depth(self, site: str) -> QueueDepth: ...


class Threads(Protocol):
    def page(self, site: str, thread: str, limit: int, cursor: str = "", newest: bool = False) -> ThreadPage:
        """Return up to `limit` comments in reading order. Raises Invalid for a bad cursor.

        The cursor is that of the page before, or `more` of a comment whose replies go on.
        """

    def version(self, site: str, thread: str) -> int:
        """Return a number that grows with every visible change of the thread; 0 before the first."""

    def versions(self, site: str, threads: Sequence[str]) -> list[int]:
        """Return the version of each thread, in one round trip."""

    def site_version(self, site: str) -> int:
        """Return a number that grows with every visible change of any thread: its time in ms while the clock runs."""

    def changes(self, site: str, thread: str, since: int) -> ThreadChanges:
        """Return the visible changes since version `since`."""

    def newest(self, site: str, thread: str, n: int) -> list[Comment]:
        """Return the published comments of a thread that were received last, the newest first."""

    def recent(self, site: str, n: int) -> list[Comment]:
        """Return the comments of all threads that were published last, the latest first.

        There may be fewer than `n` after many were taken down: the last 200 are listed.
        """

    def counts(self, site: str, threads: Sequence[str]) -> list[int]:
        """Return the number of published comments of each thread."""

    def is_visible(self, comment: Comment) -> bool:
        """True if readers see the comment: it is published, and nothing above it hides its replies."""

    def are_visible(self, site: str, comments: Sequence[Comment]) -> list[bool]:
        """Answer `is_visible` for several comments in one round trip."""

    def replies(self, site: str, comments: Sequence[Comment]) -> list[int]:
        """Count the published comments below each, without those below a comment that hides its replies."""

    def set_pinned(self, comment: Comment, pinned: bool) -> bool:
        """Pin a published top-level comment or unpin it; return False if nothing changed. Raises Invalid.

        Pinned comments come first in their thread, the newest pin first. One that is taken down loses its place, and
        has it again when it is published again, unless it made room for another pin.
        """

    def are_pinned(self, site: str, comments: Sequence[Comment]) -> list[bool]:
        """Return True for each published comment that is pinned, in one round trip."""

    def set_closed(self, site: str, thread: str, closed: bool) -> None: ...

    def is_closed(self, site: str, thread: str) -> bool: ...


class EvidenceStore(Protocol):
    def look_up(self, site: str, questions: Sequence[EvidenceQuery]) -> list[Evidence]:
        """Count every window use and answer every query, in one round trip for the whole batch."""

    def add_staff_name(self, site: str, name: str) -> None:
        """Reserve a name for the site's team. A comment with the role staff does the same when it is accepted."""


@dataclass(frozen=True, slots=True)
class CoreStorage:
    """The stores with subtle rules. Both back ends have them."""

    comments: Comments
    queue: Queue
    outbox: Outbox
    threads: Threads
    thread_moves: ThreadMoves
    evidence: EvidenceStore
    corpus: Corpus
    checks: Checks
    announcements: Announcements
    numbers: Numbers
    queue_index: QueueIndex
    retention: Retention


@dataclass(frozen=True, slots=True)
class Storage(CoreStorage):
    sites: Sites
    people: People
    deliveries: Deliveries
    server: Server
    heartbeats: Heartbeats
    audit: Audit
    author_rules: AuthorRules
    author_history: AuthorHistory
    shared_views: SharedViews
    presence: Presence
    notes: Notes
    bulks: BulkActions
    notices: Notices
    subscriptions: Subscriptions
    shared_reputation: SharedReputation
    reports: Reports
    subjects: Subjects
    quiet_threads: QuietThreads
    receipt_codes: ReceiptCodes
    check_records: CheckRecords
    thread_details: ThreadDetailsStore
    thread_indexes: ThreadIndexes
    archives: Archives
    import_uploads: ImportUploads
    system_history: SystemHistory
    site_figures: SiteFiguresStore
    judging_pauses: Pauses
    intake_pauses: Pauses  # of new comments and checks
