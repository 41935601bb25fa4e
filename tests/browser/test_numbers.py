"""Charts of numbers: drawn from their tables under the content security policy, read by keyboard, and not needed."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from comments.settings import Settings
from replygate.commands.demo_command import fill
from tests.browser.conftest import Desktop, Live, sign_in
from tests.browser.pages import content_width
from tests.browser.test_accessibility import admin_link, violations
from workers import deps as workers

UPLOT = Path(__file__).parents[2] / "service/static/vendor/uplot"
#: Returns the number of different colours in the bars of a chart.
COLOURS = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(Array.from(new Uint32Array(data.buffer)).filter((colour) => colour >>> 24 === 255)).size;
}"""


@pytest.fixture
def seeded(live: Live, valkey_settings: Settings) -> Live:
    fill(live.storage, replace(valkey_settings, public_url=live.url), "demo", 1, workers.now(), again=True)
    return live


def open_numbers(desktop: Desktop, live: Live, path: str = "/sites/demo/numbers", **options: object) -> Page:
    page = desktop.open(**options)
    sign_in(page, admin_link(live))
    page.goto(live.url + path)
    return page


def test_the_library_is_the_published_one() -> None:
    readme = (UPLOT / "README.md").read_text()
    for name in ("uPlot.iife.min.js", "uPlot.min.css"):
        assert sha256((UPLOT / name).read_bytes()).hexdigest() in readme


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_chart_is_drawn_from_its_table(desktop: Desktop, seeded: Live, scheme: str) -> None:
    page = open_numbers(desktop, seeded, "/sites/demo/numbers?range=7d", color_scheme=scheme)
    charts = page.locator(".chart")
    expect(charts.locator("canvas")).to_have_count(charts.count())
    assert charts.count() == 3
    assert charts.first.locator("canvas").evaluate(COLOURS) >= 3, "published, held and spam have a colour each"
    expect(page.get_by_role("region", name="Comments received, as a table")).to_be_hidden()
    page.get_by_text("Show as a table").first.click()
    expect(page.get_by_role("region", name="Comments received, as a table")).to_be_visible()


def test_a_chart_is_read_with_the_keyboard(desktop: Desktop, seeded: Live) -> None:
    page = open_numbers(desktop, seeded, "/sites/demo/numbers?range=7d")
    chart = page.get_by_role("group", name="Chart: Comments received")
    reading, rows = chart.locator("output"), page.locator("table[data-chart=outcomes] tbody tr")
    chart.focus()
    for key, n in (("End", 6), ("ArrowLeft", 5), ("Home", 0), ("ArrowRight", 1)):
        page.keyboard.press(key)
        row = rows.nth(n)
        name, published = row.locator("th").text_content(), row.locator("td").first.text_content()
        expect(reading).to_contain_text(f"{name}: Published {published}")


def test_without_scripts_the_tables_are_open(desktop: Desktop, seeded: Live) -> None:
    page = open_numbers(desktop, seeded, java_script_enabled=False)
    expect(page.get_by_role("region", name="Comments received, as a table")).to_be_visible()
    assert page.locator("canvas").count() == 0
    page.get_by_role("link", name="7 days").click()
    expect(page.locator("table[data-chart=outcomes] tbody tr")).to_have_count(7)


def test_a_range_is_chosen_with_a_link_and_kept_by_the_csv(desktop: Desktop, seeded: Live) -> None:
    page = open_numbers(desktop, seeded)
    page.get_by_role("navigation", name="Range").get_by_role("link", name="48 hours").click()
    expect(page.locator("table[data-chart=outcomes] tbody tr")).to_have_count(48)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "numbers-demo-48h.csv"


@pytest.mark.parametrize("path", ["/sites/demo/numbers", "/ops/numbers"])
def test_numbers_fit_a_phone_and_are_accessible(desktop: Desktop, seeded: Live, path: str) -> None:
    page = open_numbers(desktop, seeded, path, width=390)
    expect(page.locator(".chart canvas").first).to_be_visible()
    assert content_width(page) <= 390
    found = violations(page)
    page.locator("details summary").filter(has_text="Show as a table").first.click()
    assert found + violations(page) == []
