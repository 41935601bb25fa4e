"""Reading and writing comments in the widget: with JavaScript, without it, and while the service is down."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from comments.lifecycle import Action, Status
from tests.browser.conftest import Desktop, Live
from tests.browser.connection import Line
from tests.browser.pages import Website
from tests.browser.widget import COME_BACK, a_page, reply, script_tag, write
from tests.support.builders import NOW, a_comment, a_site, an_admission, moderated

PLAIN_FORM = """<form method="post" action="{live}/v1/sites/demo/comments" accept-charset="utf-8">
<input type="hidden" name="thread" value="{thread}"><input type="hidden" name="redirect_to" value="{thread}">
<label>Comment <textarea name="content" required></textarea></label><label>Name <input name="author" required></label>
<label>Email <input name="email" type="email" required></label><button>Post Comment</button></form>"""


def test_one_script_tag_adds_the_comments_and_the_form(desktop: Desktop, live: Live, website: Website) -> None:
    thread = a_page(live, website)
    ada = reply(live, thread, author="Ada", content="I *enjoyed* this.", url="https://ada.example")
    reply(live, thread, author="Bo", content="So did I.", parent=ada.id)
    page = desktop.open()
    page.goto(thread)
    expect(page.get_by_role("heading", name="2 comments")).to_be_visible()
    expect(page.locator("li li").get_by_text("So did I.")).to_be_visible()
    assert page.locator(".content em").inner_text() == "enjoyed"
    assert page.get_by_role("link", name="Ada").get_attribute("rel") == "ugc nofollow noopener"
    write(page, "From the widget")
    expect(page.get_by_role("status")).to_have_text("Thank you. Your comment has been published.")
    expect(page.get_by_role("heading", name="3 comments")).to_be_visible()
    assert page.context.cookies() == []


def test_authors_see_their_pending_comments_until_the_decision(desktop: Desktop, live: Live, website: Website) -> None:
    live.storage.sites.put(a_site(id="demo", origins=(website.url,), per_minute=0, moderation="all"))
    thread = a_page(live, website)
    page = desktop.open()
    page.goto(thread)
    for text in ("One <b>waits</b>", "Two waits"):
        write(page, text)
        expect(page.get_by_text("Pending")).to_have_count(1 if text.startswith("One") else 2)
    page.reload()
    expect(page.get_by_text("One <b>waits</b>")).to_be_visible()
    held = live.storage.comments.by_status("demo", Status.HELD, 5).rows
    for comment, action in zip(held, (Action.APPROVE, Action.REMOVE), strict=True):
        moderated(live.storage, comment, action)
    page.evaluate(COME_BACK)
    expect(page.get_by_text("Pending")).to_have_count(0)
    expect(page.get_by_text("One <b>waits</b>")).to_be_visible()
    expect(page.get_by_text("Two waits")).to_have_count(0)
    assert desktop.open().goto(thread).ok


def test_the_form_moves_below_the_comment_to_reply_to(desktop: Desktop, live: Live, website: Website) -> None:
    thread = a_page(live, website)
    ada = reply(live, thread, author="Ada")
    page = desktop.open()
    page.goto(thread)
    page.get_by_role("button", name="Reply to Ada").click()
    expect(page.get_by_role("heading", name="Reply to Ada")).to_be_visible()
    assert page.evaluate("document.querySelector('replygate-comments').shadowRoot.activeElement.name") == "content"
    page.get_by_role("button", name="Cancel reply").click()
    expect(page.get_by_role("heading", name="Leave a Reply")).to_be_visible()
    page.get_by_role("button", name="Reply to Ada").click()
    write(page, "To Ada")
    expect(page.locator("li li").get_by_text("To Ada")).to_be_visible()
    assert {c.parent for c in live.storage.threads.newest("demo", thread, 5)} == {"", ada.id}


def test_new_comments_wait_for_a_click_and_removed_ones_disappear_at_once(
    desktop: Desktop, live: Live, website: Website
) -> None:
    thread = a_page(live, website)
    ada = reply(live, thread, author="Ada", content="The first.")
    page = desktop.open()
    with page.expect_request("**/events?*"):
        page.goto(thread)
    reply(live, thread, author="Bo", content="The second.")
    page.evaluate(COME_BACK)
    button = page.get_by_role("button", name="Show 1 new comment")
    expect(button).to_be_visible()
    expect(page.get_by_text("The second.")).to_have_count(0)
    button.click()
    expect(page.get_by_text("The second.")).to_be_visible()
    moderated(live.storage, ada, Action.REMOVE)
    page.evaluate(COME_BACK)
    expect(page.get_by_text("The first.")).to_have_count(0)


def test_every_problem_is_shown_next_to_its_field(desktop: Desktop, live: Live, website: Website) -> None:
    page = desktop.open()
    page.goto(a_page(live, website))
    page.locator("form").evaluate("form => { form.noValidate = true }")
    page.get_by_role("textbox", name="Comment").focus()
    page.get_by_role("textbox", name="Email").fill("nobody")
    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_role("alert")).to_contain_text("Please correct the marked fields")
    for field, text in (("content", "fill in"), ("author", "fill in"), ("email", "valid email")):
        expect(page.locator(f"#{field}-problem")).to_contain_text(text)
        assert page.locator(f"#{field}").get_attribute("aria-invalid") == "true"


def test_a_draft_survives_while_the_service_is_down(desktop: Desktop, live: Live, website: Website) -> None:
    thread = a_page(live, website)
    page = desktop.open()
    page.goto(thread)
    connection = Line(page, f"{live.url}/**")
    expect(page.get_by_role("textbox", name="Comment")).to_be_visible()
    connection.cut()
    write(page, "Typed with care")
    expect(page.get_by_role("alert")).to_contain_text("Your text is saved")
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("Typed with care")
    connection.restore()
    page.reload()
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("Typed with care")
    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_role("status")).to_have_text("Thank you. Your comment has been published.")
    page.reload()
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("")


def test_trying_again_after_a_lost_response_posts_one_comment(desktop: Desktop, live: Live, website: Website) -> None:
    page = desktop.open()
    thread = a_page(live, website)
    keys = []

    def lose(route, request) -> None:  # type: ignore[no-untyped-def]
        keys.append(request.headers.get("idempotency-key"))
        route.fetch()
        route.abort()

    page.route(
        "**/comments", lambda route, request: lose(route, request) if request.method == "POST" else route.continue_()
    )
    page.goto(thread)
    write(page, "Only once")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    page.unroute("**/comments")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Only once")).to_be_visible()
    assert live.storage.threads.counts("demo", [thread]) == [1]
    assert len(keys) == 1


def test_the_plain_form_stays_while_the_service_is_down(desktop: Desktop, live: Live, website: Website) -> None:
    unreachable = script_tag(live).replace(live.url, "http://127.0.0.1:9")
    form = PLAIN_FORM.format(live=live.url, thread=f"{website.url}/post")
    page = desktop.open()
    page.goto(website.put(f"{unreachable}<replygate-comments>{form}</replygate-comments>"))
    expect(page.get_by_role("button", name="Post Comment")).to_be_visible()
    expect(page.get_by_text("The end of the page")).to_be_visible()


def test_the_form_is_shown_when_comments_cannot_be_loaded(desktop: Desktop, live: Live, website: Website) -> None:
    page = desktop.open()
    page.route("**/v1/**", lambda route: route.abort())
    page.goto(a_page(live, website))
    expect(page.get_by_role("status")).to_have_text("Comments could not be loaded. Please try again later.")
    write(page, "Typed anyway")
    expect(page.get_by_role("alert")).to_contain_text("Your text is saved")
    page.unroute("**/v1/**")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Typed anyway")).to_be_visible()


def test_the_plain_form_works_without_javascript(desktop: Desktop, live: Live, website: Website) -> None:
    thread = f"{website.url}/post"
    form = PLAIN_FORM.format(live=live.url, thread=thread)
    website.put(f"<replygate-comments>{form}</replygate-comments>{script_tag(live)}")
    page = desktop.open(java_script_enabled=False)
    page.goto(thread)
    page.get_by_label("Comment").fill("Without JavaScript")
    page.get_by_label("Name").fill("Ines")
    page.get_by_label("Email").fill("ines@example.org")
    page.get_by_role("button", name="Post Comment").click()
    page.wait_for_url(f"{thread}?comment=*")
    assert [c.content for c in live.storage.threads.newest("demo", thread, 5)] == ["Without JavaScript"]
    with_javascript = desktop.open()
    with_javascript.goto(page.url)
    expect(with_javascript.get_by_role("status")).to_have_text("Thank you. Your comment has been published.")
    expect(with_javascript).to_have_url(f"{thread}#reply-sent")


def test_text_typed_before_the_script_loads_is_kept(desktop: Desktop, live: Live, website: Website) -> None:
    thread = f"{website.url}/post"
    website.put(f"<replygate-comments>{PLAIN_FORM.format(live=live.url, thread=thread)}</replygate-comments>")
    page = desktop.open()
    page.goto(thread)
    page.get_by_label("Comment").fill("Faster than the script")
    page.add_script_tag(content="document.currentScript.remove()")
    page.evaluate(
        """src => { const s = document.createElement("script"); s.src = src; s.dataset.site = "demo";
        document.body.append(s); }""",
        f"{live.url}/widget.js",
    )
    expect(page.get_by_role("heading", name="No comments yet")).to_be_visible()
    page.keyboard.type(" and further")
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("Faster than the script and further")


@pytest.mark.parametrize("workers", ["with a worker", "where the page forbids workers"])
def test_the_widget_solves_the_proof_of_work_of_a_flooded_site(
    desktop: Desktop, live: Live, website: Website, workers: str
) -> None:
    site = a_site(id="demo", origins=(website.url,), per_minute=0, proof_of_work="auto", moderation="suspicious")
    live.storage.sites.put(site)
    for _ in range(61):
        live.storage.comments.accept(a_comment(site="demo", received=datetime.now(UTC)), an_admission())
    if "forbids" in workers:
        website.policy = f"default-src 'none'; script-src {live.url}; connect-src {live.url}; worker-src 'none'"
    thread = a_page(live, website)
    page = desktop.open()
    page.goto(thread)
    with page.expect_response(lambda answer: answer.request.method == "POST", timeout=30_000) as sent:
        write(page, "Worth the work: Grüße, 世界")
    comment = live.storage.comments.get("demo", sent.value.json()["id"])
    assert (comment.form_token, comment.form_proof) == ("valid", "valid")
    assert comment.form_seconds >= 0
    if "forbids" in workers:
        desktop.errors.clear()  # Chromium reports the worker that was not allowed


def test_more_comments_are_loaded_in_the_chosen_order(desktop: Desktop, live: Live, website: Website) -> None:
    thread = website.put(script_tag(live, data_order="newest"))
    for n in range(53):
        reply(live, thread, content=f"Comment {n}", received=NOW + timedelta(seconds=n))
    page = desktop.open()
    page.goto(thread)
    expect(page.get_by_role("article")).to_have_count(50)
    expect(page.get_by_role("article").first).to_contain_text("Comment 52")
    page.get_by_role("button", name="Load more comments").click()
    expect(page.get_by_role("article")).to_have_count(53)
    expect(page.get_by_role("article").last).to_contain_text("Comment 0")
    expect(page.get_by_role("heading", name="53 comments")).to_be_visible()
    expect(page.get_by_role("button", name="Load more comments")).to_be_hidden()


def test_deep_replies_name_the_comment_they_reply_to(desktop: Desktop, live: Live, website: Website) -> None:
    thread = a_page(live, website)
    parent = ""
    for name in "ABCDEFGH":
        parent = reply(live, thread, author=name, content=f"From {name}", parent=parent).id
    page = desktop.open()
    page.goto(thread)
    expect(page.get_by_role("article").filter(has_text="From H").get_by_role("link", name="@G")).to_be_visible()
    expect(page.get_by_role("article").filter(has_text="From B").get_by_role("link", name="@A")).to_have_count(0)
    assert page.locator("replygate-comments ol ol ol ol ol ol").count() == 1
    assert page.locator("replygate-comments ol ol ol ol ol ol ol").count() == 0
