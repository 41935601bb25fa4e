"""Find the thread of each exported page: its address, completed, mapped to a new one, and normalized."""

from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

from comments.page_links import page_link
from comments.site import Site
from comments.thread_addresses import WEB_ADDRESS, thread_key
from comments.validation import thread_problems


class PageNames:
    """`base` completes addresses without a host; `moved` maps old to new names, as `thread move --file` reads them."""

    def __init__(self, site: Site, base: str = "", moved: Mapping[str, str] | None = None) -> None:
        self._site, self._moved = site, moved or {}
        self._base = base or next(iter(site.origins), "")

    def thread(self, link: str) -> str:
        """Return the thread of a page. A name that is no address is a key."""
        link = link.strip()
        if self._base and not WEB_ADDRESS.match(link) and link[:1] in ("/", "?"):
            link = urljoin(f"{self._base.rstrip('/')}/", link)
        name = thread_key(link, self._site)
        for _ in range(2):  # the file may map a page to one that moved again
            name = self._moved.get(name, name)
        return name

    def problem(self, thread: str) -> str:
        """Return the reason why a thread cannot have this name; "" for none."""
        return next((problem.message for problem in thread_problems(thread)), "")

    def is_elsewhere(self, thread: str) -> bool:
        """Return True for the address of a page on another site. Its comments would be seen on no page."""
        has_address = bool(WEB_ADDRESS.match(thread)) and bool(urlsplit(thread).netloc)
        return bool(self._site.origins) and has_address and not page_link(self._site, thread)
