"""Isso's own client, unchanged, with this service in place of an Isso server."""

import hashlib
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from werkzeug.serving import make_server

from comments.isso_names import id_of_isso_comment, isso_number
from comments.lifecycle import Action, Status
from comments.storage.interfaces import Storage
from tests.browser.conftest import Desktop, Live
from tests.browser.pages import Website, open_website
from tests.browser.widget import reply
from tests.support.builders import NOW, a_site, moderated
from tests.support.isso_site import isso_blog, open_isso_site

SCRIPT = '<script data-isso="{live}/isso/demo/" {more} src="{live}/isso/demo/js/{name}"></script>'
THREAD = '<section id="isso-thread" data-title="An article"></section>'


@pytest.fixture
def blog(live: Live, website: Website) -> Website:
    """A website whose pages may comment without a name, as with Isso's usual settings."""
    _configure(live, website)
    return website


def _configure(live: Live, website: Website, **changes: object) -> None:
    plain = {"per_minute": 0, "moderation": "suspicious", "required": ("content",), "audit_share": 0.0}
    live.storage.sites.put(a_site(id="demo", origins=(website.url,), **{**plain, **changes}))


def _article(live: Live, website: Website, path: str = "/post", more: str = "") -> str:
    head = SCRIPT.format(live=live.url, more=more, name="embed.min.js")
    return website.put(THREAD, path, head=head)


def _write(page: Page | Locator, text: str, author: str = "", **fields: str) -> None:
    box = page.locator(".isso-postbox").last
    box.locator("textarea").fill(text)
    for name, value in {"author": author, **fields}.items():
        box.locator(f"[name={name}]").fill(value)
    box.locator("[type=submit]").click()


def _comments(page: Page) -> Locator:
    return page.locator("#isso-root .isso-comment")


def test_visitors_read_write_reply_edit_and_delete(desktop: Desktop, live: Live, blog: Website) -> None:
    article = _article(live, blog)
    page = desktop.open()
    page.goto(article)
    expect(page.locator(".isso-thread-heading")).to_have_text("No Comments Yet")
    _write(page, "I *enjoyed* this.", "Ada", email="ada@example.org", website="ada.example")
    expect(_comments(page)).to_have_count(1)
    expect(page.locator(".isso-text em")).to_have_text("enjoyed")
    expect(page.locator("a.isso-author")).to_have_attribute("href", "https://ada.example")
    expect(page.locator(".isso-note")).to_have_text("")

    reader = desktop.open()
    reader.goto(article)
    expect(reader.locator(".isso-thread-heading")).to_have_text("One Comment")
    expect(reader.locator(".isso-edit")).to_have_count(0)
    assert "ada@example.org" not in reader.content()
    reader.locator(".isso-reply").click()
    _write(reader.locator(".isso-comment"), "So did I.", "Bo")
    expect(reader.locator(".isso-follow-up .isso-text")).to_have_text("So did I.")

    page.reload()
    expect(_comments(page)).to_have_count(2)
    own = _comments(page).first
    footer = own.locator("> .isso-text-wrapper > .isso-comment-footer")
    footer.locator(".isso-edit").click()
    box = own.locator("textarea").first
    expect(box).to_have_value("I *enjoyed* this.")
    box.fill("I **really** enjoyed this.")
    footer.locator(".isso-edit").click()
    expect(own.locator("strong")).to_have_text("really")
    reader.reload()
    expect(reader.locator("strong")).to_have_text("really")

    footer.locator(".isso-delete").click()
    footer.locator(".isso-delete").click()
    expect(own.locator(".isso-note").first).to_have_text("Comment deleted.")
    reader.reload()
    expect(reader.locator(".isso-note").first).to_have_text("Comment deleted.")
    expect(reader.locator(".isso-author").first).to_have_text("Anonymous")
    assert "Ada" not in reader.content()
    reader.locator(".isso-follow-up .isso-delete").click()
    reader.locator(".isso-follow-up .isso-delete").click()
    expect(reader.locator(".isso-follow-up .isso-comment")).to_have_count(0)
    reader.reload()
    expect(reader.locator(".isso-thread-heading")).to_have_text("No Comments Yet")
    assert {comment.content for comment in live.storage.comments.by_status("demo", Status.WITHDRAWN, 5).rows} == {
        "I **really** enjoyed this.",
        "So did I.",
    }


