"""Protocols of the stores for sites, people, the audit, rules and the history of authors."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from comments.audit import AuditEntry, AuditPage, AuditQuery
from comments.author_rules import AuthorRule, RuleHits
from comments.person import Person
from comments.site import Site

from .values import HistoryPage, HistoryQuery, Session


class Sites(Protocol):
    def get(self, id: str) -> Site:
        """Raises NotFound."""

    def put(self, site: Site, *entries: AuditEntry) -> None:
        """Store the site and its audit entries in one step."""

    def compare_and_set(self, before: Site | None, after: Site, *entries: AuditEntry) -> bool:
        """Store the site if unchanged since it was read (None: the id must be free). If not, return False."""

    def all(self) -> list[Site]:
        """Return all sites by id."""

    def remove_step(self, id: str) -> bool:
        """Remove some of what is stored for a site, and return True if more may be left.

        The site itself stays, so that an interrupted removal goes on. Sites that learn together with it lose only
        the lessons that came from it.
        """

    def remove(self, id: str, *entries: AuditEntry) -> None:
        """Remove the site itself, after the last `remove_step`, and store the audit entries in one step."""


class People(Protocol):
    def get(self, name: str) -> Person:
        """Raises NotFound."""

    def put(self, person: Person, *entries: AuditEntry) -> None:
        """Store the person and the audit entries in one step."""

    def compare_and_set(self, before: Person | None, after: Person, *entries: AuditEntry) -> bool:
        """Store the person if unchanged since it was read (None: the name must be free). If not, return False."""

    def delete(self, name: str, *entries: AuditEntry) -> None:
        """Delete the person, end their sessions and store the audit entries in one step."""

    def all(self) -> list[Person]:
        """Return all people by name."""

    def open_session(self, digest: str, session: Session, idle: float) -> None:
        """Store a session for `idle` seconds under a digest of its token, so that a copy of the data opens none."""

    def session(self, digest: str, idle: float) -> Session | None:
        """Return the session and restart its idle time; None if there is none."""

    def close_session(self, digest: str) -> None: ...

    def sessions(self, name: str) -> Mapping[str, Session]:
        """Return a person's open sessions by digest."""

    def put_link(self, digest: str, name: str, seconds: float) -> None:
        """Store a one-time sign-in link."""

    def end_links(self, name: str) -> None:
        """Delete the links of a person that were not used yet."""

    def peek_link(self, digest: str) -> str:
        """Return the name that the link is for. Raises NotFound."""

    def take_link(self, digest: str) -> str:
        """Return the name that the link was for and delete the link. Raises NotFound."""

    def keep_form(self, digest: str, text: str, seconds: float) -> None:
        """Store a form that was sent without a session, for `seconds`."""

    def kept_form(self, digest: str) -> str | None: ...

    def forget_form(self, digest: str) -> None: ...

    def attempt(self, key: str, n: int, seconds: int) -> None:
        """Count one attempt. Raises TooMany after `n` attempts in `seconds`."""


class Audit(Protocol):
    """The append-only log: entries are never deleted, and only words that name an erased person are replaced.

    A change of a comment, a site, a person or a rule stores its entry in the same step, in the store of that thing.
    """

    def append(self, *entries: AuditEntry) -> None:
        """Store entries that belong to no change: each in the log of its site, or in that of the deployment."""

    def move_waiting(self) -> None:
        """Finish what a process that ended left: entries that are stored with their change, but not in their log."""

    def page(self, site: str, search: AuditQuery, limit: int, cursor: str = "") -> AuditPage:
        """Return matching entries, the newest first, after a bounded search. "" is the deployment. Raises Invalid."""

    def all(self, site: str) -> Iterator[AuditEntry]:
        """Yield all entries, the oldest first."""


class AuthorRules(Protocol):
    """Rules of each site, and those of the deployment under the site SHARED_RULES."""

    def put(self, site: str, rule: AuthorRule, entry: AuditEntry) -> None:
        """Store the rule in place of one with the same name."""

    def put_many(self, site: str, rules: Sequence[AuthorRule], entry: AuditEntry) -> None:
        """Store many rules in place of those with the same names, in steps, with one audit entry."""

    def delete(self, site: str, name: str, entry: AuditEntry) -> bool:
        """Return False if there is no such rule; the audit gets no entry then."""

    def delete_many(self, site: str, names: Sequence[str], entry: AuditEntry) -> int:
        """Delete the rules with these names and their hits, in steps. Return their number; 0 adds no audit entry."""

    def get(self, site: str, names: list[str]) -> list[AuthorRule]:
        """Return the rules with these names. Names without a rule are left out."""

    def all(self, site: str) -> list[AuthorRule]:
        """Return all rules, the latest first."""

    def count(self, site: str) -> int: ...

    def ranges(self, site: str) -> list[tuple[str, str]]:
        """Return the id and the text of each range in rules of the site and of the deployment."""

    def count_hits(self, site: str, rules: Iterable[tuple[AuthorRule, int]], at: datetime) -> None:
        """Add to the hits of rules that applied to comments of the site, in one round trip."""

    def hits(self, site: str) -> Mapping[str, RuleHits]:
        """Return the hits of all rules by name. Rules without hits are left out."""


class AuthorHistory(Protocol):
    """All comments of one author or network. Found without the index of comments."""

    def find(self, site: str, query: HistoryQuery, limit: int, cursor: str = "") -> HistoryPage:
        """Return decided comments by time received, the newest first. Raises Invalid for a bad cursor."""
