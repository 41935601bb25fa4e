"""Notes for the audit: what a person did through the web service, and from where."""

from flask import has_request_context, request

from comments.audit import Act, Entry
from comments.errors import StaleVersion
from comments.model import Person

from .auth import Signed
from .deps import Deps, deps


def here(of: Deps) -> str:
    """The network from which the present request comes, under its keyed name; "" where none is served."""
    return of.pseudonyms.origin(request.remote_addr or "") if has_request_context() else ""


def entry(signed: Signed, act: Act, subject: str = "", before: str = "", after: str = "", site: str = "") -> Entry:
    """What somebody who is signed in does now."""
    return Entry(signed.person.name, act, subject, before, after, site, here(deps()))


def note(by: str, act: Act, subject: str = "", after: str = "") -> None:
    """Keep what concerns no site: signing in and out, and one's own account."""
    deps().storage.audit.note(Entry(by, act, subject, after=after, origin=here(deps())))


def replace_person(before: Person | None, after: Person, *entries: Entry) -> None:
    """Raises StaleVersion when somebody else changed the person since they were read."""
    if not deps().storage.people.swap(before, after, *entries):
        raise StaleVersion("somebody changed this meanwhile; load the page again")
