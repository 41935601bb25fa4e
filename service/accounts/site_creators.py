"""People who may create sites, and those who are offered the set-up."""

from comments.person import Person
from service.deps import deps
from service.web.site_cache import DEMO_SITE


def may_create_sites(person: Person) -> bool:
    """Operators may; owners of a site may if the installation allows it."""
    return person.operator or (deps().settings.owners_create_sites and "owner" in person.roles.values())


def wants_setup(person: Person) -> bool:
    """Return True if the set-up is offered: the person may create sites, has none of their own, and did not end it."""
    return may_create_sites(person) and person.setup != "done" and not set(person.roles) - {DEMO_SITE}
