"""Settings in the browser: errors and focus, the preview, a paused and a deleted site, an expired session."""

import pytest
from playwright.sync_api import Page, expect

from comments.lifecycle import Action, Status
from comments.pseudonyms import token_digest
from tests.browser.conftest import Desktop, Live, sign_in
from tests.browser.pages import Website
from tests.browser.test_accessibility import violations
from tests.support.builders import accepted, decided

WORDS = "/sites/demo/settings/words"
#: Height of the longest page of settings in pixels, at a width of 1280.
MAX_HEIGHT = 1500
GROUPS = ("site", "commenting", "review", "words", "reports", "notices", "privacy", "programs", "advanced")


def owner_page(live: Live, desktop: Desktop, **options: object) -> Page:
    page = desktop.open(**options)
    sign_in(page, live.link("ow", demo="owner"))
    return page


def submit(page: Page, live: Live, content: str) -> None:
    """Submit a comment as a program would. The filters judge it at once."""
    body = {"thread": "post", "author": "Ada", "email": "ada@example.org", "content": content}
    assert page.request.post(f"{live.url}/v1/sites/demo/comments", data=body).status == 202


def test_wrong_settings_stay_typed_and_the_first_has_the_focus(live: Live, desktop: Desktop) -> None:
    page = owner_page(live, desktop)
    page.goto(f"{live.url}/sites/demo/settings/advanced")
    page.get_by_label("Review threshold").fill("9")
    page.get_by_label("Honeypot field").fill("email")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Review threshold")).to_be_focused()
    expect(page.get_by_label("Honeypot field")).to_have_value("email")
    expect(page.get_by_role("alert")).to_contain_text("Review threshold, Honeypot field")
    assert violations(page) == []


@pytest.mark.parametrize("group", GROUPS)
def test_no_group_is_longer_than_a_screen_and_a_half(live: Live, desktop: Desktop, group: str) -> None:
    page = owner_page(live, desktop, width=1280)
    page.goto(f"{live.url}/sites/demo/settings/{group}")
    assert page.evaluate("document.documentElement.scrollHeight") <= MAX_HEIGHT
    assert violations(page) == []


def test_the_preview_follows_what_is_typed_and_nothing_is_saved(live: Live, desktop: Desktop) -> None:
    page = owner_page(live, desktop)
    submit(page, live, "A zeppelin over the town.")
    page.goto(f"{live.url}{WORDS}")
    page.get_by_label("Spam words").fill("zeppelin")
    expect(page.locator("#preview")).to_contain_text("1 of the latest 1 comments would be treated differently")
    expect(page.locator("#preview .changed li")).to_have_count(1)
    expect(page.get_by_text("Not saved yet.")).to_be_visible()
    assert live.storage.sites.get("demo").reject_words == ()
    assert violations(page) == []


def test_the_preview_works_without_scripts(live: Live, desktop: Desktop) -> None:
    page = owner_page(live, desktop, java_script_enabled=False)
    submit(page, live, "A zeppelin over the town.")
    page.goto(f"{live.url}{WORDS}")
    page.get_by_label("Spam words").fill("zeppelin")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_contain_text("1 of the latest 1 comments would be treated differently")
    expect(page.get_by_label("Spam words")).to_have_value("zeppelin")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Settings saved.")).to_be_visible()
    assert [term.text for term in live.storage.sites.get("demo").reject_words] == ["zeppelin"]


@pytest.mark.parametrize("script", [True, False])
def test_a_paused_site_says_so_in_the_widget(live: Live, desktop: Desktop, website: Website, script: bool) -> None:
    page = owner_page(live, desktop, java_script_enabled=script)
    page.goto(f"{live.url}/sites/demo/settings")
    page.get_by_label("Pause new comments").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Settings saved.")).to_be_visible()
    reader = desktop.open()
    reader.goto(f"{live.url}/demo/")
    expect(reader.get_by_text("Comments are paused.")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_a_site_is_deleted_by_its_name_and_restored(live: Live, desktop: Desktop, script: bool) -> None:
    page = owner_page(live, desktop, java_script_enabled=script)
    page.goto(f"{live.url}/sites/demo/settings")
    page.get_by_role("link", name="Delete site").click()
    page.get_by_label("Type the name").fill("demo")
    page.get_by_role("button", name="Delete site").click()
    expect(page.get_by_label("Type the name")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Type the name").fill("The Daily Loaf")
    page.get_by_role("button", name="Delete site").click()
    expect(page.get_by_role("heading", name="The Daily Loaf was deleted")).to_be_visible()
    if script:
        assert violations(page) == []
    assert page.request.get(f"{live.url}/v1/sites/demo/comments?thread=a").status == 410
    page.get_by_role("button", name="Restore site").click()
    page.wait_for_url("**/review/demo")


@pytest.mark.parametrize("script", [True, False])
def test_a_decision_after_the_session_ended_is_kept(live: Live, desktop: Desktop, script: bool) -> None:
    comment = decided(live.storage, accepted(live.storage, site="demo", author="Gus Marlow"), Action.HOLD)
    page = desktop.open(java_script_enabled=script)
    sign_in(page, live.link("mo", demo="moderator"))
    page.goto(f"{live.url}/review/demo?order=newest")
    for session in live.storage.people.sessions("mo"):
        live.storage.people.close_session(session)
    page.locator("#cards form.actions").get_by_role("button", name="Spam").click()
    page.wait_for_url("**/sign-in**")
    assert live.status(comment) is Status.HELD
    live.storage.people.put_link(token_digest("again"), "mo", 60)
    page.goto(f"{live.url}/link/again")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/resume")
    expect(page.get_by_text("You pressed Spam for the comment by Gus Marlow.")).to_be_visible()
    if script:
        assert violations(page) == []
    page.get_by_role("button", name="Spam").click()
    page.wait_for_url("**/review/demo?**order=newest**")
    assert live.status(comment) is Status.SPAM
