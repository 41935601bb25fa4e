"""The way from a page to the server, which a test cuts and mends."""

from playwright.sync_api import Page


class Line:
    """Laid before the page is loaded: a request may slip past what is laid afterwards.

    Until it is mended, what goes by it waits for the test to speak to the page: no waiting on the server alone.
    """

    def __init__(self, page: Page, addresses: str) -> None:
        self._page, self._addresses, self._is_cut = page, addresses, False
        page.route(addresses, lambda route: route.abort() if self._is_cut else route.continue_())
        page.reload()

    def cut(self) -> None:
        self._is_cut = True

    def mend(self) -> None:
        self._page.unroute(self._addresses)
