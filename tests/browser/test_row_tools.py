"""Tools of a row besides decisions: pin, close the thread, add a rule, open near-copies."""

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from comments.lifecycle import Action, Role, Status
from comments.model import Decision
from comments.storage.values import CommentChange
from tests.browser.conftest import Desktop, Live, sign_in
from tests.browser.pages import Website
from tests.browser.test_accessibility import violations
from tests.browser.test_triage import create_held
from tests.browser.widget import COME_BACK, a_page, reply
from tests.support.builders import NOW, accepted, moderated
from tests.support.wait import wait_until
from tests.support.web_app import held


def queue(desktop: Desktop, live: Live, query: str = "", **options: object) -> Page:
    page = desktop.open(**{"width": 1280, **options})
    sign_in(page, live.link())
    page.goto(f"{live.url}/review/demo{query}")
    return page


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_a_comment_pinned_from_its_row_is_first_for_readers_in_every_order(
    desktop: Desktop, live: Live, website: Website, java_script_enabled: bool
) -> None:
    thread = a_page(live, website)
    for n in range(3):
        chosen = reply(live, thread, content=f"Comment {n}", received=NOW + timedelta(seconds=n % 2))
    reader = desktop.open()
    reader.goto(thread)
    expect(reader.get_by_role("article")).to_have_count(3)
    page = queue(desktop, live, "?status=approved", java_script_enabled=java_script_enabled)
    row = page.locator(f"#c-{chosen.id}")
    row.get_by_text("Details").click() if not java_script_enabled else row.locator(".content").click()
    row.get_by_role("button", name="Pin to the top").click()
    expect(row.locator(".badge.pinned")).to_be_visible()
    reader.evaluate(COME_BACK)
    for order in ("Newest first", "Oldest first"):
        reader.get_by_role("combobox", name="Sort comments").select_option(order)
        expect(reader.get_by_role("article").first).to_contain_text("Comment 2")
        expect(reader.get_by_role("article").first.get_by_text("Pinned", exact=True)).to_be_visible()
        expect(reader.get_by_text("Pinned", exact=True)).to_have_count(1)
    if java_script_enabled:
        row.get_by_role("button", name="Unpin").click()
        expect(row.locator(".badge.pinned")).to_be_hidden()
        assert live.storage.threads.are_pinned("demo", [chosen]) == [False]


def test_a_thread_closed_from_a_card_is_closed_in_the_widget_and_its_form(
    desktop: Desktop, live: Live, website: Website
) -> None:
    thread = a_page(live, website)
    reply(live, thread, content="A comment")
    held(live.storage, site="demo", thread=thread)
    page, reader = queue(desktop, live), desktop.open()
    page.get_by_role("button", name="Close the thread").click()
    expect(page.get_by_text("Comments are closed in this thread.")).to_be_visible()
    reader.goto(thread)
    expect(reader.get_by_text("Comments are closed.")).to_be_visible()
    expect(reader.get_by_role("textbox", name="Comment")).to_have_count(0)
    page.get_by_role("button", name="Open the thread").click()
    expect(page.get_by_role("button", name="Close the thread")).to_be_visible()
    reader.goto(thread)
    expect(reader.get_by_role("textbox", name="Comment")).to_be_visible()


def test_rules_about_the_author_are_added_from_the_row(desktop: Desktop, live: Live) -> None:
    comment = held(live.storage, site="demo")
    page = queue(desktop, live)
    page.get_by_role("button", name="Mute", exact=True).click()
    expect(page.locator(".author-summary .badge", has_text="muted")).to_be_visible()
    expect(page).to_have_url(f"{live.url}/review/demo#c-{comment.id}")
    page.get_by_role("link", name="Ban…", exact=True).click()
    page.get_by_role("button", name="Save rule").click()
    expect(page.locator(".author-summary .badge", has_text="banned")).to_be_visible()


def hold_wave(live: Live, n: int) -> None:
    for k in range(n):
        comment = accepted(live.storage, site="demo", content=f"Cheap watches {k}", received=NOW)
        decision = Decision(Action.HOLD, comment.status, Role.FILTERS, "filters", NOW, score=4.0)
        after = comment.with_decision(replace(decision, wave="0badf00d"))
        assert live.storage.comments.decide("demo", [CommentChange(comment, after)]) == [True]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_near_copies_are_opened_or_marked_as_spam_together(
    desktop: Desktop, live: Live, width: int, scheme: str
) -> None:
    hold_wave(live, 4)
    (other,) = create_held(live, 1)
    page = queue(desktop, live, width=width, color_scheme=scheme)
    wave = page.locator(".card.wave")
    expect(wave).to_contain_text("4 near-copies")
    assert violations(page) == []
    wave.get_by_role("link", name="Open").click()
    expect(page.locator(".card[data-id]")).to_have_count(4)
    page.goto(f"{live.url}/review/demo")
    wave.get_by_role("button", name="All spam").click()
    expect(page.locator("main")).to_contain_text("4 comments")
    wave.get_by_role("button", name="Yes").click()
    wait_until(lambda: live.storage.comments.counters("demo").current[Status.SPAM] == 4)
    page.goto(f"{live.url}/review/demo")
    expect(wave).to_have_count(0)
    expect(page.locator(f"#c-{other.id}")).to_be_visible()


def test_a_row_of_a_later_page_that_somebody_else_decided_keeps_their_decision(desktop: Desktop, live: Live) -> None:
    comments = create_held(live, 25)
    page = queue(desktop, live, "?order=oldest")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    row = page.locator(f"#c-{comments[-1].id}")
    expect(row).to_be_attached()
    moderated(live.storage, comments[-1], Action.REMOVE)
    row.locator(".content").click()
    page.keyboard.press("a")
    expect(row.locator(".outcome")).to_contain_text("Someone else was faster: removed by")
    expect(row.locator(".outcome")).to_contain_text("Your action was not applied")
    assert live.status(comments[-1]) is Status.REMOVED


@pytest.mark.parametrize("button", ["Pin to the top", "Close the thread"])
def test_a_tool_pressed_after_the_session_ended_is_kept_until_the_next_sign_in(
    desktop: Desktop, live: Live, website: Website, button: str
) -> None:
    comment = reply(live, a_page(live, website), content="A comment")
    page = queue(desktop, live, "?status=approved")
    row = page.locator(f"#c-{comment.id}")
    row.locator(".content").click()
    expect(row.get_by_role("button", name=button)).to_be_visible()
    for session in live.storage.people.sessions("mo"):
        live.storage.people.close_session(session)
    row.get_by_role("button", name=button).click()
    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    page.goto(live.link())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/resume")
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url("**/review/demo**")
    is_pinned = live.storage.threads.are_pinned("demo", [comment]) == [True]
    is_closed = live.storage.threads.is_closed("demo", comment.thread)
    assert (is_pinned, is_closed) == (button == "Pin to the top", button == "Close the thread")
