"""A moderator tries a text, with and without scripts."""

from datetime import UTC, datetime
from itertools import product

import pytest
from playwright.sync_api import Page, expect

from comments.storage.checks import CheckRequest, new_check_id
from tests.browser.conftest import Desktop, Live, sign_in
from tests.browser.pages import content_width
from tests.browser.test_accessibility import WIDTHS, violations
from tests.support.builders import a_comment, a_site

ADVERT = "Best casino bonus, play now at http://casino-bonus.example.top/win and http://bit.ly/x7y2"


def try_text(page: Page, live: Live) -> None:
    page.goto(f"{live.url}/sites/demo/test")
    page.get_by_label("Text").fill(ADVERT)
    page.get_by_label("Name").fill("BestCasino Bonus")
    page.get_by_role("button", name="Test", exact=True).click()
    expect(page.get_by_text("Would need review")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_moderator_sees_the_verdict_with_and_without_scripts(live: Live, desktop: Desktop, scripts: bool) -> None:
    page = desktop.open(java_script_enabled=scripts)
    sign_in(page, live.link("mo", demo="moderator"))
    try_text(page, live)
    reasons = page.get_by_role("group", name="Reasons")
    expect(reasons).to_contain_text("Looks like advertising")
    expect(reasons).to_contain_text("It links to bit.ly, which hides the real address.")
    expect(reasons).to_contain_text("Would be published if the author were known")
    expect(page.get_by_label("Text")).to_have_value(ADVERT)
    assert live.storage.comments.counters("demo").accepted == 0


def test_the_verdict_is_accessible_and_fits_on_a_phone(live: Live, desktop: Desktop) -> None:
    page = desktop.open()
    sign_in(page, live.link("mo", demo="moderator"))
    try_text(page, live)
    for scheme, width in product(("light", "dark"), WIDTHS):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == []
        assert content_width(page) <= width


@pytest.mark.parametrize("path", ["test", "settings/review"])
def test_a_page_without_scripts_looks_again_until_the_answer_is_there(live: Live, desktop: Desktop, path: str) -> None:
    """Browsers do not reload an address with a fragment for a Refresh without an address."""
    page = desktop.open(java_script_enabled=False)
    sign_in(page, live.link("mo", demo="owner"))
    asked = CheckRequest(a_site(id="demo"), "mo", datetime.now(UTC), (a_comment(site="demo"),))
    id = live.storage.checks.ask("demo", new_check_id(), asked).id
    address = f"test/{id}#verdict" if path == "test" else f"settings/review?preview={id}.{id}#preview"
    page.goto(f"{live.url}/sites/demo/{address}")
    for _ in range(2):
        with page.expect_request(lambda request: id in request.url):
            pass  # the page asks by itself
