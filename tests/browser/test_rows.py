"""Rows of the queue: how many fit, the list that goes on, density, results in place, and thirty decisions in a row."""

from collections.abc import Callable
from itertools import cycle

import pytest
from playwright.sync_api import Page, expect

from comments.lifecycle import Status
from tests.browser.conftest import Desktop, Live, sign_in
from tests.browser.pages import content_width
from tests.browser.test_accessibility import violations
from tests.browser.test_triage import create_held, queue, statuses
from tests.support.wait import wait_until
from tests.support.web_app import held

TEXT = "The ferry was late again today. I waited at the pier for an hour, and the wind came from the east all morning."

#: Counts rows that are whole on the screen, above the bottom bar of a phone.
WHOLE_ROWS = """() => {
  const bar = document.querySelector(".bottom");
  const end = bar && getComputedStyle(bar).display !== "none" ? bar.getBoundingClientRect().top : innerHeight;
  const boxes = [...document.querySelectorAll(".card")].map((row) => row.getBoundingClientRect());
  return boxes.filter((box) => box.top >= 0 && box.bottom <= end).length;
}"""
#: Adds up the pixels that the page scrolls.
COUNT_SCROLLING = """() => {
  window.scrolled = 0;
  let at = scrollY;
  addEventListener("scroll", () => { window.scrolled += Math.abs(scrollY - at); at = scrollY; });
}"""


def open_at(desktop: Desktop, live: Live, width: int, height: int, query: str = "", **options: object) -> Page:
    page = queue(desktop, live, query, **options)
    page.set_viewport_size({"width": width, "height": height})
    return page


@pytest.mark.parametrize(("width", "height", "least"), [(1280, 900, 6), (1920, 1080, 7), (390, 844, 3)])
def test_several_whole_comments_fit_on_the_screen(
    desktop: Desktop, live: Live, width: int, height: int, least: int, record_property: Callable[[str, object], None]
) -> None:
    create_held(live, 12, content=TEXT)
    page = open_at(desktop, live, width, height)
    expect(page.locator(".card.current")).to_have_count(1)
    page.evaluate("scrollTo(0, 0)")
    rows = page.evaluate(WHOLE_ROWS)
    heights = page.locator(".card").evaluate_all("rows => rows.map((row) => Math.round(row.offsetHeight))")
    record_property("rows", rows)
    print(f"{width} x {height}: {rows} whole rows of {max(heights)} px")  # noqa: T201 - part of the report of a run
    assert rows >= least
    assert max(heights) <= 160
    buttons = page.locator(".card").nth(1).locator(".actions button")
    assert len({round(box["y"]) for box in (b.bounding_box() for b in buttons.all()) if box}) == 1
    assert content_width(page) <= width


def test_thirty_comments_by_keyboard_alone(
    desktop: Desktop, live: Live, record_property: Callable[[str, object], None]
) -> None:
    comments = create_held(live, 45, content=TEXT)
    page = open_at(desktop, live, 1280, 900)
    expect(page.locator(".card.current")).to_have_count(1)
    page.evaluate(COUNT_SCROLLING)
    keys = [key for key, _ in zip(cycle("asr"), range(30), strict=False)]
    for key in keys:
        page.keyboard.press(key)
    by_key = {"a": Status.APPROVED, "s": Status.SPAM, "r": Status.REMOVED}
    wait_until(lambda: statuses(live, comments[:30]) == [by_key[key] for key in keys])
    assert statuses(live, comments[30:]) == [Status.HELD] * 15
    scrolled = page.evaluate("window.scrolled")
    record_property("actions", len(keys))
    record_property("pixels scrolled", scrolled)
    print(f"30 comments by keyboard: {len(keys)} keys, {scrolled:.0f} px scrolled by the page")  # noqa: T201 - part of the report of a run


def test_thirty_comments_on_a_phone_by_touch(
    desktop: Desktop, live: Live, record_property: Callable[[str, object], None]
) -> None:
    comments = create_held(live, 35, content=TEXT)
    page = open_at(desktop, live, 390, 844, has_touch=True, is_mobile=True)
    expect(page.locator(".card.current")).to_have_count(1)
    page.evaluate(COUNT_SCROLLING)
    for comment, name in zip(comments[:30], cycle(["Approve", "Spam", "Remove"]), strict=False):
        page.locator(f"#c-{comment.id}.current").get_by_role("button", name=name).tap()
    wanted = [Status.APPROVED, Status.SPAM, Status.REMOVED] * 10
    wait_until(lambda: statuses(live, comments[:30]) == wanted)
    assert statuses(live, comments[30:]) == [Status.HELD] * 5
    scrolled = page.evaluate("window.scrolled")
    record_property("actions", 30)
    record_property("pixels scrolled", scrolled)
    print(f"30 comments by touch: 30 taps, {scrolled:.0f} px scrolled by the page, none by a finger")  # noqa: T201 - part of the report of a run


