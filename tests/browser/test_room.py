"""Two moderators at once, each in a real browser, on the web part as it is shipped: streams need its server."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from comments.lifecycle import Status
from comments.model import Comment
from comments.site import Person
from comments.storage.interfaces import Storage
from tests.browser.conftest import Desktop, Live, sign_in
from tests.browser.test_accessibility import violations
from tests.browser.test_moderating import three_held
from tests.support.builders import a_site
from tests.support.desk import held
from tests.support.served import served as started
from tests.support.waiting import until


@pytest.fixture
def served(redis_storage: Storage, valkey_url: str) -> Iterator[Live]:
    redis_storage.sites.put(a_site(id="demo", name="The Daily Loaf"))
    with started(valkey_url) as url:
        yield Live(url, redis_storage)


def seat(desktop: Desktop, live: Live, name: str, path: str = "/review/demo", **options: object) -> Page:
    live.storage.people.put(Person(name, {"demo": "moderator"}))
    page = desktop.open(**options)
    sign_in(page, live.link(name))
    page.goto(live.url + path)
    return page


def arrive(live: Live, **changes: object) -> None:
    """A comment that came after every page there is; what others make are dated by the whole second."""
    held(live.storage, **{"site": "demo", "received": datetime.now(UTC) + timedelta(seconds=1), **changes})


def company(page: Page, comment: Comment):
    return page.locator(f"#c-{comment.id} .company")


def top(page: Page, comment: Comment) -> float:
    box = page.locator(f"#c-{comment.id}").bounding_box()
    assert box
    return box["y"]


def test_one_sees_what_a_colleague_looks_at(desktop: Desktop, served: Live) -> None:
    ines, jon, _ = three_held(served)
    mo, bo = seat(desktop, served, "Mo"), seat(desktop, served, "Bo")
    first = bo.locator(".card.current").get_attribute("data-id")
    expect(mo.locator(f"#c-{first} .company")).to_have_text("Bo is looking at this")
    bo.keyboard.press("j")
    expect(mo.locator(f"#c-{first} .company")).to_be_hidden()
    expect(mo.get_by_text("Bo is looking at this")).to_have_count(1)
    bo.goto(f"{served.url}/review/demo/{jon.id}")
    expect(company(mo, jon)).to_have_text("Bo is looking at this")
    bo.close()
    expect(company(mo, jon)).to_be_hidden()
    assert ines


def test_a_look_ends_with_what_one_decides_and_keeps_nobody_out(desktop: Desktop, served: Live) -> None:
    (comment,) = [held(served.storage, site="demo")]
    mo, bo = seat(desktop, served, "Mo"), seat(desktop, served, "Bo")
    expect(company(mo, comment)).to_have_text("Bo is looking at this")
    mo.keyboard.press("s")
    until(lambda: served.status(comment) is Status.SPAM)
    expect(company(bo, comment)).to_have_text("Marked as spam by Mo")
    bo.keyboard.press("a")
    expect(bo.locator(f"#c-{comment.id} .outcome")).to_contain_text("Somebody was faster")
    counts = {status: bo.locator(f"[data-count={status}]") for status in ("held", "approved", "spam")}
    for status, n in (("held", 0), ("approved", 0), ("spam", 1)):
        expect(counts[status]).to_have_text(str(n))
    until(lambda: [look.by for look in served.storage.presence.viewers("demo")] == ["Bo"], "Mo looks no more")


def test_what_others_settle_and_what_arrives_moves_no_card(desktop: Desktop, served: Live) -> None:
    comments = three_held(served)
    mo, bo = seat(desktop, served, "Mo"), seat(desktop, served, "Bo")
    mo.keyboard.press("j")
    before = [top(mo, comment) for comment in comments]
    first = bo.locator(".card.current").get_attribute("data-id")
    bo.keyboard.press("a")
    expect(mo.locator(f"#c-{first} .company")).to_have_text("Approved by Bo")
    arrive(served, author="Newcomer")
    arrive(served, author="Another")
    news = mo.get_by_role("link", name="2 new")
    expect(news).to_be_visible()
    assert [top(mo, comment) for comment in comments] == before
    assert violations(mo) == []
    news.click()
    expect(mo.get_by_role("heading", name="Newcomer")).to_be_visible()
    expect(mo.get_by_role("link", name="2 new")).to_have_count(0)


def test_where_streams_fail_one_hears_by_asking_again(desktop: Desktop, served: Live) -> None:
    three_held(served)
    bo, mo = seat(desktop, served, "Bo"), seat(desktop, served, "Mo", "/account")
    expect(bo.locator(".card.current")).to_have_count(1)
    until(lambda: served.storage.presence.viewers("demo"), "Bo looks")
    mo.route(re.compile(r"/events\?(?!.*once)"), lambda route: route.fulfill(status=502))
    mo.goto(f"{served.url}/review/demo")
    expect(mo.get_by_text("Bo is looking at this")).to_be_visible()


def test_an_empty_queue_says_when_something_arrives(desktop: Desktop, served: Live) -> None:
    mo = seat(desktop, served, "Mo")
    expect(mo.get_by_text("Nothing waits for you")).to_be_visible()
    arrive(served)
    expect(mo.get_by_role("link", name="1 new")).to_be_visible()
    expect(mo.locator("[data-count=held]")).to_have_text("1")


def test_over_all_sites_also_those_without_a_card_are_told_of(desktop: Desktop, served: Live) -> None:
    served.storage.sites.put(a_site(id="shop", name="The Shop"))
    three_held(served)
    mo = seat(desktop, served, "Mo", "/account")
    served.storage.people.put(Person("Mo", {"demo": "moderator", "shop": "moderator"}))
    mo.goto(f"{served.url}/review/all?author=Ines")
    expect(mo.locator("[data-count=held]")).to_have_text("3")
    arrive(served, site="shop")
    expect(mo.locator("[data-count=held]")).to_have_text("4")
    mo.get_by_role("link", name="1 new in all").click()
    expect(mo.locator(".card")).to_have_count(4)
    expect(mo.locator("[data-count=held]")).to_have_text("4")


def test_nothing_is_told_after_signing_out(desktop: Desktop, served: Live) -> None:
    mo = seat(desktop, served, "Mo")
    expect(mo.get_by_text("Nothing waits for you")).to_be_visible()
    for digest in served.storage.people.sessions("Mo"):
        served.storage.people.close_session(digest)
    with mo.expect_event("requestfinished", lambda request: "/events" in request.url):
        arrive(served)
    expect(mo.get_by_role("link", name="1 new")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_on_a_phone(desktop: Desktop, served: Live, scheme: str) -> None:
    (comment,) = [held(served.storage, site="demo", author="x" * 150)]
    mo = seat(desktop, served, "Mo", width=390, color_scheme=scheme)
    seat(desktop, served, "Somebody with a long name, on a phone, in the dark of the night")
    arrive(served)
    expect(company(mo, comment)).to_be_visible()
    expect(mo.get_by_role("link", name="1 new")).to_be_visible()
    assert mo.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(mo) == []
