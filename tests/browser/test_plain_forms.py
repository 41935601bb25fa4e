"""Plain forms in a browser: pages that hide their address, refused forms, and receipts that stay out of addresses."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from comments.pseudonyms import Pseudonyms
from tests.browser.conftest import Desktop, Live
from tests.browser.pages import Website
from tests.support.builders import SECRET, a_site, published

FORM = """<form method="post" action="{live}/v1/sites/demo/comments" {attributes}>
<input type="hidden" name="thread" value="{thread}">{hidden}
<label>Comment <textarea name="content"></textarea></label><label>Name <input name="author"></label>
<label>Email <input name="email"></label><label>Website <input name="url" value="http://"></label>
<button>Post Comment</button></form>"""


def form(live: Live, thread: str, hidden: str = "", attributes: str = "") -> str:
    return FORM.format(live=live.url, thread=thread, hidden=hidden, attributes=attributes)


def fill_in(page: Page, text: str, email: str = "ines@example.org") -> None:
    page.get_by_label("Comment").fill(text)
    page.get_by_label("Name").fill("Ines")
    page.get_by_label("Email").fill(email)


def contents(live: Live, thread: str) -> list[str]:
    return [comment.content for comment in live.storage.threads.newest("demo", thread, 9)]


@pytest.mark.parametrize("policy", ["no-referrer", "same-origin"])
def test_a_form_on_a_page_that_hides_its_address(desktop: Desktop, live: Live, website: Website, policy: str) -> None:
    thread = f"{website.url}/post"
    live.storage.sites.put(a_site(id="demo", origins=(website.url,), per_minute=0, moderation="suspicious"))
    website.put(form(live, thread), head=f'<meta name="referrer" content="{policy}">')
    page = desktop.open(java_script_enabled=False)
    page.goto(thread)
    fill_in(page, "Hidden away")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Post Comment").click()
    assert sent.value.headers["origin"] == "null"
    expect(page.get_by_role("heading", name="Your comment is published")).to_be_visible()
    expect(page.get_by_role("article").get_by_text("Hidden away")).to_be_visible()
    assert contents(live, thread) == ["Hidden away"]
    page.get_by_role("link", name="View it on the page").click()
    page.wait_for_url(f"{thread}#comment-*")


@pytest.mark.parametrize("email", ["ines@example.org", "nobody"])
def test_a_sandboxed_frame_shows_the_answer(desktop: Desktop, live: Live, website: Website, email: str) -> None:
    thread = f"{website.url}/post"
    live.storage.sites.put(a_site(id="demo", origins=(website.url,), per_minute=0, moderation="suspicious"))
    website.put(form(live, thread), "/frame")
    website.put('<iframe sandbox="allow-forms" src="/frame" width="600" height="600"></iframe>')
    page = desktop.open()
    page.goto(thread)
    frame = page.frame_locator("iframe")
    frame.get_by_label("Comment").fill("In a box")
    frame.get_by_label("Name").fill("Ines")
    frame.get_by_label("Email").fill(email)
    frame.get_by_role("button", name="Post Comment").click()
    if email == "nobody":
        expect(frame.get_by_role("textbox", name="Comment")).to_have_value("In a box")
        frame.get_by_role("textbox", name="Email").fill("ines@example.org")
        frame.get_by_role("button", name="Post comment").click()
    expect(frame.get_by_role("heading", name="Your comment is")).to_be_visible()


def test_a_form_in_a_sandboxed_frame(desktop: Desktop, live: Live, website: Website) -> None:
    thread = f"{website.url}/post"
    live.storage.sites.put(a_site(id="demo", origins=(website.url,), per_minute=0, moderation="suspicious"))
    website.put(form(live, thread, f'<input type="hidden" name="redirect_to" value="{thread}">'), "/frame")
    website.put('<iframe sandbox="allow-forms" src="/frame" width="400" height="400"></iframe>')
    page = desktop.open()
    page.goto(thread)
    frame = page.frame_locator("iframe")
    frame.get_by_label("Comment").fill("In a box")
    frame.get_by_label("Name").fill("Ines")
    frame.get_by_label("Email").fill("ines@example.org")
    with page.expect_response(lambda response: response.url.partition("?")[0] == thread):
        frame.get_by_role("button", name="Post Comment").click()
    assert contents(live, thread) == ["In a box"]


@pytest.mark.parametrize("width", [1280, 390])
def test_a_refused_form_shows_the_text_and_can_be_corrected(
    desktop: Desktop, live: Live, website: Website, width: int
) -> None:
    thread = f"{website.url}/post"
    live.storage.sites.put(a_site(id="demo", origins=(website.url,), per_minute=0, moderation="suspicious"))
    website.put(form(live, thread))
    page = desktop.open(java_script_enabled=False, width=width)
    page.goto(thread)
    fill_in(page, "    code()\n\nTyped once", email="nobody")
    page.get_by_role("button", name="Post Comment").click()
    expect(page.get_by_role("heading", name="Your comment was not sent")).to_be_visible()
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("    code()\n\nTyped once")
    page.get_by_role("textbox", name="Email").fill("nobody@example.org")
    page.get_by_role("textbox", name="Website").fill("example.com")
    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_role("heading", name="Your comment is")).to_be_visible()
    comment = live.storage.comments.get("demo", urlsplit(page.url).path.rpartition("/")[2])
    assert (comment.content, comment.url) == ("    code()\n\nTyped once", "https://example.com")


class AddressLog(BaseHTTPRequestHandler):
    """A site that logs what sites log: the addresses of requests and their Referer."""

    lines: list[str]
    page = ""

    def do_GET(self) -> None:
        self.lines.append(f"{self.path} {self.headers.get('Referer', '')}")
        body = self.page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the output of the tests clean."""


