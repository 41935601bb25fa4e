"""Threads in requests, and links back to their pages."""

from flask import request
from werkzeug.routing import PathConverter

from comments.errors import Invalid
from comments.origins import origin_of
from comments.page_links import page_address_of, page_link
from comments.site import Site
from comments.thread_addresses import thread_key
from comments.validation import is_web_address, thread_problems
from service.deps import deps

from .site_access import is_site_origin


class ThreadConverter(PathConverter):
    """The thread in a path. Unlike other paths it may begin with slashes, because a thread is often a path itself."""

    regex = "/*[^/].*?"


def requested_thread(site: Site, thread: str) -> str:
    """Return the thread that answers for the one in a request: normalized, and moved if it did. Raises Invalid."""
    key = thread_key(thread, site)
    if problems := thread_problems(key):
        raise Invalid(problems)
    return deps().storage.thread_moves.resolve(site.id, [key])[0]


def back_link(site: Site, address: str) -> str:
    """Return `address` if its origin is the site's or this service's; "" for any other."""
    if not is_web_address(address):
        return ""
    is_listed = is_site_origin(site, origin_of(address), request, deps().settings)
    return address if is_listed else page_link(site, address)


def thread_back_link(site: Site, thread: str) -> str:
    """Return the way back to a thread's page, with the address that the site gave it; "" if it has none."""
    (details,) = deps().storage.thread_details.get(site.id, [thread])
    return back_link(site, page_address_of(thread, details))
