"""The operations page in a browser: it refreshes, shows a lost connection, and works without scripts."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from comments.person import Person
from comments.pseudonyms import new_id, token_digest
from comments.storage.system_history import SystemSample
from tests.browser.conftest import Desktop, Live, sign_in
from tests.browser.pages import content_width
from tests.browser.test_accessibility import admin_link
from tests.browser.test_layout import TOO_FAINT
from tests.support.builders import accepted


@pytest.fixture
def healthy(live: Live) -> Live:
    for part in ("judge", "background", "sweep"):
        live.storage.heartbeats.beat(part, f"{part}-1", 60)
    return live


def operator_page(desktop: Desktop, live: Live, **options: object) -> Page:
    live.storage.people.put(Person("op", {"demo": "owner"}, operator=True, setup="done"))
    token = new_id()
    live.storage.people.put_link(token_digest(token), "op", 60)
    page = desktop.open(**options)
    if options.get("java_script_enabled", True):
        page.clock.install()
    sign_in(page, f"{live.url}/link/{token}")
    page.goto(f"{live.url}/ops")
    return page


def let_it_refresh(page: Page) -> None:
    """Put the page's clock forward by the time between two refreshes."""
    page.clock.run_for(2_000)


def test_figures_update_on_the_open_page(desktop: Desktop, healthy: Live) -> None:
    page = operator_page(desktop, healthy)
    waiting = page.locator("#figure-queued")
    expect(waiting).to_have_text("0")
    page.evaluate("window.loadedOnce = true")
    for n in range(3):
        accepted(healthy.storage, site="demo", content=f"Number {n}")
    let_it_refresh(page)
    expect(waiting).to_have_text("3")
    expect(page.locator("#sites td").nth(1)).to_have_text("3")
    expect(page.locator("[data-rate=figure-accepted]")).to_contain_text("per ")
    assert page.evaluate("window.loadedOnce")


def test_problems_update_on_the_open_page(desktop: Desktop, live: Live) -> None:
    page = operator_page(desktop, live)
    headline = page.get_by_role("heading", level=1)
    expect(headline).to_contain_text("problem")
    live.storage.heartbeats.beat("judge", "judge-1", 60)
    let_it_refresh(page)
    expect(page.get_by_text("No judge is running")).to_have_count(0)
    expect(page.get_by_text("The sweep is not running")).to_be_visible()


def test_a_lost_connection_and_its_return_are_shown(desktop: Desktop, healthy: Live) -> None:
    page = operator_page(desktop, healthy)
    headline = page.get_by_role("heading", level=1)
    before = headline.inner_text()
    page.route("**/ops?*", lambda route: route.abort())
    let_it_refresh(page)
    expect(headline).to_have_text("No answer from the server. Retrying; these figures are old.")
    page.unroute("**/ops?*")
    let_it_refresh(page)
    expect(headline).to_have_text(before)


def test_an_ended_session_is_shown(desktop: Desktop, healthy: Live) -> None:
    page = operator_page(desktop, healthy)
    page.context.clear_cookies()
    let_it_refresh(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your session has ended")


def test_it_works_without_javascript(desktop: Desktop, healthy: Live) -> None:
    accepted(healthy.storage, site="demo")
    page = operator_page(desktop, healthy, java_script_enabled=False)
    expect(page.locator("#figure-queued")).to_have_text("1")
    assert page.locator("meta[http-equiv=refresh]").get_attribute("content") == "5"


@pytest.fixture
def with_history(healthy: Live) -> Live:
    """Record two hours, in which the number of comments grows by the minute."""
    minute = datetime.now(UTC).replace(second=0, microsecond=0)
    for n in range(120):
        at = minute - timedelta(minutes=119 - n)
        total = n * (n + 1) // 2
        sample = SystemSample(
            at,
            accepted=total,
            published=total,
            attempts=total + n,
            queued=n,
            oldest_seconds=n / 10,
            memory_bytes=n * 10**6,
        )
        healthy.storage.system_history.add(sample)
    return healthy


def test_the_charts_show_the_last_hour_and_other_ranges(desktop: Desktop, with_history: Live) -> None:
    page = operator_page(desktop, with_history)
    charts = page.locator(".chart")
    expect(charts.locator("canvas")).to_have_count(charts.count())
    assert charts.count() >= 5
    chart = page.get_by_role("group", name="Chart: Comments per minute")
    chart.focus()
    page.keyboard.press("Home")
    expect(chart.locator("output")).to_contain_text("Accepted ")
    page.get_by_role("navigation", name="Range").get_by_role("link", name="24 hours").click()
    expect(page.locator("table[data-chart=rates] tbody tr")).to_have_count(96)
    expect(charts.locator("canvas")).to_have_count(charts.count())


def test_the_charts_are_drawn_again_once_a_minute(desktop: Desktop, with_history: Live) -> None:
    page = desktop.open()
    page.clock.install()
    sign_in(page, admin_link(with_history))
    page.goto(f"{with_history.url}/ops")
    expect(page.locator("#memory canvas")).to_be_visible()
    page.locator("details", has=page.locator("table[data-chart=waiting]")).locator("summary").click()
    page.evaluate("document.activeElement.blur(); document.querySelector('#memory').dataset.old = 'yes'")
    page.clock.run_for(63_000)
    expect(page.locator("#memory[data-old]")).to_have_count(0)
    expect(page.locator("#memory canvas")).to_be_visible()
    expect(page.locator("table[data-chart=waiting]")).to_be_visible()


def test_the_charts_are_tables_without_javascript(desktop: Desktop, with_history: Live) -> None:
    page = operator_page(desktop, with_history, java_script_enabled=False)
    rows = page.locator("table[data-chart=memory] tbody tr")
    expect(rows).to_have_count(60)
    expect(rows.nth(-1)).to_contain_text("MB")
    page.get_by_role("link", name="14 days").click()
    expect(rows).to_have_count(84)


def test_without_history_the_page_says_what_makes_it(desktop: Desktop, live: Live) -> None:
    page = operator_page(desktop, live)
    expect(page.get_by_text("The sweep records one sample each minute.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_on_a_phone_and_has_enough_contrast(
    desktop: Desktop, live: Live, scheme: str, with_history: Live
) -> None:
    for part in ("judge", "sweep"):
        live.storage.heartbeats.beat(part, f"{part}-1", 0)
    page = operator_page(desktop, live, width=390, color_scheme=scheme)
    assert content_width(page) <= 390
    assert page.evaluate(TOO_FAINT) == []
    for part in ("judge", "background", "sweep"):
        live.storage.heartbeats.beat(part, f"{part}-1", 60)
    let_it_refresh(page)
    expect(page.get_by_text("No judge is running")).to_have_count(0)
    assert page.evaluate(TOO_FAINT) == []
