"""Remove the data of deleted sites, some keys at a time."""

import logging

from comments.audit import SYSTEM, AuditAction, AuditEntry
from comments.site import Site
from comments.site_deletion import is_removable

from .deps import Deps

log = logging.getLogger(__name__)


def remove_some(d: Deps, site: Site) -> bool:
    """Remove some keys; after the last ones, what people have on the site and the site itself."""
    if not is_removable(site, d.now()):
        return False
    if d.storage.sites.remove_step(site.id):
        return True
    for person in d.storage.people.all():
        after = person.without_site(site.id)
        if after != person and not d.storage.people.compare_and_set(person, after):
            return True  # changed in between: read the people again
    d.storage.sites.remove(site.id, AuditEntry(SYSTEM, AuditAction.SITE_REMOVE, site.id, before=site.name))
    log.info("removed a deleted site", extra={"site": site.id})
    return False
