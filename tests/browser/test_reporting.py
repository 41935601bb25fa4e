"""Readers report a comment, and the moderator sees why it needs review."""

from playwright.sync_api import expect

from comments.lifecycle import Status
from comments.report_rules import ReaderReport
from tests.browser.conftest import Desktop, Live, sign_in
from tests.browser.pages import Website, follow
from tests.browser.test_accessibility import violations
from tests.browser.test_layout import TOO_FAINT
from tests.browser.widget import a_page, reply
from tests.support.wait import wait_until

#: Returns the left edge of each line of a label's words, and the right edge of its radio button.
LINES_AND_BUTTON = """labels => labels.map((label) => {
  const range = document.createRange();
  range.selectNodeContents(label.lastChild);
  const edges = [...range.getClientRects()].filter((line) => line.width).map((line) => line.left);
  return [edges, label.querySelector("input").getBoundingClientRect().right];
})"""


def test_a_report_without_javascript_reaches_the_moderator(desktop: Desktop, live: Live, website: Website) -> None:
    comment = reply(live, website.url + "/post", content="You are all sheep.")
    for network in ("one", "two"):
        live.storage.reports.add(comment, ReaderReport("abuse", network), per_minute=0)
    reader = desktop.open(java_script_enabled=False)
    reader.goto(f"{live.url}/v1/sites/demo/comments.html?thread={comment.thread}")
    reader.get_by_role("link", name="Report").click()
    expect(reader.get_by_role("heading", name="Report this comment")).to_be_visible()
    expect(reader.get_by_role("blockquote")).to_have_text("Ada wrote: You are all sheep.")
    reader.get_by_label("Harassment or abuse").check()
    reader.get_by_role("button", name="Report").click()
    expect(reader.get_by_role("heading")).to_have_text("Thank you for your report")
    assert live.status(comment) is Status.HELD
    moderator = desktop.open()
    sign_in(moderator, live.link())
    moderator.goto(f"{live.url}/review/demo")
    card = moderator.locator(f"#c-{comment.id}")
    expect(card.get_by_label("Reasons")).to_contain_text("reported by 3 readers as abuse")
    card.get_by_role("button", name="Approve").click()
    expect(card.locator(".outcome")).to_contain_text("Published")
    wait_until(lambda: live.status(comment) is Status.APPROVED)


def test_a_long_reason_stays_next_to_its_radio_button(desktop: Desktop, live: Live, website: Website) -> None:
    comment = reply(live, website.url + "/post")
    page = desktop.open(width=240)
    page.goto(f"{live.url}/v1/sites/demo/comments/{comment.id}/reports?lang=de")
    lines = page.locator("fieldset label").evaluate_all(LINES_AND_BUTTON)
    assert any(len(starts) > 1 for starts, _ in lines)
    assert all(start >= end for starts, end in lines for start in starts)


def test_the_widget_links_to_the_report_form_and_back(desktop: Desktop, live: Live, website: Website) -> None:
    comment = reply(live, website.url + "/post")
    page = desktop.open()
    page.goto(a_page(live, website))
    follow(page.get_by_role("article").get_by_role("link", name="Report"))
    assert violations(page) == []
    assert page.evaluate(TOO_FAINT) == []
    page.get_by_role("button", name="Report").click()
    page.get_by_role("link", name="Back to the comment").click()
    page.wait_for_url(f"{website.url}/post#comment-{comment.id}")
    assert live.storage.reports.of("demo", [comment.id]) == [{"other": 1}]
