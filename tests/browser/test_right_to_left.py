"""Pages and fields for people who write from right to left."""

from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from comments.lifecycle import Status
from tests.browser.conftest import Desktop, Live
from tests.browser.pages import Website, content_width
from tests.browser.test_accessibility import violations
from tests.browser.widget import reply, script_tag

FORM = """<form method="post" action="{live}/v1/sites/demo/comments">
<input type="hidden" name="thread" value="{thread}">
<input type="hidden" name="lang" value="ar"><input name="content" value="مقال رائع!"><input name="author" value="محمد">
<input name="email" value="nobody@"><input name="url" value="https://example.org/"><button>Go</button></form>"""


def sideways(page: Page) -> int:
    """Return how far the page can be scrolled sideways, in pixels."""
    window: int = page.evaluate("document.documentElement.clientWidth")
    return content_width(page) - window


def style(element: Locator, name: str) -> str:
    value: str = element.evaluate("(element, name) => getComputedStyle(element)[name]", name)
    return value


@pytest.mark.parametrize("width", [1280, 390])
def test_the_form_and_the_status_page_are_mirrored(desktop: Desktop, live: Live, website: Website, width: int) -> None:
    thread = website.put("")
    reply(live, thread, author="Ada (2)", content="First!")
    website.put(FORM.format(live=live.url, thread=thread), "/form")
    page = desktop.open(width=width)
    page.goto(f"{website.url}/form")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_role("heading", name="لم يُرسَل تعليقك")).to_be_visible()
    assert sideways(page) == 0
    summary = page.get_by_role("alert")
    assert (style(summary, "borderRightWidth"), style(summary, "borderLeftWidth")) == ("4px", "0px")
    email = page.get_by_role("textbox", name="البريد الإلكتروني")
    assert (style(email, "direction"), style(email, "unicodeBidi")) == ("rtl", "plaintext")
    assert violations(page) == []
    email.fill("ada@example.org")
    page.get_by_role("button", name="إرسال التعليق").click()
    page.wait_for_url("**/v1/sites/demo/comments/*")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    time = page.get_by_role("article").get_by_role("time").first
    assert style(time, "direction") == "ltr"
    assert sideways(page) == 0
    assert violations(page) == []


def test_the_report_page_is_mirrored_and_the_quote_keeps_its_direction(
    desktop: Desktop, live: Live, website: Website
) -> None:
    comment = reply(live, f"{website.url}/post", author="דנה", content="First, read this.")
    page = desktop.open(width=390)
    page.goto(f"{live.url}/v1/sites/demo/comments/{comment.id}/reports?lang=he")
    quote = page.get_by_role("blockquote")
    assert (style(quote, "borderRightWidth"), style(quote, "borderLeftWidth")) == ("3px", "0px")
    assert style(quote.get_by_text("First, read this."), "direction") == "ltr"
    assert style(quote.get_by_text("מאת"), "direction") == "rtl"
    assert sideways(page) == 0
    assert violations(page) == []


@pytest.mark.parametrize("lang", ["ar", "he", "fa"])
def test_the_widget_brings_its_direction_to_a_page_without_one(
    desktop: Desktop, live: Live, website: Website, lang: str
) -> None:
    site = live.storage.sites.get("demo")
    live.storage.sites.put(replace(site, moderation="all"))
    page = desktop.open(width=390)
    page.goto(website.put(script_tag(live), lang=lang))
    text = page.locator("textarea")
    text.focus()
    assert style(text, "direction") == "rtl"
    text.fill("שלום (1)")
    page.locator("input[name=author]").fill("Ada")
    page.locator("input[name=email]").fill("ada@example.org")
    assert sideways(page) == 0
    page.locator("form button").last.click()
    expect(page.get_by_role("article")).to_be_visible()
    assert live.one(Status.HELD).content == "שלום (1)"