@pytest.fixture
def logging_site() -> Iterator[tuple[str, type[AddressLog]]]:
    class Log(AddressLog):
        lines: list[str] = []  # noqa: RUF012

    with ThreadingHTTPServer(("127.0.0.1", 0), Log) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", Log
        server.shutdown()


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("redirects", [True, False])
def test_no_address_of_the_site_has_the_receipt(
    desktop: Desktop, live: Live, logging_site: tuple[str, type[AddressLog]], script: bool, redirects: bool
) -> None:
    url, log = logging_site
    thread = f"{url}/post"
    live.storage.sites.put(a_site(id="demo", origins=(url,), per_minute=0, moderation="suspicious"))
    published(live.storage, site="demo", thread=thread, author="Bo", content="Earlier")
    hidden = f'<input type="hidden" name="redirect_to" value="{thread}">' if redirects else ""
    widget = f'<script async src="{live.url}/widget.js" data-site="demo"></script>'
    log.page = f'<img src="/pixel">{form(live, thread, hidden)}{widget}'
    page = desktop.open(java_script_enabled=False)
    requests: list[str] = []

    def note(request: Request) -> None:
        requests.extend((request.url, request.headers.get("referer", "")))

    page.on("request", note)
    page.goto(thread)
    fill_in(page, "Mine")
    page.get_by_role("button", name="Post Comment").click()
    page.wait_for_url(f"{thread}?comment=*" if redirects else "**/v1/sites/demo/comments/*")
    found = re.search(r"[a-z2-7]{26}", page.url)
    assert found
    assert live.storage.comments.get("demo", found[0]).content == "Mine"
    if not redirects:
        expect(page.get_by_role("heading", name="Your comment is")).to_be_visible()
        page.get_by_role("link", name="page").click()
        page.wait_for_url(f"{thread}*")
    if script:
        address = page.url
        page = desktop.open()
        page.on("request", note)
        page.goto(address)
        expect(page.get_by_role("article").get_by_text("Earlier")).to_be_visible()
        if redirects:
            expect(page.get_by_role("status")).to_contain_text("Thank you. Your comment")
            expect(page).to_have_url(f"{thread}#reply-sent")
    receipt = Pseudonyms(SECRET).receipt("demo", found[0])
    assert receipt not in "\n".join([*log.lines, *requests])
    assert log.lines
