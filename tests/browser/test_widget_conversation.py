"""The widget's conversation: order, branches, removed comments, badges, times, pictures."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, Route, expect

from comments.lifecycle import Action
from tests.browser.conftest import Desktop, Live
from tests.browser.connection import hold_requests
from tests.browser.pages import Website
from tests.browser.test_accessibility import violations
from tests.browser.widget import COME_BACK, a_page, reply
from tests.support.builders import NOW, moderated

Change = Callable[[str, dict[str, Any]], None]


def answer_with(page: Page, change: Change) -> None:
    """Change the service's lists of comments: `change` gets the cursor and the answer."""

    def fulfill(route: Route) -> None:
        cursor = re.search(r"[?&]cursor=([^&]*)", route.request.url)
        asked = cursor[1] if cursor else ""
        url = route.request.url.replace(f"cursor={asked}", "cursor=") if asked.startswith("branch") else None
        response = route.fetch(url=url)
        page_of_comments = response.json()
        change(asked, page_of_comments)
        route.fulfill(response=response, body=json.dumps(page_of_comments))

    page.route("**/comments?*", fulfill)


def test_readers_choose_the_order_and_it_is_remembered(desktop: Desktop, live: Live, website: Website) -> None:
    thread = a_page(live, website)
    for n in range(3):
        reply(live, thread, content=f"Comment {n}", received=NOW + timedelta(seconds=n))
    page = desktop.open()
    page.goto(thread)
    expect(page.get_by_role("article").first).to_contain_text("Comment 0")
    page.get_by_role("combobox", name="Sort comments").select_option("Newest first")
    expect(page.get_by_role("article").first).to_contain_text("Comment 2")
    page.reload()
    expect(page.get_by_role("article").first).to_contain_text("Comment 2")
    expect(page.get_by_role("combobox", name="Sort comments")).to_have_value("newest")


def test_branches_can_be_hidden_and_shown(desktop: Desktop, live: Live, website: Website) -> None:
    thread = a_page(live, website)
    ada = reply(live, thread, author="Ada", content="The root")
    bo = reply(live, thread, author="Bo", content="An answer", parent=ada.id)
    reply(live, thread, author="Cy", content="A deeper one", parent=bo.id)
    reply(live, thread, author="Di", content="Another root")
    page = desktop.open()
    page.goto(thread)
    toggle = page.locator(f"#comment-{ada.id}").get_by_role("button", name="Hide replies")
    toggle.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("An answer")).to_have_count(0)
    expect(page.get_by_text("A deeper one")).to_have_count(0)
    expect(page.get_by_text("Another root")).to_be_visible()
    shown = page.locator(f"#comment-{ada.id}").get_by_role("button", expanded=False)
    expect(shown).to_be_focused()
    expect(shown).to_contain_text("Show")
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_text("A deeper one")).to_be_visible()


def test_more_replies_of_a_branch_are_loaded_below_it(desktop: Desktop, live: Live, website: Website) -> None:
    thread = a_page(live, website)
    ada = reply(live, thread, author="Ada", content="The root")
    times = [NOW + timedelta(seconds=n) for n in range(5)]
    answers = [reply(live, thread, content=f"Answer {n}", parent=ada.id, received=at) for n, at in enumerate(times)]
    reply(live, thread, author="Di", content="Another root", received=NOW + timedelta(hours=1))

    def cut(cursor: str, found: dict[str, Any]) -> None:
        rows = {row["id"]: row for row in found["comments"]}
        parts = {"branch-1": [2, 3], "branch-2": [4]}
        if cursor in parts:
            found["comments"] = [rows[answers[n].id] for n in parts[cursor]]
            found["next"] = "branch-2" if cursor == "branch-1" else ""
        else:
            late = {answer.id for answer in answers[2:]}
            found["comments"] = [row for row in found["comments"] if row["id"] not in late]
            for row in found["comments"]:
                if row["id"] == ada.id:
                    row |= {"replies": 5, "more": "branch-1"}

    page = desktop.open()
    answer_with(page, cut)
    page.goto(thread)
    expect(page.get_by_role("article")).to_have_count(4)
    page.get_by_role("button", name="Show 3 more replies").click()
    expect(page.locator(f"#comment-{answers[2].id}")).to_be_focused()
    page.get_by_role("button", name="Show 1 more reply").click()
    expect(page.locator("li li").get_by_text("Answer 4")).to_be_visible()
    expect(page.get_by_role("button", name="more repl")).to_have_count(0)
    texts = page.get_by_role("article").all_inner_texts()
    order = [next(n for n, text in enumerate(texts) if f"Answer {answer}" in text) for answer in range(5)]
    assert order == sorted(order)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("article")).to_have_count(7)


def test_a_removed_comment_leaves_a_neutral_stub_above_its_replies(
    desktop: Desktop, live: Live, website: Website
) -> None:
    thread = a_page(live, website)
    ada = reply(live, thread, author="Ada", content="Soon removed", url="https://ada.example")
    reply(live, thread, author="Bo", content="Still an answer", parent=ada.id)
    page = desktop.open()
    with page.expect_request("**/events?*"):
        page.goto(thread)
    expect(page.get_by_role("heading", name="2 comments")).to_be_visible()
    moderated(live.storage, ada, Action.REMOVE)
    page.evaluate(COME_BACK)
    stub = page.locator(f"#comment-{ada.id}")
    expect(stub).to_contain_text("Comment removed")
    expect(page.get_by_role("heading", name="1 comment", exact=True)).to_be_visible()
    expect(page.get_by_text("Soon removed")).to_have_count(0)
    expect(page.locator("li li").get_by_text("Still an answer")).to_be_visible()
    expect(stub.get_by_role("button", name="Reply")).to_have_count(0)
    expect(stub.get_by_role("link")).to_have_count(0)
    assert violations(page) == []


