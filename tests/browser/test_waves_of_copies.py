"""Waves of near-copies in the queue: decided and undone in the row, by keyboard, with the evidence in the panel."""

from dataclasses import replace

from playwright.sync_api import Page, expect

from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Decision
from comments.storage.values import CommentChange
from tests.browser.conftest import Desktop, Live
from tests.browser.connection import Line
from tests.browser.test_accessibility import violations
from tests.browser.test_rows import TEXT, open_at
from tests.browser.test_triage import create_held, statuses
from tests.support.builders import NOW, accepted
from tests.support.wait import wait_until


def hold_in_wave(live: Live, n: int) -> list[Comment]:
    """Hold `n` comments that the judge found to be near-copies. They are older than other comments."""
    found = []
    for k in range(n):
        comment = accepted(live.storage, site="demo", content=f"Buy my bread {k}", thread=f"/page-{k % 3}")
        decision = Decision(Action.HOLD, Status.HELD, Role.FILTERS, "filters", NOW, score=4.0)
        after = comment.with_decision(replace(decision, wave="0badf00d"))
        assert live.storage.comments.decide("demo", [CommentChange(comment, after)]) == [True]
        found.append(after)
    return found


def open_wave(desktop: Desktop, live: Live, width: int = 1280) -> Page:
    page = open_at(desktop, live, width, 900)
    expect(page.locator(".card.wave.current")).to_be_visible()
    return page


def test_a_wave_is_decided_and_undone_by_keyboard_in_place(desktop: Desktop, live: Live) -> None:
    copies, (other, last) = hold_in_wave(live, 12), create_held(live, 2, content=TEXT)
    page = open_wave(desktop, live)
    while live.storage.queue_index.outdated("demo", 1):
        page.reload()
    address = page.url
    page.keyboard.press("s")
    expect(page.locator(".wave .question")).to_contain_text("Mark 12 comments as spam?")
    page.keyboard.press("Escape")
    expect(page.locator(".question")).to_have_count(0)
    for key in ("s", "Enter", "a"):
        page.keyboard.press(key)
    wait_until(lambda: set(statuses(live, copies)) == {Status.SPAM})
    wait_until(lambda: live.status(other) is Status.APPROVED)
    expect(page.locator(".wave .outcome")).to_have_text("12 comments: Spam · you, just now")
    expect(page.locator(".side [data-count=held]")).to_have_text("1")
    expect(page.locator(".side [data-count=spam]")).to_have_text("12")
    page.keyboard.press("u")
    page.keyboard.press("u")
    wait_until(lambda: set(statuses(live, [*copies, other, last])) == {Status.HELD})
    expect(page.locator(".side [data-count=held]")).to_have_text("14")
    assert page.url == address


def test_keys_pass_a_wave_or_open_it(desktop: Desktop, live: Live) -> None:
    hold_in_wave(live, 4)
    (other,) = create_held(live, 1, content=TEXT)
    page = open_wave(desktop, live)
    page.keyboard.press("a")
    expect(page.locator(".wave .question")).to_contain_text("Approve 4 comments?")
    page.keyboard.press("j")
    expect(page.locator(f"#c-{other.id}.current")).to_be_visible()
    expect(page.locator(".question")).to_have_count(0)
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**wave=0badf00d**")
    expect(page.locator(".card")).to_have_count(4)


def test_an_action_on_a_wave_without_a_connection_is_shown_as_not_saved(desktop: Desktop, live: Live) -> None:
    copies, (other,) = hold_in_wave(live, 4), create_held(live, 1, content=TEXT)
    page = open_wave(desktop, live)
    line = Line(page, "**/v1/**")
    line.cut()
    page.locator(".wave").get_by_role("button", name="All spam").click()
    page.locator(".wave").get_by_role("button", name="Yes").click()
    expect(page.locator(".wave .outcome")).to_contain_text("Not saved")
    expect(page.locator(".side [data-count=held]")).to_have_text("5")
    line.restore()
    page.keyboard.press("k")
    for key in ("r", "Enter"):
        page.keyboard.press(key)
    wait_until(lambda: set(statuses(live, copies)) == {Status.REMOVED})
    page.locator(".wave").get_by_role("button", name="Undo").click()
    wait_until(lambda: set(statuses(live, [*copies, other])) == {Status.HELD})


def test_the_panel_shows_copies_threads_and_networks_of_a_wave(desktop: Desktop, live: Live) -> None:
    hold_in_wave(live, 7)
    page = open_wave(desktop, live)
    panel = page.locator(".wave .evidence")
    expect(panel).to_be_in_viewport()
    expect(panel.locator(".copies li")).to_have_count(5)
    expect(panel.get_by_role("link", name="All 7 copies")).to_be_visible()
    expect(panel.locator(".counted").first.locator("li")).to_have_count(3)
    page.keyboard.press("s")
    assert violations(page) == []
