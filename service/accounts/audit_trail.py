"""Notes for the audit: what a person did through the web service, and from where."""

from comments.audit import Act, Entry
from comments.errors import StaleVersion
from comments.site import Person
from service.deps import deps
from service.web.client_network import client_network

from .sessions import Signed


def entry(signed: Signed, act: Act, subject: str = "", before: str = "", after: str = "", site: str = "") -> Entry:
    """What somebody who is signed in does now."""
    return Entry(signed.person.name, act, subject, before, after, site, client_network(deps()))


def note(by: str, act: Act, subject: str = "", after: str = "") -> None:
    """Keep what concerns no site: signing in and out, and one's own account."""
    deps().storage.audit.note(Entry(by, act, subject, after=after, origin=client_network(deps())))


def replace_person(before: Person | None, after: Person, *entries: Entry) -> None:
    """Raises StaleVersion when somebody else changed the person since they were read."""
    if not deps().storage.people.swap(before, after, *entries):
        raise StaleVersion("somebody changed this meanwhile; load the page again")
