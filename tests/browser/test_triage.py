"""A queue of twenty by keyboard, bulk decisions on floods, and search."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from comments.lifecycle import Status
from comments.model import Comment
from tests.browser.conftest import Desktop, Live, sign_in
from tests.browser.pages import follow
from tests.support.builders import a_site
from tests.support.wait import wait_until
from tests.support.web_app import held


def create_held(live: Live, n: int, **changes: object) -> list[Comment]:
    """Create held comments, the oldest first as in the queue."""
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=n)
    return [
        held(
            live.storage, **{"site": "demo", "content": f"offer{k}", "received": start + timedelta(minutes=k)} | changes
        )
        for k in range(n)
    ]


def queue(desktop: Desktop, live: Live, query: str = "", **options: object) -> Page:
    page = desktop.open(**options)
    sign_in(page, live.link())
    page.goto(f"{live.url}/review/demo{query}")
    return page


def open_filters(page: Page) -> None:
    page.locator(".facets summary").click()


def statuses(live: Live, comments: list[Comment]) -> list[Status]:
    return [live.status(c) for c in comments]


def test_twenty_comments_are_decided_by_keyboard(desktop: Desktop, live: Live) -> None:
    comments = create_held(live, 20)
    page = queue(desktop, live)
    expect(page.locator(".card")).to_have_count(20)
    keys = "asr12" * 4
    for key in keys:
        page.keyboard.press(key)
    expect(page.get_by_role("heading", name="All done")).to_be_visible()
    by_key = {"a": Status.APPROVED, "s": Status.SPAM, "r": Status.REMOVED, "1": Status.REMOVED, "2": Status.REMOVED}
    wait_until(lambda: statuses(live, comments) == [by_key[key] for key in keys])
    reasons = [live.storage.comments.get("demo", c.id).decisions[-1].reason for c in comments]
    assert reasons == ["", "", "", "off-topic", "tone"] * 4
    for _ in range(3):
        page.keyboard.press("u")
    wait_until(lambda: statuses(live, comments[-3:]) == [Status.HELD] * 3)
    page.keyboard.press("/")
    page.keyboard.type("offer18")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=offer18**")
    expect(page.locator(".card")).to_have_count(1)
    page.keyboard.press("n")
    page.keyboard.type("Seen this before?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".before .note")).to_contain_text("Seen this before?")
    page.keyboard.press("o")
    page.wait_for_url(f"**/review/demo/{comments[18].id}")
    expect(page.get_by_role("heading", name="Notes")).to_be_visible()


def test_chosen_comments_are_decided_and_undone_together(desktop: Desktop, live: Live) -> None:
    comments = create_held(live, 6)
    page = queue(desktop, live)
    for key in ("x", "j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.keyboard.press("s")
    wait_until(lambda: statuses(live, comments) == [Status.SPAM] * 3 + [Status.HELD] * 3)
    expect(page.get_by_text("3 selected")).to_be_hidden()
    expect(page.locator(".all-of-them")).to_contain_text("All comments (3):")
    expect(page.locator(".facets section").first.locator(".count").first).to_have_text("3")
    page.keyboard.press("u")
    expect(page.locator(".all-of-them")).to_contain_text("All comments (6):")
    wait_until(lambda: statuses(live, comments) == [Status.HELD] * 6)


def test_a_range_is_chosen_with_shift_and_decided_by_a_button(desktop: Desktop, live: Live) -> None:
    comments = create_held(live, 5)
    page = queue(desktop, live)
    boxes = page.locator(".choose input")
    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.locator("#bulk").get_by_role("button", name="Approve").click()
    held_, approved = Status.HELD, Status.APPROVED
    wait_until(lambda: statuses(live, comments) == [held_, approved, approved, approved, held_])


def test_all_comments_of_an_author_are_decided_with_preview_progress_and_undo(desktop: Desktop, live: Live) -> None:
    bot_comments = create_held(live, 30, author="Bot")
    ines = held(live.storage, site="demo", author="Ines")
    page = queue(desktop, live)
    open_filters(page)
    follow(page.get_by_role("link", name="Bot 30"))
    expect(page.get_by_text("30 of 31 that need review")).to_be_visible()
    page.get_by_text("Decide all 30").click()
    page.locator(".all-of-them").get_by_role("button", name="Spam").click()
    expect(page.get_by_role("heading", name="Mark 30 comments as spam?")).to_be_visible()
    assert set(statuses(live, bot_comments)) == {Status.HELD}
    page.get_by_role("button", name="Mark 30 comments as spam").click()
    expect(page.get_by_role("heading", name="Marked 30 comments as spam")).to_be_visible()
    assert set(statuses(live, bot_comments)) == {Status.SPAM}
    assert live.status(ines) is Status.HELD
    page.get_by_role("button", name="Undo 30 decisions").click()
    expect(page.get_by_role("heading", name="Restored 30 comments")).to_be_visible()
    assert set(statuses(live, bot_comments)) == {Status.HELD}


def test_a_large_bulk_action_updates_its_progress(desktop: Desktop, live: Live) -> None:
    bot_comments = create_held(live, 620, author="Bot")
    page = queue(desktop, live)
    while live.storage.queue_index.outdated("demo", 1):
        page.reload()
    page.goto(f"{live.url}/review/demo/bulk?author=Bot&action=spam")
    page.get_by_role("button", name="Mark 620 comments as spam").click()
    expect(page.get_by_role("button", name="Undo 620 decisions")).to_be_visible()
    assert set(statuses(live, bot_comments)) == {Status.SPAM}


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_search_and_facets_have_addresses_to_share(desktop: Desktop, live: Live, java_script_enabled: bool) -> None:
    bread = held(live.storage, site="demo", author="Ines", content="Rye bread, please")
    held(live.storage, site="demo", author="Jon", content="Butter")
    page = queue(desktop, live, java_script_enabled=java_script_enabled)
    page.get_by_role("searchbox").fill("bread")
    with page.expect_navigation():
        page.get_by_role("searchbox").press("Enter")
    expect(page.locator(".card")).to_have_count(1)
    open_filters(page)
    follow(page.get_by_role("link", name="Ines 1"))
    shared = desktop.open()
    sign_in(shared, live.link("bo"))
    shared.goto(page.url)
    expect(shared.locator(f"#c-{bread.id}")).to_be_visible()
    expect(shared.locator(".card")).to_have_count(1)
    follow(page.get_by_role("link", name="Clear filters"))
    expect(page.locator(".card")).to_have_count(2)


def test_a_bulk_action_works_without_javascript(desktop: Desktop, live: Live) -> None:
    comments = create_held(live, 3)
    page = queue(desktop, live, java_script_enabled=False)
    page.locator(".choose input").nth(0).check()
    page.locator(".choose input").nth(2).check()
    page.locator("#bulk").get_by_role("button", name="Remove").click()
    page.get_by_label("Reason for the authors").select_option("off-topic")
    page.get_by_role("button", name="Remove 2 comments").click()
    expect(page.get_by_role("heading", name="Removed 2 comments")).to_be_visible()
    assert statuses(live, comments) == [Status.REMOVED, Status.HELD, Status.REMOVED]
    page.get_by_role("button", name="Undo 2 decisions").click()
    wait_until(lambda: statuses(live, comments) == [Status.HELD] * 3)


def test_a_reason_and_a_note_work_without_javascript(desktop: Desktop, live: Live) -> None:
    comment = held(live.storage, site="demo")
    page = queue(desktop, live, java_script_enabled=False)
    page.get_by_text("Details").click()
    page.locator(".more > summary", has_text="Note").click()
    page.get_by_label("Note for other moderators").fill("Second time this week")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator("#notes + ol")).to_contain_text("Second time this week")
    page.get_by_text("Remove with a reason").click()
    page.get_by_role("button", name="Off topic").click()
    expect(page.get_by_text("reason for the author: off-topic")).to_be_visible()
    assert live.status(comment) is Status.REMOVED


def test_comments_of_all_sites_are_decided_together(desktop: Desktop, live: Live) -> None:
    live.storage.sites.put(a_site(id="shop", name="The shop"))
    first, second = held(live.storage, site="demo"), held(live.storage, site="shop")
    page = desktop.open()
    sign_in(page, live.link(demo="moderator", shop="moderator"))
    page.goto(f"{live.url}/review/all")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("s")
    wait_until(lambda: statuses(live, [first, second]) == [Status.SPAM] * 2)
