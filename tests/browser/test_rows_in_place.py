"""Tools of a row: a staff reply and closing the thread, in place with a script, with a fitting confirmation without."""

import pytest
from playwright.sync_api import expect

from comments.lifecycle import Status
from tests.browser.conftest import Desktop, Live
from tests.browser.connection import hold_requests
from tests.browser.test_rows import TEXT, open_at
from tests.browser.test_triage import create_held, statuses
from tests.support.wait import wait_until


def test_a_reply_keeps_the_page_and_the_settled_rows(desktop: Desktop, live: Live) -> None:
    first, second, _ = create_held(live, 3, content=TEXT, author="Ines")
    page = open_at(desktop, live, 1280, 900)
    page.keyboard.press("s")
    expect(page.locator(f"#c-{first.id} .outcome")).to_have_text("Spam · you, just now")
    page.keyboard.press("c")
    page.keyboard.type("From dusk on.")
    page.locator(f"#c-{second.id}").get_by_role("button", name="Approve and reply").click()
    expect(page.locator(f"#c-{second.id} .outcome")).to_have_text("Approved, and replied to Ines")
    expect(page.locator(f"#c-{second.id}.current.decided")).to_be_visible()
    expect(page.locator(f"#c-{first.id} .outcome")).to_have_text("Spam · you, just now")
    assert live.status(second) is Status.APPROVED
    assert [c.content for c in live.storage.threads.newest("demo", second.thread, 5) if c.parent] == ["From dusk on."]
    page.keyboard.press("u")
    wait_until(lambda: live.status(second) is Status.HELD)
    page.keyboard.press("u")
    wait_until(lambda: live.status(first) is Status.HELD)


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_closing_a_thread_is_confirmed_and_can_be_taken_back(
    desktop: Desktop, live: Live, java_script_enabled: bool
) -> None:
    comment, _ = create_held(live, 2, content=TEXT)
    page = open_at(desktop, live, 1280, 900, java_script_enabled=java_script_enabled)
    row = page.locator(f"#c-{comment.id}")
    if not java_script_enabled:
        row.get_by_text("Details").click()
    row.get_by_role("button", name="Close the thread").click()
    confirmation = row.locator(".outcome") if java_script_enabled else page.locator(".notice")
    expect(confirmation).to_contain_text("Thread closed")
    assert live.storage.threads.is_closed("demo", comment.thread)
    confirmation.get_by_role("button", name="Open").click()
    expect(confirmation).to_contain_text("Thread open")
    assert not live.storage.threads.is_closed("demo", comment.thread)


def test_a_late_answer_takes_no_field_from_a_moderator_who_types(desktop: Desktop, live: Live) -> None:
    """In the list, the letters that follow would be shortcuts."""
    comments = create_held(live, 2, content=TEXT)
    page = open_at(desktop, live, 1280, 900)
    waiting = hold_requests(page, "**/notes")
    page.keyboard.press("n")
    page.keyboard.type("Seen before")
    page.keyboard.press("Tab")
    with page.expect_request("**/notes"):
        page.keyboard.press("Enter")
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.keyboard.type("Thanks, ")
    waiting[0].continue_()
    expect(page.locator(f"#c-{comments[0].id} .before .note")).to_contain_text("Seen before")
    page.keyboard.type("as ever")
    expect(page.locator(f"#c-{comments[1].id} .staff-reply textarea")).to_have_value("Thanks, as ever")
    assert statuses(live, comments) == [Status.HELD, Status.HELD]
