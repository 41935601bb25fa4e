"""Authors edit and withdraw their own comments, in the widget and without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from comments.lifecycle import Action, Role, Status
from comments.model import Comment
from comments.pseudonyms import Pseudonyms
from comments.storage.codec import draft_id
from comments.storage.values import CommentChange
from tests.browser.conftest import Desktop, Live
from tests.browser.pages import Website
from tests.browser.test_accessibility import violations
from tests.browser.test_layout import TOO_FAINT
from tests.browser.widget import COME_BACK, a_page, own_menu, write
from tests.support.builders import SECRET, a_decision, a_site, decided, published


def holding_all(live: Live, website: Website) -> None:
    live.storage.sites.put(a_site(id="demo", origins=(website.url,), per_minute=0, moderation="all"))


def post_comment(live: Live, website: Website, desktop: Desktop, content: str) -> tuple[Page, Comment]:
    """Open a page and post a comment that is published at once."""
    page = desktop.open()
    page.goto(a_page(live, website))
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        write(page, content)
    expect(page.get_by_role("button", name="Options for your comment")).to_be_visible()
    return page, live.storage.comments.get("demo", answer.value.json()["id"])


def change(page: Page, content: str) -> None:
    own_menu(page, "Edit")
    page.get_by_role("article").get_by_role("textbox", name="Comment").fill(content)
    page.get_by_role("button", name="Save").click()


def test_the_browser_shows_that_two_comments_are_by_the_same_author(
    desktop: Desktop, live: Live, website: Website
) -> None:
    page, first = post_comment(live, website, desktop, "The first.")
    page.reload()
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        write(page, "The second.")
    second = live.storage.comments.get("demo", answer.value.json()["id"])
    assert first.browser
    assert second.browser == first.browser
    assert first.browser not in page.content()


def test_a_comment_is_edited_in_place(desktop: Desktop, live: Live, website: Website) -> None:
    page, comment = post_comment(live, website, desktop, "I *liked* the frist part.")
    change(page, "I *liked* the first part.")
    expect(page.locator(f"#comment-{comment.id} .content")).to_have_text("I liked the first part.")
    expect(page.get_by_role("article")).to_have_count(1)
    assert live.storage.comments.get("demo", comment.id).content == "I *liked* the first part."
    page.reload()
    expect(page.get_by_role("button", name="Options for your comment")).to_be_visible()


def test_a_held_edit_keeps_the_published_text_and_its_decision_is_announced(
    desktop: Desktop, live: Live, website: Website
) -> None:
    page, comment = post_comment(live, website, desktop, "Kind words.")
    holding_all(live, website)
    change(page, "Harsh words.")
    expect(page.get_by_text("Edit pending", exact=True)).to_be_visible()
    expect(page.get_by_text("Kind words.")).to_be_visible()
    assert violations(page) == []
    held = live.storage.comments.get("demo", draft_id(comment.id))
    assert held.status is Status.HELD
    refused = held.with_decision(a_decision(Action.REMOVE, Role.MODERATOR, "mo", reason="tone"))
    assert live.storage.comments.decide("demo", [CommentChange(held, refused)]) == [True]
    page.evaluate(COME_BACK)
    expect(page.get_by_role("status")).to_contain_text("Your edit was not published. Its tone does not fit")
    expect(page.get_by_role("button", name="Options for your comment")).to_have_count(0)
    expect(page.get_by_text("Kind words.")).to_be_visible()


def test_a_pending_comment_can_be_edited_and_its_removal_is_explained(
    desktop: Desktop, live: Live, website: Website
) -> None:
    holding_all(live, website)
    page, comment = post_comment(live, website, desktop, "First thoughts.")
    change(page, "Second thoughts.")
    expect(page.get_by_text("Second thoughts.")).to_be_visible()
    expect(page.get_by_text("Pending, only you can see it")).to_be_visible()
    held = live.storage.comments.get("demo", comment.id)
    assert held.content == "Second thoughts."
    refused = held.with_decision(a_decision(Action.REMOVE, Role.MODERATOR, "mo", reason="repeated"))
    assert live.storage.comments.decide("demo", [CommentChange(held, refused)]) == [True]
    page.evaluate(COME_BACK)
    expect(page.get_by_role("status")).to_contain_text("not published. The same comment was posted before.")
    expect(page.get_by_role("article")).to_have_count(0)


def test_an_edit_that_cannot_be_saved_shows_why_and_keeps_the_text(
    desktop: Desktop, live: Live, website: Website
) -> None:
    page, comment = post_comment(live, website, desktop, "As it is.")
    live.storage.threads.set_closed("demo", comment.thread, True)
    change(page, "Too late.")
    expect(page.get_by_role("alert").get_by_text("The thread is closed.")).to_be_visible()
    expect(page.get_by_role("article").get_by_role("textbox", name="Comment")).to_have_value("Too late.")
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_text("As it is.")).to_be_visible()


def test_withdrawing_a_comment_takes_two_clicks(desktop: Desktop, live: Live, website: Website) -> None:
    page, comment = post_comment(live, website, desktop, "Never mind.")
    own_menu(page, "Withdraw")
    assert live.storage.comments.get("demo", comment.id).status is Status.APPROVED
    page.get_by_role("menuitem", name="Withdraw permanently?").click()
    expect(page.get_by_role("status")).to_have_text("Your comment has been withdrawn.")
    expect(page.get_by_role("article")).to_have_count(0)
    assert live.storage.comments.get("demo", comment.id).status is Status.WITHDRAWN


def status_page(live: Live, comment: Comment) -> str:
    receipt = Pseudonyms(SECRET).receipt("demo", comment.id)
    return f"{live.url}/v1/sites/demo/comments/{comment.id}?receipt={receipt}"


def test_the_status_page_edits_and_withdraws_without_javascript(desktop: Desktop, live: Live) -> None:
    comment = published(live.storage, site="demo", content="First words.")
    page = desktop.open(java_script_enabled=False)
    page.goto(status_page(live, comment))
    page.get_by_role("textbox", name="Comment").fill("Other words.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("Other words.")
    page.get_by_text("Withdraw your comment").click()
    page.get_by_role("button", name="Withdraw comment").click()
    expect(page.get_by_role("heading", name="You withdrew your comment")).to_be_visible()
    assert live.storage.comments.get("demo", comment.id).status is Status.WITHDRAWN


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_status_page_is_accessible(desktop: Desktop, live: Live, scheme: str) -> None:
    shown = published(live.storage, site="demo")
    refused = decided(live.storage, published(live.storage, site="demo"), Action.REMOVE, Role.MODERATOR, "mo")
    page = desktop.open(width=400, color_scheme=scheme)
    for comment in (shown, refused):
        page.goto(status_page(live, comment))
        for folded in page.locator("details").all():
            folded.evaluate("details => { details.open = true }")
        assert violations(page) == []
        assert page.evaluate(TOO_FAINT) == []
