"""Audit entries about actions in the browser, with the person and their network."""

from comments.audit import AuditAction, AuditEntry
from comments.errors import StaleVersion
from comments.person import Person
from service.deps import deps
from service.web.client_network import client_network

from .sessions import SignedIn


def entry(
    signed: SignedIn, action: AuditAction, subject: str = "", before: str = "", after: str = "", site: str = ""
) -> AuditEntry:
    """An entry about an action of the person who is signed in, or of a program with the person's key."""
    return AuditEntry(signed.person.name, action, subject, before, after, site, client_network(deps()), via=signed.via)


def append_entry(by: str, action: AuditAction, subject: str = "", after: str = "") -> None:
    """Store an entry that belongs to no site: about signing in, signing out or an account."""
    deps().storage.audit.append(AuditEntry(by, action, subject, after=after, origin=client_network(deps())))


def replace_person(before: Person | None, after: Person, *entries: AuditEntry) -> None:
    """Raises StaleVersion if the stored person is not `before` any more."""
    if not deps().storage.people.compare_and_set(before, after, *entries):
        raise StaleVersion("Someone else changed this account. Reload the page and try again.")
