"""Notes for the audit: what a person did through the web service, and from where."""

from comments.audit import AuditAction, AuditEntry
from comments.errors import StaleVersion
from comments.site import Person
from service.deps import deps
from service.web.client_network import client_network

from .sessions import Signed


def entry(
    signed: Signed, act: AuditAction, subject: str = "", before: str = "", after: str = "", site: str = ""
) -> AuditEntry:
    """What somebody who is signed in does now."""
    return AuditEntry(signed.person.name, act, subject, before, after, site, client_network(deps()))


def note(by: str, act: AuditAction, subject: str = "", after: str = "") -> None:
    """Keep what concerns no site: signing in and out, and one's own account."""
    deps().storage.audit.append(AuditEntry(by, act, subject, after=after, origin=client_network(deps())))


def replace_person(before: Person | None, after: Person, *entries: AuditEntry) -> None:
    """Raises StaleVersion when somebody else changed the person since they were read."""
    if not deps().storage.people.compare_and_set(before, after, *entries):
        raise StaleVersion("somebody changed this meanwhile; load the page again")
