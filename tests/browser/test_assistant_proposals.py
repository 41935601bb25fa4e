"""Moderators see what an assistant proposes, and take it with one key or one click."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from comments.audit import AuditQuery
from comments.lifecycle import Status
from comments.model import Comment
from comments.storage.notes_and_bulks import Note
from tests.browser.conftest import Desktop, Live, sign_in
from tests.support.wait import wait_until
from tests.support.web_app import held

REASON = "It sells pills and links to a shop."


def proposed(live: Live, action: str = "spam") -> Comment:
    comment = held(live.storage, site="demo", author="Ines", received=datetime.now(UTC).replace(microsecond=0))
    live.storage.notes.add("demo", comment.id, Note("helper", datetime.now(UTC), REASON, action, comment.version))
    return comment


def queue(desktop: Desktop, live: Live) -> Page:
    page = desktop.open()
    sign_in(page, live.link())
    page.goto(f"{live.url}/review/demo")
    expect(page.locator(".card.current")).to_be_visible()
    return page


def test_one_key_takes_the_decision_that_is_proposed(desktop: Desktop, live: Live) -> None:
    comment = proposed(live)
    page = queue(desktop, live)
    row = page.locator(f"#c-{comment.id}")
    expect(row.locator(".proposal")).to_contain_text(f"Proposed by helper just now: Spam. {REASON}")
    expect(row.get_by_role("button", name="Accept: spam")).to_be_visible()
    page.keyboard.press("y")
    wait_until(lambda: live.status(comment) is Status.SPAM)
    expect(row.locator(".outcome")).to_contain_text("Spam · you")
    (entry,) = live.storage.audit.page("demo", AuditQuery(action="comment"), 5).rows
    assert entry.by != "helper"


@pytest.mark.parametrize("action", ["approve", "remove"])
def test_a_click_takes_it_too(desktop: Desktop, live: Live, action: str) -> None:
    comment = proposed(live, action)
    queue(desktop, live).locator(f"#c-{comment.id} .accept").click()
    wait_until(lambda: live.status(comment) is (Status.APPROVED if action == "approve" else Status.REMOVED))


def test_the_key_does_nothing_without_a_proposal(desktop: Desktop, live: Live) -> None:
    comment = held(live.storage, site="demo")
    page = queue(desktop, live)
    page.keyboard.press("y")
    page.keyboard.press("e")
    assert live.status(comment) is Status.HELD
