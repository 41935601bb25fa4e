"""A page's connection to the server, which a test can cut and restore."""

from playwright.sync_api import Page


class Line:
    """Route the page's requests through the test. Create it before the page loads, or requests may bypass it.

    While it exists, each request waits until the test calls Playwright. Do not wait for the server alone.
    """

    def __init__(self, page: Page, addresses: str) -> None:
        self._page, self._addresses, self._is_cut = page, addresses, False
        page.route(addresses, lambda route: route.abort() if self._is_cut else route.continue_())
        page.reload()

    def cut(self) -> None:
        self._is_cut = True

    def restore(self) -> None:
        self._page.unroute(self._addresses)
