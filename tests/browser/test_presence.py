"""Two moderators at the same time, each in a browser, on the real web server, which event streams need."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from comments.lifecycle import Status
from comments.model import Comment
from comments.person import Person
from comments.storage.interfaces import Storage
from tests.browser.conftest import Desktop, Live, sign_in
from tests.browser.pages import content_width
from tests.browser.test_accessibility import violations
from tests.browser.test_moderating import three_held
from tests.support.builders import a_site
from tests.support.running_service import running_service as run_service
from tests.support.wait import wait_until
from tests.support.web_app import held


@pytest.fixture
def served(redis_storage: Storage, valkey_url: str) -> Iterator[Live]:
    redis_storage.sites.put(a_site(id="demo", name="The Daily Loaf"))
    with run_service(valkey_url) as url:
        yield Live(url, redis_storage)


def open_queue(desktop: Desktop, live: Live, name: str, path: str = "/review/demo", **options: object) -> Page:
    live.storage.people.put(Person(name, {"demo": "moderator"}))
    page = desktop.open(**options)
    sign_in(page, live.link(name))
    if path.startswith("/review"):
        open_followed(page, live.url + path)
    else:
        page.goto(live.url + path)
    return page


def open_followed(page: Page, address: str, site: str = "demo") -> None:
    """Open a page of comments, and wait until the server sends its updates. It counts what arrives from then on."""
    with page.expect_response(lambda answer: f"/{site}/review/events" in answer.url):
        page.goto(address)


def add_held_comment(live: Live, **changes: object) -> None:
    """Add a held comment that is newer than all open pages, whose times are rounded to seconds."""
    held(live.storage, **{"site": "demo", "received": datetime.now(UTC) + timedelta(seconds=1), **changes})


def presence_of(page: Page, comment: Comment):
    return page.locator(f"#c-{comment.id} .company")


def top(page: Page, comment: Comment) -> float:
    box = page.locator(f"#c-{comment.id}").bounding_box()
    assert box
    return box["y"]


def test_a_moderator_sees_which_comment_a_colleague_has_open(desktop: Desktop, served: Live) -> None:
    ines, jon, _ = three_held(served)
    mo, bo = open_queue(desktop, served, "Mo"), open_queue(desktop, served, "Bo")
    first = bo.locator(".card.current").get_attribute("data-id")
    expect(mo.locator(f"#c-{first} .company")).to_have_text("Bo is looking at this")
    bo.keyboard.press("j")
    expect(mo.locator(f"#c-{first} .company")).to_be_hidden()
    expect(mo.get_by_text("Bo is looking at this")).to_have_count(1)
    bo.goto(f"{served.url}/review/demo/{jon.id}")
    expect(presence_of(mo, jon)).to_have_text("Bo is looking at this")
    bo.close()
    expect(presence_of(mo, jon)).to_be_hidden()
    assert ines


def test_presence_ends_with_a_decision_and_locks_no_comment(desktop: Desktop, served: Live) -> None:
    (comment,) = [held(served.storage, site="demo")]
    mo, bo = open_queue(desktop, served, "Mo"), open_queue(desktop, served, "Bo")
    expect(presence_of(mo, comment)).to_have_text("Bo is looking at this")
    mo.keyboard.press("s")
    wait_until(lambda: served.status(comment) is Status.SPAM)
    expect(presence_of(bo, comment)).to_have_text("Marked as spam by Mo")
    bo.keyboard.press("a")
    expect(bo.locator(f"#c-{comment.id} .outcome")).to_contain_text("Someone else was faster")
    counts = {status: bo.locator(f".side [data-count={status}]") for status in ("held", "approved", "spam")}
    for status, n in (("held", 0), ("approved", 0), ("spam", 1)):
        expect(counts[status]).to_have_text(str(n))
    wait_until(
        lambda: [look.by for look in served.storage.presence.viewers("demo")] == ["Bo"], "Mo has left the comment"
    )


def test_decisions_of_others_and_new_comments_move_no_card(desktop: Desktop, served: Live) -> None:
    comments = three_held(served)
    mo, bo = open_queue(desktop, served, "Mo"), open_queue(desktop, served, "Bo")
    mo.keyboard.press("j")
    before = [top(mo, comment) for comment in comments]
    first = bo.locator(".card.current").get_attribute("data-id")
    bo.keyboard.press("a")
    expect(mo.locator(f"#c-{first} .company")).to_have_text("Approved by Bo")
    add_held_comment(served, author="Newcomer")
    add_held_comment(served, author="Another")
    new_link = mo.get_by_role("link", name="2 new")
    expect(new_link).to_be_visible()
    assert [top(mo, comment) for comment in comments] == before
    assert violations(mo) == []
    new_link.click()
    expect(mo.get_by_role("heading", name="Newcomer")).to_be_visible()
    expect(mo.get_by_role("link", name="2 new")).to_have_count(0)


def test_without_event_streams_the_page_polls(desktop: Desktop, served: Live) -> None:
    three_held(served)
    bo, mo = open_queue(desktop, served, "Bo"), open_queue(desktop, served, "Mo", "/account")
    expect(bo.locator(".card.current")).to_have_count(1)
    wait_until(lambda: served.storage.presence.viewers("demo"), "Bo has a comment open")
    mo.route(re.compile(r"/events\?(?!.*once)"), lambda route: route.fulfill(status=502))
    mo.goto(f"{served.url}/review/demo")
    expect(mo.get_by_text("Bo is looking at this")).to_be_visible()


def test_an_empty_queue_shows_new_comments(desktop: Desktop, served: Live) -> None:
    mo = open_queue(desktop, served, "Mo")
    expect(mo.get_by_text("No comments need review")).to_be_visible()
    add_held_comment(served)
    expect(mo.get_by_role("link", name="1 new")).to_be_visible()
    expect(mo.locator(".side [data-count=held]")).to_have_text("1")


def test_the_queue_of_all_sites_shows_new_comments_of_each_site(desktop: Desktop, served: Live) -> None:
    served.storage.sites.put(a_site(id="shop", name="The Shop"))
    three_held(served)
    mo = open_queue(desktop, served, "Mo", "/account")
    served.storage.people.put(Person("Mo", {"demo": "moderator", "shop": "moderator"}))
    open_followed(mo, f"{served.url}/review/all?author=Ines", "shop")
    expect(mo.locator(".side [data-count=held]")).to_have_text("3")
    add_held_comment(served, site="shop")
    expect(mo.locator(".side [data-count=held]")).to_have_text("4")
    mo.get_by_role("link", name="1 new in all").click()
    expect(mo.locator(".card")).to_have_count(4)
    expect(mo.locator(".side [data-count=held]")).to_have_text("4")


def test_updates_end_with_the_session(desktop: Desktop, served: Live) -> None:
    mo = open_queue(desktop, served, "Mo")
    expect(mo.get_by_text("No comments need review")).to_be_visible()
    with mo.expect_event("requestfinished", lambda request: "/events" in request.url):
        for digest in served.storage.people.sessions("Mo"):
            served.storage.people.close_session(digest)
        add_held_comment(served)
    expect(mo.get_by_role("link", name="1 new")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_on_a_phone_and_is_accessible(desktop: Desktop, served: Live, scheme: str) -> None:
    (comment,) = [held(served.storage, site="demo", author="x" * 150)]
    mo = open_queue(desktop, served, "Mo", width=390, color_scheme=scheme)
    open_queue(desktop, served, "Somebody with a long name, on a phone, in the dark of the night")
    add_held_comment(served)
    expect(presence_of(mo, comment)).to_be_visible()
    expect(mo.get_by_role("link", name="1 new")).to_be_visible()
    assert content_width(mo) <= 390
    assert violations(mo) == []
