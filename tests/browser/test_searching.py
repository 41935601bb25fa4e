"""A moderator searches published comments and saves the view, with and without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desktop, Live, sign_in
from tests.browser.pages import follow
from tests.support.builders import published
from tests.support.wait import wait_until


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_published_comments_are_searched_and_the_view_is_saved(
    desktop: Desktop, live: Live, java_script_enabled: bool
) -> None:
    bread = published(live.storage, site="demo", author="Ines", content="Rye bread, please")
    published(live.storage, site="demo", author="Jon", content="Butter")
    page: Page = desktop.open(java_script_enabled=java_script_enabled)
    sign_in(page, live.link())
    page.goto(f"{live.url}/review/demo?status=approved")
    expect(page.locator(".card")).to_have_count(2)
    page.get_by_role("searchbox").fill("brea*")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".card")).to_have_count(1)
    page.locator(".facets summary").filter(has_text="Filters").click()
    follow(page.get_by_role("link", name="Automatic 1"))
    expect(page.locator(f"#c-{bread.id}")).to_be_visible()
    page.get_by_text("Save this view", exact=True).first.click()
    page.get_by_label("Save this view as").fill("Bread")
    page.get_by_role("button", name="Save", exact=True).click()
    saved = page.get_by_role("navigation", name="Saved views").get_by_role("link", name="Bread")
    expect(saved).to_have_attribute("aria-current", "page")
    page.goto(f"{live.url}/review/demo")
    follow(saved)
    expect(page.locator(".card")).to_have_count(1)
    expect(page.get_by_role("searchbox")).to_have_value("brea*")
    wait_until(lambda: len(live.storage.people.get("mo").views) == 1)
