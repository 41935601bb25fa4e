"""The daily work of a moderator, in a real browser."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from comments.lifecycle import Action, Status
from comments.model import Comment, Signal
from tests.browser.conftest import Desktop, Live, press_sign_in, sign_in
from tests.browser.connection import Line
from tests.browser.pages import follow
from tests.support.payloads import OWN
from tests.support.wait import wait_until
from tests.support.web_app import held, judged


def three_held(live: Live) -> list[Comment]:
    """Create three held comments, the oldest first as in the queue."""
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
    names = ("Ines", "Jon", "Kaya")
    return [
        held(live.storage, site="demo", author=name, received=start + timedelta(hours=n))
        for n, name in enumerate(names)
    ]


def queue(desktop: Desktop, live: Live, status: str = "held", **options: object) -> Page:
    page = desktop.open(**options)
    sign_in(page, live.link())
    page.goto(f"{live.url}/review/demo?status={status}")
    return page


def card(page: Page, comment: Comment):
    return page.locator(f"#c-{comment.id}")


def current(page: Page) -> str:
    return page.locator(".card.current").get_attribute("data-id") or ""


def send_comment(page: Page, live: Live, content: str) -> None:
    """Use the plain form. The widget would replace it while it is filled in."""
    page.route("**/widget.js", lambda route: route.abort())
    page.goto(f"{live.url}/demo/")
    page.get_by_label("Comment").fill(content)
    page.get_by_label("Name").fill("Ines")
    page.get_by_label("Email").fill("ines@example.org")
    follow(page.get_by_role("button", name="Post comment"))
    page.unroute("**/widget.js")


def test_a_comment_approved_by_key_is_published(desktop: Desktop, live: Live) -> None:
    text = "I walk there too, and the east wind is the half of it."
    visitor = desktop.open()
    send_comment(visitor, live, text)
    expect(visitor.get_by_text("awaiting moderation")).to_be_visible()
    waiting = live.one(Status.HELD)
    reader = desktop.open()
    reader.goto(f"{live.url}/demo/")
    reader.locator("replygate-comments").scroll_into_view_if_needed()
    expect(reader.get_by_role("heading", name="No comments yet")).to_be_visible()
    expect(reader.get_by_text(text)).to_have_count(0)

    page = desktop.open()
    press_sign_in(page, live.link())
    page.get_by_role("link", name="The Daily Loaf").click()
    expect(card(page, waiting)).to_contain_text(text)
    expect(page.locator(".card.current")).to_be_visible()  # the keyboard script is loaded
    page.keyboard.press("a")
    expect(card(page, waiting).locator(".outcome")).to_have_text("Published · you, just now")
    wait_until(lambda: live.status(waiting) is Status.APPROVED)

    visitor.goto(f"{live.url}/demo/")
    expect(visitor.get_by_text(text).filter(visible=True)).to_be_visible()


def test_spam_is_learned_and_undo_unlearns_it(desktop: Desktop, live: Live) -> None:
    comment = held(live.storage, site="demo")
    page = queue(desktop, live)
    page.keyboard.press("s")
    wait_until(lambda: live.storage.corpus.totals("demo") == (0, 1))
    assert live.status(comment) is Status.SPAM
    page.keyboard.press("u")
    wait_until(lambda: live.storage.corpus.totals("demo") == (0, 0))
    assert live.status(comment) is Status.HELD
    expect(card(page, comment).locator(".outcome")).to_have_text("Undone")


def test_a_queue_is_decided_by_keyboard(desktop: Desktop, live: Live) -> None:
    ines, jon, kaya = three_held(live)
    page = queue(desktop, live)
    assert current(page) == ines.id
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert current(page) == kaya.id
    page.keyboard.press("k")
    assert current(page) == jon.id
    page.keyboard.press("s")
    assert current(page) == kaya.id
    page.keyboard.press("r")
    assert current(page) == ines.id
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="All done")).to_be_visible()
    wait_until(lambda: [live.status(c) for c in (ines, jon, kaya)] == [Status.APPROVED, Status.SPAM, Status.REMOVED])
    for status, n in (("held", "0"), ("approved", "1"), ("spam", "1"), ("removed", "1")):
        expect(page.locator(f".side [data-count={status}]")).to_have_text(n)
    page.get_by_role("link", name="Check for new comments").click()
    expect(page.get_by_text("No comments need review")).to_be_visible()


def test_undo_reverts_several_decisions(desktop: Desktop, live: Live) -> None:
    comments = three_held(live)
    page = queue(desktop, live)
    for key in "asr":
        page.keyboard.press(key)
    for _ in comments:
        page.keyboard.press("u")
    wait_until(lambda: all(live.status(c) is Status.HELD for c in comments))
    expect(page.locator(".card.decided")).to_have_count(0)
    expect(page.locator(".side [data-count=held]")).to_have_text("3")
    expect(page.locator(".card").get_by_role("button", name="Approve")).to_have_count(3)


def test_buttons_do_the_same_as_keys(desktop: Desktop, live: Live) -> None:
    ines, jon, _ = three_held(live)
    page = queue(desktop, live)
    card(page, jon).get_by_role("button", name="Spam").click()
    wait_until(lambda: live.status(jon) is Status.SPAM)
    card(page, jon).get_by_role("button", name="Undo").click()
    wait_until(lambda: live.status(jon) is Status.HELD)
    assert live.status(ines) is Status.HELD


def test_the_second_moderator_sees_the_decision_of_the_first(desktop: Desktop, live: Live) -> None:
    comment = held(live.storage, site="demo")
    mine, theirs = queue(desktop, live), desktop.open()
    sign_in(theirs, live.link("bo"))
    theirs.goto(f"{live.url}/review/demo")
    theirs.keyboard.press("a")
    wait_until(lambda: live.status(comment) is Status.APPROVED)
    mine.keyboard.press("s")
    expect(card(mine, comment).locator(".outcome")).to_contain_text("Someone else was faster: approved by bo")
    expect(card(mine, comment).get_by_role("button")).to_have_text(["Spam s", "Remove r", "Undo u"])
    assert live.status(comment) is Status.APPROVED
    mine.keyboard.press("s")
    wait_until(lambda: live.status(comment) is Status.SPAM)


def test_a_failed_decision_is_shown_as_not_saved(desktop: Desktop, live: Live) -> None:
    comment = held(live.storage, site="demo")
    page = queue(desktop, live)
    line = Line(page, "**/decisions")
    line.cut()
    page.keyboard.press("a")
    expect(card(page, comment).locator(".outcome")).to_contain_text("Not saved")
    expect(page.locator(".card.decided")).to_have_count(0)
    expect(page.locator(".side [data-count=held]")).to_have_text("1")
    line.restore()
    page.keyboard.press("a")
    wait_until(lambda: live.status(comment) is Status.APPROVED)


def test_a_failed_undo_can_be_repeated(desktop: Desktop, live: Live) -> None:
    comment = held(live.storage, site="demo")
    page = queue(desktop, live)
    line = Line(page, "**/undo")
    page.keyboard.press("r")
    wait_until(lambda: live.status(comment) is Status.REMOVED)
    line.cut()
    page.keyboard.press("u")
    expect(card(page, comment).locator(".outcome")).to_contain_text("Not saved")
    line.restore()
    page.keyboard.press("u")
    wait_until(lambda: live.status(comment) is Status.HELD)


def test_an_ended_session_leads_to_the_sign_in_page(desktop: Desktop, live: Live) -> None:
    comment = held(live.storage, site="demo")
    page = queue(desktop, live)
    page.context.clear_cookies()
    page.keyboard.press("a")
    page.wait_for_url("**/sign-in**")
    assert live.status(comment) is Status.HELD


def test_single_keys_can_be_switched_off_and_ignore_modifiers(desktop: Desktop, live: Live) -> None:
    comment = held(live.storage, site="demo")
    page = queue(desktop, live)
    page.keyboard.press("Control+s")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("a")
    page.get_by_label("Use single-key shortcuts").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("a")
    page.reload()
    page.keyboard.press("a")
    page.get_by_role("button", name="Keyboard").click()
    page.get_by_label("Use single-key shortcuts").check()
    page.keyboard.press("Escape")
    assert live.status(comment) is Status.HELD
    page.keyboard.press("a")
    wait_until(lambda: live.status(comment) is Status.APPROVED)


@pytest.mark.parametrize(
    ("name", "status"), [("Approve", Status.APPROVED), ("Spam", Status.SPAM), ("Remove", Status.REMOVED)]
)
def test_a_comment_is_decided_and_undone_without_javascript(
    desktop: Desktop, live: Live, name: str, status: Status
) -> None:
    comment = held(live.storage, site="demo")
    page = queue(desktop, live, java_script_enabled=False)
    card(page, comment).get_by_role("button", name=name).click()
    expect(page.get_by_text("No comments need review")).to_be_visible()
    assert live.status(comment) is status
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".notice")).to_contain_text("Undone")
    assert live.status(comment) is Status.HELD
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_text_of_visitors_never_runs(desktop: Desktop, live: Live) -> None:
    for text in OWN:
        fields = dict.fromkeys(("author", "email", "url", "thread", "content", "user_agent", "referrer"), text)
        judged(live.storage, Action.HOLD, Signal("links.count", 1.0, text, 3.0), site="demo", **fields)
    page = queue(desktop, live)
    while (shown := page.locator(".card").count()) < len(OWN):
        page.locator(".card").last.scroll_into_view_if_needed()
        expect(page.locator(".card").nth(shown)).to_be_attached()
    page.evaluate("document.querySelectorAll('.evidence, .raw').forEach((details) => { details.open = true; })")
    follow(page.locator(".place a").first)
    page.goto(f"{live.url}/review/demo?order=newest")
    page.keyboard.press("a")
    expect(page.locator(".card.decided")).to_have_count(1)
    assert page.url.startswith(live.url)
