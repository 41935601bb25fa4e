"""The demo page and the reply form without JavaScript: on a phone, in dark mode, by keyboard."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desktop, Live
from tests.browser.test_layout import TOO_FAINT
from tests.support.builders import published

HARD_TO_FIT = "w" * 300 + "\n\n    " + "code " * 60 + "\n\n> quoted\n\n- one\n- two\n\n[a link](https://example.org)"


def thread(live: Live) -> str:
    return f"{live.url}/demo/"


def some_replies(live: Live) -> None:
    parent = ""
    for n in range(8):
        name = "n" * 120 if n == 2 else f"Reader {n}"
        reply = published(
            live.storage, site="demo", thread=thread(live), parent=parent, author=name, content=HARD_TO_FIT
        )
        parent = reply.id


def fill(page: Page, **fields: str) -> None:
    for label, text in fields.items():
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Post comment").click()
    page.wait_for_load_state()


def every_page(page: Page, live: Live, check: str) -> list[object]:
    """Evaluate `check` on the article, on the form after an error, and on the status page."""
    results = []
    page.goto(thread(live))
    results.append(page.evaluate(check))
    page.locator("form.reply").evaluate("form => { form.noValidate = true }")
    fill(page, Comment="", Name="", Email="x" * 60)
    expect(page.get_by_role("alert")).to_be_visible()
    results.append(page.evaluate(check))
    fill(page, Comment="A reply", Name="Ines", Email="ines@example.org")
    results.append(page.evaluate(check))
    return results


def test_pages_fit_on_a_phone(desktop: Desktop, live: Live) -> None:
    some_replies(live)
    widths = every_page(desktop.open(width=360, java_script_enabled=True), live, "document.documentElement.scrollWidth")
    assert widths == [360, 360, 360]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(desktop: Desktop, live: Live, scheme: str) -> None:
    some_replies(live)
    assert every_page(desktop.open(color_scheme=scheme), live, TOO_FAINT) == [[], [], []]


def test_a_visitor_can_reply_without_javascript(desktop: Desktop, live: Live) -> None:
    ada = published(live.storage, site="demo", thread=thread(live), author="Ada")
    page = desktop.open(java_script_enabled=False)
    page.goto(thread(live))
    page.get_by_role("link", name="Reply to Ada").click()
    expect(page.get_by_role("heading", name="Leave a reply to Ada")).to_be_visible()
    fill(page, Comment="I think so too.", Name="Ines", Email="ines@example.org")
    expect(page.get_by_role("heading", name="Your reply is awaiting moderation")).to_be_visible()
    (id,) = parse_qs(urlsplit(page.url).query)["comment"]
    waiting = live.storage.comments.get("demo", id)
    assert (waiting.parent, waiting.trap) == (ada.id, "")


def test_the_honeypot_is_invisible_and_not_in_the_tab_order(desktop: Desktop, live: Live) -> None:
    page = desktop.open()
    page.goto(thread(live))
    box = page.locator('input[name="website"]').bounding_box()
    assert box is None or box["x"] + box["width"] <= 0
    page.get_by_label("Comment").focus()
    reached = []
    for _ in range(5):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.name || document.activeElement.tagName"))
    assert reached[:4] == ["author", "email", "url", "BUTTON"]


def test_the_api_page_fits_on_a_phone_and_has_enough_contrast(desktop: Desktop, live: Live) -> None:
    for scheme in ("light", "dark"):
        page = desktop.open(color_scheme=scheme)
        page.goto(f"{live.url}/docs")
        assert page.evaluate(TOO_FAINT) == []
    page = desktop.open(width=360)
    page.goto(f"{live.url}/docs")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
