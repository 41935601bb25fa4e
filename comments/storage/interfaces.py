"""The promises every storage back end keeps, one store a kind of thing.

Times are aware UTC datetimes. A thread is named by what the site sent (a key or an address); hashing it is the
back end's business. Every method raises StorageDown when the server does not answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from comments.lifecycle import Status
from comments.model import Comment

from .administration import Audit, AuthorHistory, AuthorRules, People, Sites
from .corpus_lessons import Quota
from .notes_and_bulks import Bulks, Notes
from .presence import Presence
from .queue_index import QueueIndex
from .reports import Reports
from .shared_reputation import SharedReputation
from .subscriptions import Subscriptions
from .values import (
    Accepted,
    Admission,
    Claim,
    CommentChange,
    CommentPage,
    Counters,
    Delivery,
    DeliveryFigures,
    Evidence,
    EvidenceQuery,
    OutboxEvent,
    QueueDepth,
    ThreadChanges,
    ThreadPage,
    TokenCounts,
)


class Comments(Protocol):
    def accept(self, comment: Comment, admission: Admission) -> Accepted:
        """Keep a new comment, queue it and decide about a wake-up, all or nothing.

        Raises KeyReused, TooMany, Busy; Invalid when the thread is closed or the parent not published; StaleVersion
        for an id that is taken.
        """

    def get(self, site: str, id: str) -> Comment:
        """Raises NotFound."""

    def load(self, site: str, ids: Sequence[str]) -> list[Comment | None]:
        """In the order asked for; None for what is not there."""

    def load_with_draft(self, site: str, id: str) -> tuple[Comment | None, Comment | None]:
        """Return a comment and its draft, each if it exists."""

    def decide(self, site: str, changes: Sequence[CommentChange]) -> list[bool]:
        """Apply each change whose comment is still as it was read, with all its effects; False where it was not.

        A person's decision is noted in the audit in the same step. With a draft that is approved, or whose approval is
        taken back, its comment changes too, or neither does.
        """

    def by_status(self, site: str, status: Status, limit: int, cursor: str = "", newest: bool = False) -> CommentPage:
        """Comments of one status by time received, the oldest first unless `newest`."""

    def held_since(self, site: str, since: datetime) -> int:
        """Held comments that were received after `since`."""

    def received_since(self, site: str, since: datetime) -> int:
        """Comments that came after `since`, whatever became of them."""

    def counters(self, site: str) -> Counters: ...

    def wait(self, site: str, id: str, seconds: float) -> Comment:
        """The comment once it is decided, or as it is when `seconds` have passed. Raises NotFound."""


class Queue(Protocol):
    def claim(self, site: str, token: str, n: int, lease: float) -> list[Claim]:
        """Lease up to `n` undecided comments, the oldest first, for `lease` seconds.

        A comment claimed before is handed out alone, so that one that kills its worker takes no other with it. When
        nothing is due the wake-up `token` is spent in the same step: whoever submits next asks for a new job.
        """

    def release(self, site: str, ids: Sequence[str]) -> None:
        """Hand leased comments back at once."""

    def missing_wakeups(self, site: str, batch: int, max_wakeups: int) -> list[str]:
        """Tokens for which jobs must be asked for now: work is due and too few wake-ups are out."""

    def depth(self, site: str) -> QueueDepth: ...


class Threads(Protocol):
    def page(self, site: str, thread: str, limit: int, cursor: str = "", newest: bool = False) -> ThreadPage:
        """`limit` counts roots; all that is published below a root comes with it. Raises Invalid for a bad cursor."""

    def version(self, site: str, thread: str) -> int:
        """Grows whenever what readers see of the thread changes; 0 before anything was seen."""

    def versions(self, site: str, threads: Sequence[str]) -> list[int]:
        """Of each thread, in one round trip."""

    def site_version(self, site: str) -> int:
        """Grows whenever what readers see of any thread changes; it is the ms of that, as long as clocks move on."""

    def changes(self, site: str, thread: str, since: int) -> ThreadChanges:
        """What is different from version `since`."""

    def newest(self, site: str, thread: str, n: int) -> list[Comment]:
        """The published comments of a thread that were received last, the newest first."""

    def recent(self, site: str, n: int) -> list[Comment]:
        """The comments of all threads that were published last, the latest first.

        Fewer than `n` when many were taken down; 200 are remembered.
        """

    def counts(self, site: str, threads: Sequence[str]) -> list[int]:
        """Published comments of each."""

    def is_visible(self, comment: Comment) -> bool:
        """Whether readers see it: it is published, and so is all that it stands below."""

    def set_closed(self, site: str, thread: str, closed: bool) -> None: ...

    def is_closed(self, site: str, thread: str) -> bool: ...


class EvidenceStore(Protocol):
    def look_up(self, site: str, questions: Sequence[EvidenceQuery]) -> list[Evidence]:
        """Note every window use and answer every question, in one round trip for the whole batch."""


class Corpus(Protocol):
    """What a site's moderators taught; of sites that learn together (`comments.together`) what all of theirs did."""

    def due(self, site: str, n: int) -> list[str]:
        """Ids of comments whose lesson may have changed."""

    def learn(self, site: str, comment: Comment, tokens: frozenset[str], quotas: Sequence[Quota] = ()) -> bool:
        """Make the counts hold exactly `comment.lesson` for this comment; False if they did already.

        Relabelling takes the old lesson back. Which lessons count, and the bar, follow from what is learned and not
        from the order of it. The id stays due if the comment changed meanwhile.
        """

    def totals(self, site: str) -> tuple[int, int]:
        """Lessons of ham and of spam."""

    def snapshot(self, site: str) -> TokenCounts:
        """The whole corpus, for tests and for rebuilding."""

    def forget(self, site: str, due: Mapping[str, Sequence[str]]) -> None:
        """Unlearn everything in one step; the comments named, by site, are due then, so that it is learned anew."""


