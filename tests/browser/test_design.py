"""Every page has the same frame and width, fits small phones, and works by keyboard and without JavaScript."""

import re
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.conftest import Desktop, Live, sign_in
from tests.browser.test_accessibility import STARTS, admin_link, reachable, seeded
from tests.support.wait import wait_until

__all__ = ["seeded"]

COMPONENTS = Path(__file__).parents[2] / "service/templates/components.html"
#: Widths of phones, in pixels.
PHONES = (320, 390)
#: The demo article and the pages for readers have the look of a website, not of the review desk.
OTHER_LOOK = ("/demo", "/v1/")
FITS = "document.documentElement.scrollWidth <= innerWidth"
#: Largest width of a page's content in pixels, without the side panel of the queue.
CONTENT_WIDTH = """main => parseFloat(getComputedStyle(main).maxWidth) - (main.matches(".queue-page")
  ? parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--panel")) * 16 : 0)"""


def test_every_page_has_one_width_and_fits_small_phones(desktop: Desktop, seeded: Live) -> None:
    page = desktop.open()
    sign_in(page, admin_link(seeded))
    widths = {}
    for path in reachable(page, seeded, *STARTS):
        if not urlsplit(page.url).path.startswith(OTHER_LOOK):
            page.set_viewport_size({"width": 1280, "height": 800})
            widths[path] = page.locator("main").evaluate(CONTENT_WIDTH)
        for width in PHONES:
            page.set_viewport_size({"width": width, "height": 800})
            # Charts follow the width a moment later. The pages' policy forbids `wait_for_function`.
            wait_until(partial(page.evaluate, FITS), f"{path} fits {width} pixels")
    assert len(set(widths.values())) == 1, widths


def test_the_style_page_shows_every_macro(desktop: Desktop, live: Live) -> None:
    page = desktop.open()
    sign_in(page, live.link(demo="owner"))
    page.goto(f"{live.url}/review/styles")
    shown = set(page.locator("[data-piece]").evaluate_all("pieces => pieces.map((piece) => piece.dataset.piece)"))
    assert shown == set(re.findall(r"{% macro (\w+)\(", COMPONENTS.read_text()))
    assert page.locator("[data-piece]:empty").count() == 0


def test_the_skip_link_leads_past_the_side_bar(desktop: Desktop, live: Live) -> None:
    page = desktop.open()
    sign_in(page, live.link(demo="owner"))
    page.goto(f"{live.url}/sites/demo/team")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#main$"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_side_bar_works_by_keyboard(desktop: Desktop, live: Live) -> None:
    page = desktop.open()
    sign_in(page, live.link(demo="owner"))
    page.goto(f"{live.url}/sites/demo/team")
    summary = page.locator(".side summary")
    summary.focus()
    page.keyboard.press("Enter")
    sites = page.locator(".side .menu").get_by_role("link", name="Your sites")
    expect(sites).to_be_visible()
    page.keyboard.press("Escape")
    expect(sites).to_be_hidden()
    expect(summary).to_be_focused()
    page.get_by_role("navigation", name="Site", exact=True).get_by_role("link", name="Spam").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Site", exact=True).get_by_role("link", name="Spam")).to_have_attribute(
        "aria-current", "page"
    )


def test_menus_of_phones_work_without_javascript(desktop: Desktop, live: Live) -> None:
    page = desktop.open(width=390, java_script_enabled=False, has_touch=True)
    sign_in(page, live.link(demo="owner"))
    page.goto(f"{live.url}/review/demo")
    page.locator(".bottom summary").click()
    page.locator(".bottom .menu").get_by_role("link", name="Settings").click()
    expect(page.get_by_role("heading", name="Settings", level=1)).to_be_visible()
    page.locator(".switcher summary").click()
    page.locator(".switcher .menu").get_by_role("link", name="Your sites").click()
    expect(page.get_by_role("heading", name="Your sites", level=1)).to_be_visible()


def test_people_see_only_the_entries_of_their_role(desktop: Desktop, live: Live) -> None:
    page = desktop.open()
    sign_in(page, live.link(demo="viewer"))
    page.goto(f"{live.url}/review/demo")
    entries = page.get_by_role("navigation", name="Site", exact=True)
    expect(entries.get_by_role("link", name="Needs review")).to_be_visible()
    expect(entries.get_by_role("link", name="Settings")).to_have_count(0)
    expect(page.get_by_role("link", name="Operations")).to_have_count(0)


def test_exact_times_have_the_local_time(desktop: Desktop, live: Live) -> None:
    page = desktop.open(timezone_id="Asia/Tokyo", locale="en-GB")
    sign_in(page, live.link(demo="owner"))
    page.goto(f"{live.url}/account")
    title = page.locator("main time").first.get_attribute("title") or ""
    local, utc = title.split(" · ")
    assert utc.endswith("UTC")
    assert local[-8:-6] == f"{(int(utc[11:13]) + 9) % 24:02}"
