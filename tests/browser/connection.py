"""A page's connection to the server, which a test can cut and restore, and single requests that wait for the test."""

from re import Pattern

from playwright.sync_api import Page, Route


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


def hold_requests(page: Page, addresses: str | Pattern[str]) -> list[Route]:
    """Return a list that grows by the page's requests to these addresses. Each waits until `continue_` is called."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route(addresses, hold)
    return waiting