class Outbox(Protocol):
    def read(self, site: str, n: int) -> list[OutboxEvent]:
        """The oldest events not yet done, in order. They stay until done: a reader that dies loses none."""

    def done(self, site: str, ids: Sequence[str]) -> None: ...

    def length(self, site: str) -> int: ...


class Deliveries(Protocol):
    """Events on their way to webhooks. Those about one comment go one after the other, the oldest first."""

    def enqueue(self, site: str, webhook: str, deliveries: Sequence[Delivery]) -> None:
        """They are due at once. Those that are here already, on their way or over, stay as they are."""

    def due(self, site: str, webhooks: Sequence[str]) -> list[str]:
        """Which of them have something to deliver now."""

    def claim(self, site: str, webhook: str, lease: float) -> Delivery | None:
        """The delivery that is due first. For `lease` seconds, or until it is settled, its comment is left alone."""

    def finish(self, site: str, before: Delivery, after: Delivery, healthy: bool | None = None) -> bool:
        """Replace a delivery; False if it is not as it was read any more.

        `healthy` says how the receiver was met. One that fails rests, longer with each failure in a row, and gets one
        delivery at a time until it is well; None tells nothing about it. A delivery that is pending afterwards comes
        next for its comment when it is `due`.
        """

    def get(self, site: str, id: str) -> Delivery:
        """Raises NotFound, also for what was over long ago."""

    def recent(self, site: str, n: int) -> list[Delivery]:
        """Up to `n`, of which half may be on their way; each kind with the latest first."""

    def forget(self, site: str, webhook: str) -> None:
        """Forget what is on its way to a webhook."""

    def figures(self, site: str) -> DeliveryFigures: ...


class Server(Protocol):
    def check(self) -> list[str]:
        """Why the server cannot do its work, or soon will not, in sentences. Raises StorageDown."""

    def warnings(self) -> list[str]:
        """What the server works in spite of, but should be set otherwise, in sentences. Raises StorageDown."""

    def figures(self) -> Mapping[str, float]:
        """`memory_bytes`, `memory_limit_bytes` (0: none), `connections`, `version` of the data."""

    def prepare(self) -> None:
        """Stamp or migrate the data. Raises SettingsInvalid when it is newer than this program."""


class Heartbeats(Protocol):
    def beat(self, part: str, name: str, seconds: float) -> None:
        """Say that one process of `part` is alive for the next `seconds`."""

    def alive(self, part: str) -> list[str]:
        """Names of the living, sorted."""


@dataclass(frozen=True, slots=True)
class Storage:
    """Everything that is kept, one store a kind of thing."""

    comments: Comments
    queue: Queue
    threads: Threads
    evidence: EvidenceStore
    corpus: Corpus
    sites: Sites
    people: People
    outbox: Outbox
    deliveries: Deliveries
    server: Server
    heartbeats: Heartbeats
    audit: Audit
    author_rules: AuthorRules
    author_history: AuthorHistory
    queue_index: QueueIndex
    presence: Presence
    notes: Notes
    bulks: Bulks
    subscriptions: Subscriptions
    shared_reputation: SharedReputation
    reports: Reports
