"""The service below a path of its public address, such as /replies of https://example.com/replies."""

from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Page, expect

from comments.lifecycle import Status
from tests.browser.conftest import Desktop, Live, sign_in
from tests.browser.test_accessibility import STARTS, admin_link, reachable, seeded
from tests.browser.test_triage import create_held, statuses
from tests.support.wait import wait_until

__all__ = ["seeded"]

PATH = "/replies"
#: Every address that a page names.
NAMED = """() => ["href", "src", "action", "formaction", "data-steps"].flatMap((name) =>
  [...document.querySelectorAll(`[${name}]`)].map((element) => element.getAttribute(name)))"""


@pytest.fixture
def public_path() -> str:
    return PATH


def requested(page: Page, live: Live) -> list[str]:
    """Return a list that grows by the path of each request of this page to the service."""
    paths: list[str] = []
    host = urlsplit(live.url).netloc
    page.on("request", lambda r: paths.append(urlsplit(r.url).path) if urlsplit(r.url).netloc == host else None)
    return paths


def outside(addresses: list[str], page: Page) -> list[str]:
    """Return the addresses on this server that are not below the path."""
    host = urlsplit(page.url).netloc
    absolute = [urlsplit(urljoin(page.url, address)) for address in addresses]
    return [a.path for a in absolute if a.netloc == host and not f"{a.path}/".startswith(f"{PATH}/")]


def test_every_address_of_every_page_is_below_the_path(desktop: Desktop, seeded: Live) -> None:
    page = desktop.open()
    paths = requested(page, seeded)
    sign_in(page, admin_link(seeded))
    wrong = {path: found for path in reachable(page, seeded, *STARTS) if (found := outside(page.evaluate(NAMED), page))}
    assert wrong == {}
    assert outside(paths, page) == []
    assert len(paths) > 50


def test_moderators_sign_in_decide_undo_and_use_bulk_actions_below_the_path(desktop: Desktop, live: Live) -> None:
    comments = create_held(live, 5, content="An offer")
    page = desktop.open()
    paths = requested(page, live)
    page.goto(f"{live.url}/review/demo?q=offer")
    page.wait_for_url(f"{live.url}/sign-in?**")
    page.goto(live.link())
    with page.expect_request("**/review/events?*"):  # presence is followed
        page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{live.url}/review/demo?q=offer")
    expect(page.locator(".card.current")).to_have_count(1)
    page.keyboard.press("a")
    wait_until(lambda: Status.APPROVED in statuses(live, comments))
    page.keyboard.press("u")
    wait_until(lambda: Status.APPROVED not in statuses(live, comments))
    page.goto(f"{live.url}/review/demo/bulk?action=spam&q=offer")
    page.locator(".bulk-buttons button").click()
    expect(page.get_by_role("button", name="Undo 5 decisions")).to_be_visible()
    wait_until(lambda: set(statuses(live, comments)) == {Status.SPAM})
    assert outside(paths, page) == []


def test_visitors_write_and_withdraw_below_the_path(desktop: Desktop, live: Live) -> None:
    page = desktop.open(java_script_enabled=False)
    paths = requested(page, live)
    page.goto(f"{live.url}/demo/")
    for label, text in {"Comment": "A reply.", "Name": "Ines", "Email": "ines@example.org"}.items():
        page.get_by_label(label).first.fill(text)
    page.get_by_role("button", name="Post comment").click()
    page.wait_for_url(f"{live.url}/v1/sites/demo/comments/**")
    comment = live.one(Status.HELD)
    page.get_by_text("Withdraw").first.click()
    page.get_by_role("button", name="Withdraw").click()
    wait_until(lambda: live.status(comment) is Status.WITHDRAWN)
    assert outside(paths, page) == []


def test_the_widget_works_below_the_path(desktop: Desktop, live: Live) -> None:
    page = desktop.open()
    paths = requested(page, live)
    with page.expect_request("**/comments?*"):  # the widget reads the thread
        page.goto(f"{live.url}/demo/")
    expect(page.locator("replygate-comments")).to_be_visible()
    assert outside(paths, page) == []