def swipe(page: Page, row: str, by: int, up: int = 0) -> None:
    """Move a finger over the text of a row, with the touch events of Chromium."""
    box = page.locator(f"{row} .content").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    client = page.context.new_cdp_session(page)
    client.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 11):
        point = {"x": x + by * step / 10, "y": y - up * step / 10}
        client.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_swipes_approve_and_mark_as_spam_and_can_be_undone(desktop: Desktop, live: Live) -> None:
    first, second, third = create_held(live, 3, content=TEXT)
    page = open_at(desktop, live, 390, 844, has_touch=True, is_mobile=True)
    expect(page.locator(".card.current")).to_have_count(1)
    expect(page.get_by_text("Swipe right to approve, left for spam")).to_be_visible()
    swipe(page, f"#c-{first.id}", 170)
    wait_until(lambda: live.status(first) is Status.APPROVED)
    swipe(page, f"#c-{second.id}", -170)
    wait_until(lambda: live.status(second) is Status.SPAM)
    swipe(page, f"#c-{third.id}", 40)
    swipe(page, f"#c-{third.id}", 10, up=150)
    expect(page.locator(".swiping")).to_have_count(0)
    page.locator(f"#c-{second.id}").get_by_role("button", name="Undo").tap()
    wait_until(lambda: live.status(second) is Status.HELD)
    assert live.status(third) is Status.HELD


def test_a_vertical_movement_scrolls_and_decides_nothing(desktop: Desktop, live: Live) -> None:
    comments = create_held(live, 12, content=TEXT)
    page = open_at(desktop, live, 390, 844, has_touch=True, is_mobile=True)
    expect(page.locator(".card.current")).to_have_count(1)
    swipe(page, f"#c-{comments[2].id}", 20, up=300)
    wait_until(lambda: page.evaluate("scrollY > 100"))
    assert set(statuses(live, comments)) == {Status.HELD}


def test_a_decided_row_keeps_its_text_and_is_undone_in_place(desktop: Desktop, live: Live) -> None:
    first, _second = create_held(live, 2, content=TEXT)
    page = open_at(desktop, live, 1280, 900)
    row = page.locator(f"#c-{first.id}")
    page.keyboard.press("s")
    expect(row.locator(".outcome")).to_have_text("Spam · you, just now")
    expect(row.locator(".content")).to_contain_text("The ferry was late")
    expect(row.locator(".content")).to_be_visible()
    expect(page.locator(".side [data-count=held]")).to_have_text("1")
    expect(page.locator(".side [data-count=spam]")).to_have_text("1")
    row.get_by_role("button", name="Undo").click()
    wait_until(lambda: live.status(first) is Status.HELD)
    expect(row.get_by_role("button", name="Approve")).to_be_visible()
    expect(page.locator(".side [data-count=held]")).to_have_text("2")


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_the_list_goes_on(desktop: Desktop, live: Live, java_script_enabled: bool) -> None:
    comments = create_held(live, 45, content=TEXT)
    page = open_at(desktop, live, 1280, 900, java_script_enabled=java_script_enabled)
    if not java_script_enabled:
        expect(page.locator(".card")).to_have_count(20)
        page.get_by_role("link", name="More comments").click()
        expect(page.locator(f"#c-{comments[20].id}")).to_be_visible()
        return
    for n in (40, 45):
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        expect(page.locator(f".card >> nth={n - 1}")).to_be_attached()
    ids = page.locator(".card").evaluate_all("rows => rows.map((row) => row.dataset.id)")
    assert ids == [comment.id for comment in comments]
    last = page.locator(".card").last
    last.get_by_role("button", name="Remove").click()
    wait_until(lambda: live.status(comments[-1]) is Status.REMOVED)
    expect(page.get_by_role("link", name="More comments")).to_have_count(0)


def test_the_density_is_remembered_with_and_without_a_script(desktop: Desktop, live: Live) -> None:
    create_held(live, 3, content=TEXT)
    for javascript in (True, False):
        page = open_at(desktop, live, 1280, 900, java_script_enabled=javascript)
        before = page.locator(".card").nth(1).evaluate("row => row.offsetHeight") if javascript else 0
        page.get_by_text("View", exact=True).click()
        page.get_by_role("link", name="Compact").click()
        expect(page.locator("main.compact")).to_have_count(1)
        if javascript:
            assert page.locator(".card").nth(1).evaluate("row => row.offsetHeight") < before
        answer = page.goto(f"{live.url}/review/demo")
        assert answer
        assert 'class="queue-page compact"' in answer.text()


def test_the_whole_text_is_shown_by_key_and_by_click(desktop: Desktop, live: Live) -> None:
    held(live.storage, site="demo", content=(TEXT + " ") * 8)
    page = open_at(desktop, live, 1280, 900)
    content = page.locator(".card .content")
    expect(page.get_by_role("button", name="Whole text")).to_be_visible()
    short = content.evaluate("text => text.clientHeight")
    page.keyboard.press("e")
    assert content.evaluate("text => text.clientHeight === text.scrollHeight")
    content.click()
    assert content.evaluate("text => text.clientHeight") == short


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (1000, "light"), (390, "dark")])
def test_the_rows_are_accessible(desktop: Desktop, live: Live, width: int, scheme: str) -> None:
    create_held(live, 5, content=TEXT * 3, author="A name that is much longer than the line of a phone is wide")
    page = desktop.open(width=width, color_scheme=scheme)
    sign_in(page, live.link())
    page.goto(f"{live.url}/review/demo")
    expect(page.locator(".card.current")).to_have_count(1)
    page.keyboard.press("s")
    page.keyboard.press("x")
    found = violations(page)
    page.locator(".card.current details.evidence").evaluate("details => { details.open = true }")
    assert found + violations(page) == []
