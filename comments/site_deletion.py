"""Delete a site in two steps: it disappears at once, and its data is removed after a time to change one's mind."""

from dataclasses import replace
from datetime import datetime, timedelta

from .errors import StaleVersion
from .site import Site

#: Time in which an owner can restore a deleted site: a week has a working day for everybody.
GRACE_PERIOD = timedelta(days=7)
#: The removal begins this long after the last moment of a restore, so that clocks of two machines may differ.
CLOCK_MARGIN = timedelta(minutes=5)


def deleted_site(site: Site, now: datetime) -> Site:
    """Return the site marked as deleted; a site that is deleted already keeps its date."""
    return site if site.deleted else replace(site, deleted=now)


def restored_site(site: Site, now: datetime) -> Site:
    """Return the site as it was before it was deleted. Raises StaleVersion if it is not deleted, or not any more."""
    if not site.deleted:
        raise StaleVersion("This site is not deleted.")
    if now >= removal_time(site.deleted):
        raise StaleVersion("The time to restore this site is over.")
    return replace(site, deleted=None)


def removal_time(deleted: datetime) -> datetime:
    """Return the time until which a site can be restored."""
    return deleted + GRACE_PERIOD


def is_removable(site: Site, now: datetime) -> bool:
    """Return True if the data of a site can be removed now."""
    return site.deleted is not None and now >= removal_time(site.deleted) + CLOCK_MARGIN
