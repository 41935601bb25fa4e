"""Create a site in the browser. The person who creates it owns it."""

from dataclasses import replace

from comments.audit import AuditAction
from comments.errors import Invalid, Problem, StaleVersion
from comments.site import Site
from comments.site_addresses import corrected_origin, free_site_id
from service.accounts.audit_trail import entry
from service.accounts.sessions import SignedIn
from service.deps import deps

from .settings import RESERVED_ID, with_form

#: Tries to store the owner's role, in case another request changes the person in the same moment.
ROLE_TRIES = 5


def create_site(name: str, address: str, signed: SignedIn) -> Site:
    """Create a site with the default settings. The person owns it. Raises Invalid with every problem at once."""
    problems: list[Problem] = []
    origin = ""
    try:
        origin = corrected_origin(address)
    except Invalid as error:
        problems += error.problems
    taken = {RESERVED_ID, *(site.id for site in deps().storage.sites.all())}
    id = free_site_id(name, origin, taken)
    site = Site(id, id, deps().now())  # with a valid name, because a value that does not change is not checked
    try:
        site = with_form(site, {"name": name, "origins": origin})
    except Invalid as error:
        problems += error.problems
    if problems:
        raise Invalid(problems)
    if not deps().storage.sites.compare_and_set(None, site, entry(signed, AuditAction.SITE_ADD, site.id, site=site.id)):
        raise StaleVersion("Someone created a site of this name in this moment. Please try again.")
    _make_owner(signed, site)
    return site


def _make_owner(signed: SignedIn, site: Site) -> None:
    """Raises StaleVersion if the person keeps changing."""
    action = entry(signed, AuditAction.PERSON_ROLE, signed.person.name, after="owner", site=site.id)
    for _ in range(ROLE_TRIES):
        before = deps().storage.people.get(signed.person.name)
        after = replace(before, roles={**before.roles, site.id: "owner"}, setup=f"{site.id}/embed")
        if deps().storage.people.compare_and_set(before, after, action):
            return
    raise StaleVersion("Your account changed in this moment. Please try again.")
