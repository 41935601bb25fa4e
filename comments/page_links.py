"""The address of a thread's page on its site, for links."""

from .origins import origin_of
from .site import Site
from .storage.thread_details import ThreadDetails
from .thread_addresses import thread_key
from .validation import is_web_address

NO_DETAILS = ThreadDetails()


def page_address_of(thread: str, details: ThreadDetails) -> str:
    """Return the address that a thread's name is, or the one that the site gave it; the name without both."""
    return thread if is_web_address(thread) else details.url or thread


def page_link(site: Site, thread: str, details: ThreadDetails = NO_DETAILS) -> str:
    """Return the address of a thread's page, with the scheme and host that the site lists; "" for any other thread."""
    address = page_address_of(thread, details)
    origin = origin_of(address) if is_web_address(address) else ""
    if not origin or origin in site.origins:
        return address if origin else ""
    same = (listed for listed in site.origins if thread_key(listed, site) == thread_key(origin, site))
    listed = next(same, "")
    return listed + address[len(origin) :] if listed else ""
