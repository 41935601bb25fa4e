"""The demo page with the widget, and without JavaScript: on a phone, in dark mode, by keyboard."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from comments.lifecycle import Status
from comments.thread_addresses import thread_key
from service.demo import DEMO_SITE
from tests.browser.conftest import Desktop, Live
from tests.browser.pages import content_width, follow
from tests.browser.test_layout import TOO_FAINT
from tests.browser.widget import reply, write
from tests.support.builders import NOW, a_site, published

HARD_TO_FIT = "w" * 300 + "\n\n    " + "code " * 60 + "\n\n> quoted\n\n- one\n- two\n\n[a link](https://example.org)"


def address(live: Live) -> str:
    return f"{live.url}/demo/"


def thread(live: Live) -> str:
    return thread_key(address(live), a_site(id=DEMO_SITE))


def some_comments(live: Live) -> None:
    parent = ""
    for n in range(8):
        name = "n" * 120 if n == 2 else f"Reader {n}"
        at = NOW + timedelta(seconds=n)
        comment = published(
            live.storage,
            site="demo",
            thread=thread(live),
            parent=parent,
            author=name,
            content=HARD_TO_FIT,
            received=at,
        )
        parent = comment.id


def fill(page: Page, **fields: str) -> None:
    for label, text in fields.items():
        page.get_by_label(label).fill(text)
    follow(page.get_by_role("button", name="Post comment"))


def every_page(page: Page, live: Live, check: str) -> list[object]:
    """Evaluate `check` on the article with the plain form, on the form after an error, and on the status page."""
    page.route("**/widget.js", lambda route: route.abort())
    results = []
    page.goto(address(live))
    results.append(page.evaluate(check))
    page.locator("form.reply").evaluate("form => { form.noValidate = true }")
    fill(page, Comment="", Name="", Email="x" * 60)
    expect(page.get_by_role("alert")).to_be_visible()
    results.append(page.evaluate(check))
    fill(page, Comment="A reply", Name="Ines", Email="ines@example.org")
    results.append(page.evaluate(check))
    return results


def with_the_widget(page: Page, live: Live) -> Page:
    page.goto(address(live))
    # Only the widget has it. The plain list and form, which it replaces, have the same heading and the same field.
    expect(page.locator("[part=comments]").get_by_role("heading", name="8 comments")).to_be_attached()
    page.get_by_role("textbox", name="Comment").focus()
    return page


def test_the_article_has_the_widget_below_it(desktop: Desktop, live: Live) -> None:
    some_comments(live)
    page = with_the_widget(desktop.open(), live)
    write(page, "From the demo page, with kind regards")
    expect(page.get_by_role("status")).to_contain_text("Thank you.")
    assert live.storage.comments.counters("demo").accepted == 9


@pytest.mark.parametrize("width", [360, 1280])
def test_pages_fit_on_a_phone_and_a_desktop(desktop: Desktop, live: Live, width: int) -> None:
    some_comments(live)
    widths = every_page(desktop.open(width=width), live, "document.documentElement.scrollWidth")
    page = with_the_widget(desktop.open(width=width), live)
    assert [*widths, content_width(page)] == [width] * 4


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(desktop: Desktop, live: Live, scheme: str) -> None:
    some_comments(live)
    assert every_page(desktop.open(color_scheme=scheme), live, TOO_FAINT) == [[], [], []]


def test_a_visitor_can_comment_without_javascript(desktop: Desktop, live: Live) -> None:
    live.storage.sites.put(a_site(id="demo", origins=(live.url,), per_minute=0, moderation="all"))
    reply(live, thread(live), author="Ada", content="I was here first.")
    page = desktop.open(java_script_enabled=False)
    page.goto(address(live))
    expect(page.get_by_text("I was here first.")).to_be_visible()
    expect(page.get_by_role("heading", name="Leave a Reply")).to_be_visible()
    expect(page.get_by_text("Your email address will not be published. Required fields are marked *")).to_be_visible()
    fill(page, Comment="I think so too.", Name="Ines", Email="ines@example.org")
    expect(page.get_by_role("heading", name="Your comment is awaiting moderation")).to_be_visible()
    waiting = live.one(Status.HELD)
    assert (waiting.thread, waiting.content, waiting.trap) == (thread(live), "I think so too.", "")


def test_the_honeypot_is_invisible_and_not_in_the_tab_order(desktop: Desktop, live: Live) -> None:
    page = desktop.open(java_script_enabled=True)
    page.route("**/widget.js", lambda route: route.abort())
    page.goto(address(live))
    trap = page.locator(".trap")
    assert max(trap.bounding_box()[side] for side in ("width", "height")) <= 1
    expect(trap).to_have_css("overflow", "hidden")
    expect(trap).to_have_css("clip-path", "inset(50%)")
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
    assert content_width(page) == 360