def test_the_author_sees_that_a_comment_waits_and_readers_do_not_see_it(
    desktop: Desktop, live: Live, website: Website
) -> None:
    _configure(live, website, moderation="all")
    article = _article(live, website)
    page = desktop.open()
    page.goto(article)
    _write(page, "Please publish this.", "Ada")
    expect(page.locator(".isso-note")).to_have_text("Comment in queue for moderation.")
    reader = desktop.open()
    reader.goto(article)
    expect(reader.locator(".isso-thread-heading")).to_have_text("No Comments Yet")
    moderated(live.storage, live.one(Status.HELD), Action.APPROVE)
    reader.reload()
    expect(reader.locator("#isso-root .isso-text")).to_have_text("Please publish this.")
    moderated(live.storage, live.one(Status.APPROVED), Action.REMOVE)
    reader.reload()
    expect(reader.locator(".isso-thread-heading")).to_have_text("No Comments Yet")


def test_nothing_that_visitors_write_runs(desktop: Desktop, live: Live, blog: Website) -> None:
    article = _article(live, blog)
    page = desktop.open()
    page.goto(article)
    attack = "<img src=x onerror=alert(1)>"
    _write(page, f"{attack} <script>alert(2)</script> [x](javascript:alert(3))", f"Ada{attack}")
    expect(page.locator(".isso-author")).to_have_text(f"Ada{attack}")
    thread = live.one(Status.APPROVED).thread
    reply(live, thread, content=attack, author=f"'\"{attack}", url="https://x.example/'onmouseover='alert(4)'")
    page.reload()
    expect(_comments(page)).to_have_count(2)
    expect(page.locator("#isso-thread img, #isso-thread script, #isso-thread [onmouseover]")).to_have_count(0)


def test_long_threads_are_loaded_step_by_step(desktop: Desktop, live: Live, blog: Website) -> None:
    article = _article(live, blog, more='data-isso-max-comments-top="2" data-isso-max-comments-nested="1"')
    for n in range(5):
        top = reply(live, article, content=f"Top {n}.", received=NOW + timedelta(minutes=n))
        for m in range(3 if n == 1 else 0):
            at = NOW + timedelta(hours=1, minutes=m)
            reply(live, article, content=f"Reply {m}.", parent=top.id, received=at)
    page = desktop.open()
    page.goto(article)
    expect(page.locator(".isso-thread-heading")).to_have_text("8 Comments")
    expect(_comments(page)).to_have_count(3)
    expect(page.locator(".isso-load-hidden")).to_have_text(["2 Hidden", "3 Hidden"])
    page.locator(".isso-load-hidden").first.click()
    expect(_comments(page)).to_have_count(5)
    page.locator(".isso-load-hidden").click()
    expect(_comments(page)).to_have_count(8)
    expect(page.locator(".isso-load-hidden")).to_have_count(0)
    texts = ["Top 0.", "Top 1.", "Reply 0.", "Reply 1.", "Reply 2.", "Top 2.", "Top 3.", "Top 4."]
    expect(page.locator("#isso-root .isso-text")).to_have_text(texts)


def test_lists_of_articles_show_the_number_of_comments(desktop: Desktop, live: Live, blog: Website) -> None:
    article = _article(live, blog)
    for _ in range(2):
        reply(live, article)
    head = SCRIPT.format(live=live.url, more="", name="count.min.js")
    links = '<a href="/post#isso-thread">?</a> <a href="/other#isso-thread">?</a>'
    page = desktop.open()
    page.goto(blog.put(links, "/articles", head=head))
    expect(page.locator("main a")).to_have_text(["2 Comments", "0 Comments"])