def test_staff_and_verified_authors_are_marked_and_their_picture_is_shown(
    desktop: Desktop, live: Live, website: Website
) -> None:
    thread = a_page(live, website)
    for n, name in enumerate(("Ada Lindqvist", "bo")):
        reply(live, thread, author=name, received=NOW + timedelta(seconds=n))

    def mark(cursor: str, found: dict[str, Any]) -> None:
        found["comments"][0] |= {"role": "staff", "verified": True, "avatar": "https://pictures.example/ada.png"}
        found["comments"][1] |= {"role": "", "verified": False, "avatar": "javascript:alert(1)"}

    page = desktop.open()
    answer_with(page, mark)
    page.route("https://pictures.example/*", lambda route: route.abort())
    page.goto(thread)
    ada, bo = page.get_by_role("article").first, page.get_by_role("article").last
    expect(ada.get_by_text("Staff")).to_be_visible()
    expect(ada.get_by_role("img", name="Verified")).to_be_visible()
    expect(ada.locator(".avatar")).to_have_text("AL")  # the picture cannot be loaded
    expect(bo.get_by_text("Staff")).to_have_count(0)
    expect(bo.locator(".avatar")).to_have_text("B")
    assert violations(page) == []


def test_pictures_are_made_from_the_name_and_nothing_is_asked_for(
    desktop: Desktop, live: Live, website: Website
) -> None:
    thread = a_page(live, website)
    for n, name in enumerate(("Ada Lindqvist", "Ada Lindqvist", "Grace Hopper", "👩‍🚀 Sally", "«Zoë»")):
        reply(live, thread, author=name, received=NOW + timedelta(seconds=n))
    page = desktop.open()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(thread)
    expect(page.locator("article .avatar")).to_have_text(["AL", "AL", "GH", "S", "Z"])
    colours = page.locator("article .avatar").evaluate_all("all => all.map(a => getComputedStyle(a).backgroundColor)")
    assert colours[0] == colours[1] != colours[2]
    assert {re.sub(r"(//[^/]*).*", r"\1", url) for url in asked} == {live.url, website.url}


def test_times_are_relative_and_exact_on_hover_and_focus(desktop: Desktop, live: Live, website: Website) -> None:
    thread = a_page(live, website, lang="en-GB")
    now = datetime.now(UTC)
    for ago in (timedelta(days=9), timedelta(hours=2), timedelta(minutes=5), timedelta(seconds=-20)):
        reply(live, thread, received=now - ago)
    page = desktop.open()
    page.goto(thread)
    times = page.locator("article time")
    expect(times).to_have_text(["9 days ago", "2 hours ago", "5 minutes ago", "now"])
    exact = times.first.get_attribute("title")
    assert str((now - timedelta(days=9)).year) in exact
    link = page.locator("article a.time").first
    assert link.evaluate("link => getComputedStyle(link, '::after').content") == "none"
    page.get_by_role("article").first.focus()
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    assert json.loads(link.evaluate("link => getComputedStyle(link, '::after').content")) == exact


def test_a_link_to_a_comment_on_a_later_page_shows_it(desktop: Desktop, live: Live, website: Website) -> None:
    thread = a_page(live, website)
    comments = [reply(live, thread, content=f"Comment {n}", received=NOW + timedelta(seconds=n)) for n in range(120)]
    page = desktop.open()
    page.goto(f"{thread}#comment-{comments[-1].id}")
    expect(page.locator(f"#comment-{comments[-1].id}")).to_be_focused()
    expect(page.get_by_text("Comment 119")).to_be_in_viewport()


def test_a_linked_comment_that_comes_late_takes_no_field_from_a_visitor(
    desktop: Desktop, live: Live, website: Website
) -> None:
    thread = a_page(live, website)
    comments = [reply(live, thread, content=f"Comment {n}", received=NOW + timedelta(seconds=n)) for n in range(60)]
    page = desktop.open()
    waiting = hold_requests(page, re.compile(r"/comments\?.*cursor=[^&]"))
    with page.expect_request(re.compile(r"/comments\?.*cursor=[^&]")):
        page.goto(f"{thread}#comment-{comments[-1].id}")
    box = page.get_by_role("textbox", name="Comment")
    box.focus()
    page.keyboard.type("Half ")
    waiting[0].continue_()
    expect(page.locator(f"#comment-{comments[-1].id}.target")).to_be_attached()
    page.keyboard.type("a sentence")
    expect(box).to_have_value("Half a sentence")


def test_the_order_chosen_last_is_shown_when_an_earlier_answer_comes_late(
    desktop: Desktop, live: Live, website: Website
) -> None:
    thread = a_page(live, website)
    for n in range(2):
        reply(live, thread, content=f"Comment {n}", received=NOW + timedelta(seconds=n))
    page = desktop.open()
    with page.expect_request("**/events?*"):
        page.goto(thread)
    waiting = hold_requests(page, "**/comments?*order=oldest*")
    reply(live, thread, content="A new one")
    with page.expect_request("**/comments?*order=oldest*"):
        page.evaluate(COME_BACK)
    page.get_by_role("combobox", name="Sort comments").select_option("Newest first")
    expect(page.get_by_role("article").last).to_contain_text("Comment 0")
    with page.expect_event("requestfinished", lambda request: "order=oldest" in request.url):
        waiting[0].continue_()
    page.evaluate("new Promise(requestAnimationFrame)")
    expect(page.get_by_role("article").last).to_contain_text("Comment 0")
