"""Rows of the queue under a mouse: nothing moves under the pointer, and a double click decides once."""

import pytest
from playwright.sync_api import Locator, Page, expect

from comments.lifecycle import Action, Status
from tests.browser.conftest import Desktop, Live
from tests.browser.test_rows import TEXT, open_at
from tests.browser.test_triage import create_held, statuses
from tests.support.builders import moderated
from tests.support.wait import wait_until

#: Resolves after the browser has drawn what the press changed.
TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
#: The place and size of everything in a row that a moderator reads or presses.
PLACES = """row => [...row.querySelectorAll("h2, .meta, .content, .foot, .actions, .actions button")]
  .map((part) => { const box = part.getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; })"""


def press_slowly(page: Page, target: Locator) -> None:
    """Press and release the mouse in the middle of an element, with some frames between."""
    box = target.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.evaluate(TWO_FRAMES)
    page.mouse.up()


@pytest.mark.parametrize("width", [820, 1100, 1280, 1920])
def test_a_slow_press_on_another_row_decides_about_that_row(desktop: Desktop, live: Live, width: int) -> None:
    comments = create_held(live, 4, content=TEXT * 2, author="A name that is rather long for a row")
    page = open_at(desktop, live, width, 900)
    expect(page.locator(f"#c-{comments[0].id}.current")).to_be_visible()
    wanted = {2: ("Approve", Status.APPROVED), 3: ("Spam", Status.SPAM), 1: ("Remove", Status.REMOVED)}
    for at, (name, status) in wanted.items():
        press_slowly(page, page.locator(f"#c-{comments[at].id}").get_by_role("button", name=name))
        wait_until(lambda at=at, status=status: live.status(comments[at]) is status)
    assert live.status(comments[0]) is Status.HELD


@pytest.mark.parametrize("width", [820, 1280])
def test_a_slow_press_works_on_published_comments(desktop: Desktop, live: Live, width: int) -> None:
    comments = [moderated(live.storage, comment, Action.APPROVE) for comment in create_held(live, 3, content=TEXT)]
    page = open_at(desktop, live, width, 900, "?status=approved")
    press_slowly(page, page.locator(f"#c-{comments[0].id}").get_by_role("button", name="Spam"))
    wait_until(lambda: live.status(comments[0]) is Status.SPAM)


@pytest.mark.parametrize("width", [390, 820, 1100, 1280, 1920])
def test_nothing_moves_when_a_row_becomes_current(desktop: Desktop, live: Live, width: int) -> None:
    comments = create_held(live, 3, content=TEXT * 2, author="A name that is rather long for a row")
    page = open_at(desktop, live, width, 900)
    row = page.locator(f"#c-{comments[1].id}")
    expect(page.locator(f"#c-{comments[0].id}.current")).to_be_visible()
    before = row.evaluate(PLACES)
    page.keyboard.press("j")
    expect(page.locator(f"#c-{comments[1].id}.current")).to_be_visible()
    page.evaluate(TWO_FRAMES)
    assert row.evaluate(PLACES) == before


def test_a_double_click_decides_once(desktop: Desktop, live: Live) -> None:
    comments = create_held(live, 4, content=TEXT)
    page = open_at(desktop, live, 1280, 900)
    page.locator(f"#c-{comments[1].id}").get_by_role("button", name="Approve").dblclick()
    page.locator(f"#c-{comments[2].id}").get_by_role("button", name="Remove").dblclick()
    wanted = [Status.HELD, Status.APPROVED, Status.REMOVED, Status.HELD]
    wait_until(lambda: statuses(live, comments) == wanted)
    expect(page.locator(f"#c-{comments[2].id} .outcome")).to_have_text("Removed · you, just now")
    assert [len(live.storage.comments.get("demo", c.id).decisions) for c in comments] == [1, 2, 2, 1]
