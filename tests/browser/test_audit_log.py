"""The audit log in a browser: local time beside UTC, which stands alone without scripts."""

from playwright.sync_api import Page, expect

from comments.lifecycle import Action
from tests.browser.conftest import Desktop, Live, sign_in
from tests.browser.pages import content_width
from tests.browser.test_accessibility import violations
from tests.support.builders import accepted, decided, moderated


def open_audit(desktop: Desktop, live: Live, **options: object) -> Page:
    held = decided(live.storage, accepted(live.storage, site="demo", author="Gus " * 12), Action.HOLD)
    moderated(live.storage, held, Action.APPROVE)
    page = desktop.open(timezone_id="Asia/Tokyo", **options)
    sign_in(page, live.link())
    page.goto(f"{live.url}/sites/demo/audit")
    return page


def test_local_time_stands_beside_utc(desktop: Desktop, live: Live) -> None:
    page = open_audit(desktop, live)
    row = page.locator(".audit li").first
    expect(row).to_contain_text("mo published a comment by Gus")
    expect(row.locator(".local")).to_contain_text("GMT+9")
    expect(row.locator("time")).to_contain_text("UTC")


def test_without_scripts_times_are_utc_only(desktop: Desktop, live: Live) -> None:
    page = open_audit(desktop, live, java_script_enabled=False)
    expect(page.locator(".audit li time").first).to_contain_text("UTC")
    expect(page.locator(".local")).to_have_count(0)


def test_the_log_fits_a_phone_and_is_accessible(desktop: Desktop, live: Live) -> None:
    page = open_audit(desktop, live, width=390)
    assert content_width(page) <= 390
    assert violations(page) == []


def test_a_sentence_leads_to_the_comment(desktop: Desktop, live: Live) -> None:
    page = open_audit(desktop, live)
    page.get_by_role("link", name="a comment", exact=True).first.click()
    expect(page.locator("body")).to_contain_text("The second paragraph")
