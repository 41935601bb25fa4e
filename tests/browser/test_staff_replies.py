"""Moderators reply from the card, by key and without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from comments.lifecycle import Status
from tests.browser.conftest import Desktop, Live, sign_in
from tests.support.wait import wait_until
from tests.support.web_app import held


def queue(desktop: Desktop, live: Live, **options: object) -> Page:
    page = desktop.open(**options)
    sign_in(page, live.link())
    page.goto(f"{live.url}/review/demo")
    return page


def replies(live: Live) -> list[tuple[str, str]]:
    rows = live.storage.comments.by_status("demo", Status.APPROVED, 10).rows
    return [(c.content, c.role) for c in rows if c.parent]


def test_a_moderator_replies_by_keyboard(desktop: Desktop, live: Live) -> None:
    question = held(live.storage, site="demo", content="When does the harbour open?")
    page = queue(desktop, live)
    page.keyboard.press("c")
    page.keyboard.type("At six, sharp.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Replied")).to_be_visible()
    assert replies(live) == [("At six, sharp.", "staff")]
    assert live.status(question) is Status.APPROVED


@pytest.mark.parametrize("width", [1280, 390])
def test_a_moderator_replies_without_javascript(desktop: Desktop, live: Live, width: int) -> None:
    held(live.storage, site="demo", content="Is the lamp lit?")
    page = queue(desktop, live, java_script_enabled=False, width=width)
    page.get_by_text("Details").click()
    page.locator(".answer summary").click()
    page.get_by_label("Reply as").fill("It is, from dusk on.")
    page.get_by_role("button", name="Approve and reply").click()
    wait_until(lambda: replies(live) == [("It is, from dusk on.", "staff")])
    expect(page.get_by_text("Replied")).to_be_visible()
