"""The promises every storage back end keeps; `redis` and `memory` keep the same ones, tested by one suite.

Times are aware UTC datetimes. A thread is named by what the site sent (a key or an address); hashing it is the
back end's business. Every method raises StorageDown when the server does not answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ..lifecycle import Status
from ..model import Comment, Person, Site

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
    max_wakes: int = 2  # outstanding wake-ups of one site, at most


@dataclass(frozen=True, slots=True)
class Accepted:
    """The comment's id, which is an earlier one's when this was a repeat, and a token if a job must be asked for."""

    id: str
    repeat: bool = False
    wake: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A comment as it was read and as it shall be; applied only if nobody was faster."""

    before: Comment
    after: Comment


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a longer list. `cursor` asks for the next; "" at the end."""

    rows: tuple[Comment, ...]
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A comment leased to one worker. `attempts` counts this claim too."""

    id: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Depth:
    """How many comments wait for the filters, and since when the oldest does."""

    queued: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Use:
    """One value noted in one window; a `shared` one counts the comments of all sites."""

    window: str
    seconds: int
    value: str
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What the filters want to know about one comment."""

    uses: tuple[Use, ...] = ()
    thread: str = ""
    parent: str = ""
    author: tuple[str, ...] = ()  # Comment.known_as
    tokens: frozenset[str] = frozenset()
    first_attempt: bool = True  # windows note a comment on its first attempt only, so a repeat counts nothing twice


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """How many lessons of each label there were, and in how many of them each token occurred."""

    ham: int = 0
    spam: int = 0
    tokens: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # token -> (ham, spam)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known about one comment. Counts are of *other* comments."""

    counts: Mapping[str, int] = field(default_factory=dict)  # window -> other comments with this value
    approved: tuple[int, ...] = ()  # comments of this author in that status, for each name asked for
    spam: tuple[int, ...] = ()
    parent_published: bool = True
    thread_closed: bool = False
    thread_opened: datetime | None = None  # when its first comment came
    corpus: TokenCounts = TokenCounts()


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Published comments in reading order: each root followed by everything below it."""

    rows: tuple[Comment, ...]
    cursor: str
    total: int  # published comments of the whole thread


#: Upper bounds of the histogram of Counters.wait_seconds; the same stand in lua/decide.lua.
WAITS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, float("inf"))


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


@dataclass(frozen=True, slots=True)
class Event:
    """One decision, as the outbox tells it. `id` orders the events of a site."""

    id: str
    comment: str
    version: int
    before: Status
    after: Status


class Comments(Protocol):
    def accept(self, comment: Comment, admission: Admission) -> Accepted:
        """Keep a new comment, queue it and decide about a wake-up, all or nothing.

        Raises KeyReused, TooMany, Busy; Invalid when the thread is closed or the parent not published.
        """

    def get(self, site: str, id: str) -> Comment:
        """Raises NotFound."""

    def load(self, site: str, ids: Sequence[str]) -> list[Comment | None]:
        """In the order asked for; None for what is not there."""

    def decide(self, site: str, changes: Sequence[Change]) -> list[bool]:
        """Apply each change whose comment is still as it was read, with all its effects; False where it was not."""

    def by_status(self, site: str, status: Status, limit: int, cursor: str = "", newest: bool = False) -> Page:
        """Comments of one status by time received, the oldest first unless `newest`."""

    def counters(self, site: str) -> Counters: ...

    def wait(self, site: str, id: str, seconds: float) -> Comment:
        """The comment once it is decided, or as it is when `seconds` have passed. Raises NotFound."""


class Backlog(Protocol):
    def claim(self, site: str, token: str, n: int, lease: float) -> list[Claim]:
        """Lease up to `n` undecided comments, the oldest first, for `lease` seconds.

        A comment claimed before is handed out alone, so that one that kills its worker takes no other with it. When
        nothing is due the wake-up `token` is spent in the same step: whoever submits next asks for a new job.
        """

    def release(self, site: str, ids: Sequence[str]) -> None:
        """Hand leased comments back at once."""

    def wakes(self, site: str, batch: int, max_wakes: int) -> list[str]:
        """Tokens for which jobs must be asked for now: work is due and too few wake-ups are out."""

    def depth(self, site: str) -> Depth: ...


class Threads(Protocol):
    def page(self, site: str, thread: str, limit: int, cursor: str = "", newest: bool = False) -> ThreadPage:
        """`limit` counts roots; all that is published below a root comes with it. Raises Invalid for a bad cursor."""

    def version(self, site: str, thread: str) -> int:
        """Changes whenever what readers see of the thread changes."""

    def counts(self, site: str, threads: Sequence[str]) -> list[int]:
        """Published comments of each."""

    def set_closed(self, site: str, thread: str, closed: bool) -> None: ...

    def is_closed(self, site: str, thread: str) -> bool: ...


class Evidence(Protocol):
    def look_up(self, site: str, questions: Sequence[Question]) -> list[Answer]:
        """Note every window use and answer every question, in one round trip for the whole batch."""


class Corpus(Protocol):
    def due(self, site: str, n: int) -> list[str]:
        """Ids of comments whose lesson may have changed."""

    def learn(self, site: str, comment: Comment, tokens: frozenset[str]) -> bool:
        """Make the counts hold exactly `comment.lesson` for this comment; False if they did already.

        Relabelling takes the old lesson back. The id stays due if the comment changed meanwhile.
        """

    def totals(self, site: str) -> tuple[int, int]:
        """Lessons of ham and of spam."""

    def snapshot(self, site: str) -> TokenCounts:
        """The whole corpus, for tests and for rebuilding."""


class Sites(Protocol):
    def get(self, id: str) -> Site:
        """Raises NotFound."""

    def put(self, site: Site) -> None: ...

    def all(self) -> list[Site]:
        """By id."""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person. `csrf` must come back with every change they ask for."""

    person: str
    csrf: str
    started: datetime


