"""The promises of the stores of those who look after sites: who they are, what they did, what holds for whom."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from comments.audit import AuditEntry, AuditPage, AuditQuery
from comments.author_rules import AuthorRule
from comments.site import Person, Site

from .values import HistoryPage, HistoryQuery, Session


class Sites(Protocol):
    def get(self, id: str) -> Site:
        """Raises NotFound."""

    def put(self, site: Site, *entries: AuditEntry) -> None:
        """Together with what the audit keeps of it."""

    def compare_and_set(self, before: Site, after: Site, *entries: AuditEntry) -> bool:
        """The same if the site is still as it was read; else False, and nothing is noted."""

    def all(self) -> list[Site]:
        """By id."""


class People(Protocol):
    def get(self, name: str) -> Person:
        """Raises NotFound."""

    def put(self, person: Person, *entries: AuditEntry) -> None:
        """Together with what the audit keeps of it."""

    def compare_and_set(self, before: Person | None, after: Person, *entries: AuditEntry) -> bool:
        """The same if the person is still as they were read (None: there is nobody of that name); else False."""

    def delete(self, name: str, *entries: AuditEntry) -> None:
        """There is nobody of that name any more; their sessions end. Together with what the audit keeps of it."""

    def all(self) -> list[Person]:
        """By name."""

    def open_session(self, digest: str, session: Session, idle: float) -> None:
        """`idle` in seconds; keyed by a digest of the cookie's token, so that a dump of the store signs nobody in."""

    def session(self, digest: str, idle: float) -> Session | None:
        """The session, its idle time begun anew; None if there is none."""

    def close_session(self, digest: str) -> None: ...

    def sessions(self, name: str) -> Mapping[str, Session]:
        """A person's open sessions by their digests."""

    def put_link(self, digest: str, name: str, seconds: float) -> None:
        """Keep a one-time sign-in link."""

    def peek_link(self, digest: str) -> str:
        """The name it is for. Raises NotFound."""

    def take_link(self, digest: str) -> str:
        """The name it was for; a second taker finds nothing. Raises NotFound."""

    def attempt(self, key: str, n: int, seconds: int) -> None:
        """Count one try. Raises TooMany beyond `n` tries in `seconds`."""


class Audit(Protocol):
    """Append-only: there is no way to change an entry or to take one out.

    Whatever changes a comment, a site, a person or a rule notes it in the same step; see there.
    """

    def append(self, *entries: AuditEntry) -> None:
        """Keep what changed nothing else: each with its site's entries, or with the deployment's."""

    def page(self, site: str, search: AuditQuery, limit: int, cursor: str = "") -> AuditPage:
        """The newest first; "" is the deployment. Looks through a bounded number. Raises Invalid for a bad cursor."""

    def all(self, site: str) -> Iterator[AuditEntry]:
        """The oldest first, read by pages."""


class AuthorRules(Protocol):
    def put(self, site: str, rule: AuthorRule, entry: AuditEntry) -> None:
        """In place of one about the same thing."""

    def delete(self, site: str, name: str, entry: AuditEntry) -> bool:
        """False where there was none; nothing is noted then."""

    def get(self, site: str, names: list[str]) -> list[AuthorRule]:
        """Those of the names that there are."""

    def all(self, site: str) -> list[AuthorRule]:
        """The latest first."""


class AuthorHistory(Protocol):
    """Everything of one author or network. There is no index of it: a comment has no bytes left for one."""

    def find(self, site: str, trace: HistoryQuery, limit: int, cursor: str = "") -> HistoryPage:
        """Decided comments by time received, the newest first. Raises Invalid for a bad cursor."""
