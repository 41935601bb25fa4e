"""The address of a thread's page on its site, for links."""

from .origins import origin_of
from .site import Site
from .thread_addresses import thread_key
from .validation import is_web_address


def page_link(site: Site, thread: str) -> str:
    """Return the address of a thread's page, with the scheme and host that the site lists; "" for any other thread."""
    origin = origin_of(thread) if is_web_address(thread) else ""
    if not origin or origin in site.origins:
        return thread if origin else ""
    same = (listed for listed in site.origins if thread_key(listed, site) == thread_key(origin, site))
    listed = next(same, "")
    return listed + thread[len(origin) :] if listed else ""