class People(Protocol):
    def get(self, name: str) -> Person:
        """Raises NotFound."""

    def put(self, person: Person) -> None: ...

    def all(self) -> list[Person]:
        """By name."""

    def open_session(self, digest: str, session: Session, idle: float) -> None:
        """`idle` in seconds; keyed by a digest of the cookie's token, so that a dump of the store signs nobody in."""

    def session(self, digest: str, idle: float) -> Session | None:
        """The session, its idle time begun anew; None if there is none."""

    def close_session(self, digest: str) -> None: ...

    def put_link(self, digest: str, name: str, seconds: float) -> None:
        """Keep a one-time sign-in link."""

    def peek_link(self, digest: str) -> str:
        """The name it is for. Raises NotFound."""

    def take_link(self, digest: str) -> str:
        """The name it was for; a second taker finds nothing. Raises NotFound."""

    def attempt(self, key: str, n: int, seconds: int) -> None:
        """Count one try. Raises TooMany beyond `n` tries in `seconds`."""


class Outbox(Protocol):
    def read(self, site: str, n: int) -> list[Event]:
        """The oldest events not yet done, in order. They stay until done: a reader that dies loses none."""

    def done(self, site: str, ids: Sequence[str]) -> None: ...

    def length(self, site: str) -> int: ...


class Server(Protocol):
    def check(self) -> list[str]:
        """What is wrong with the server, in sentences; empty when it can be relied on. Raises StorageDown."""

    def figures(self) -> Mapping[str, float]:
        """`memory_bytes`, `memory_limit_bytes` (0: none), `connections`, `version` of the data."""

    def prepare(self) -> None:
        """Stamp or migrate the data. Raises SettingsInvalid when it is newer than this program."""


class Beats(Protocol):
    def beat(self, part: str, name: str, seconds: float) -> None:
        """Say that one process of `part` is alive for the next `seconds`."""

    def alive(self, part: str) -> list[str]:
        """Names of the living, sorted."""


@dataclass(frozen=True, slots=True)
class Storage:
    """Everything that is kept, one store a kind of thing."""

    comments: Comments
    backlog: Backlog
    threads: Threads
    evidence: Evidence
    corpus: Corpus
    sites: Sites
    people: People
    outbox: Outbox
    server: Server
    beats: Beats