def test_links_to_imported_comments_still_lead_to_them(desktop: Desktop, live: Live, blog: Website) -> None:
    article = _article(live, blog)
    old = reply(live, article, id=id_of_isso_comment(12), content="From Isso.")
    page = desktop.open()
    page.goto(f"{article}#isso-12")
    expect(page.locator("#isso-12 .isso-text")).to_have_text("From Isso.")
    page.locator(".isso-reply").click()
    _write(page.locator("#isso-12"), "A new reply to an old comment.", "Bo")
    expect(page.locator("#isso-12 .isso-follow-up .isso-text")).to_have_text("A new reply to an old comment.")
    newest = live.storage.threads.newest("demo", old.thread, 1)[0]
    assert newest.parent == old.id
    expect(page.locator(f"#isso-{isso_number(newest.id, newest.received)}")).to_be_visible()


def test_the_preview_and_the_feed_work_and_there_are_no_votes(desktop: Desktop, live: Live, blog: Website) -> None:
    article = _article(live, blog)
    reply(live, article)
    page = desktop.open()
    page.goto(article)
    page.locator(".isso-postbox textarea").fill("A *preview*")
    page.locator("[name=preview]").click()
    expect(page.locator(".isso-preview em")).to_have_text("preview")
    expect(_comments(page)).to_have_count(1)
    expect(page.locator(".isso-upvote")).to_have_count(0)
    feed = page.request.get(page.locator(".isso-feedlink a").get_attribute("href") or "")
    assert f"{article}#isso-" in feed.text()


@pytest.fixture
def elsewhere(redis_storage: Storage) -> Iterator[tuple[Website, str]]:
    """Open a website and, on another site than its pages, the service. Its cookies are those of a service on https."""
    with open_website() as website:
        website.url = website.url.replace("127.0.0.1", "localhost")
        web = open_isso_site(redis_storage, isso_blog(origins=(website.url,)), public_url="https://replies.example")
        server = make_server("127.0.0.1", 0, web.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield website, f"http://127.0.0.1:{server.server_port}/isso/blog/"
        server.shutdown()
        thread.join()
        server.server_close()


def test_authors_keep_their_rights_where_the_service_is_on_another_site(
    desktop: Desktop, elsewhere: tuple[Website, str]
) -> None:
    website, service = elsewhere
    head = f'<script data-isso="{service}" src="{service}js/embed.min.js"></script>'
    page = desktop.open()
    page.goto(website.put(THREAD, head=head))
    _write(page, "From another site.", "Ada")
    expect(_comments(page)).to_have_count(1)
    assert [c["sameSite"] for c in page.context.cookies() if c["name"].isdigit()] == ["None"]
    page.reload()
    page.locator("#isso-root .isso-edit").click()
    page.locator("#isso-root textarea").fill("Edited from another site.")
    page.locator("#isso-root .isso-edit").click()
    expect(page.locator("#isso-root .isso-text")).to_have_text("Edited from another site.")
    page.locator("#isso-root .isso-delete").click()
    page.locator("#isso-root .isso-delete").click()
    expect(_comments(page)).to_have_count(0)
    page.reload()
    expect(page.locator(".isso-thread-heading")).to_have_text("No Comments Yet")


def test_the_client_is_the_genuine_one(desktop: Desktop, live: Live, blog: Website) -> None:
    page = desktop.open()
    page.goto(_article(live, blog))
    expect(page.locator(".isso-postbox")).to_be_visible()
    served = page.request.get(f"{live.url}/isso/demo/js/embed.min.js").body()
    readme = (Path(__file__).parents[2] / "service/static/vendor/isso/README.md").read_text()
    assert hashlib.sha256(served).hexdigest() in readme
    assert page.evaluate("getComputedStyle(document.querySelector('.isso-postbox')).maxWidth") != "none"
