"""A website with static pages on another port, and so with another origin; going to a page, and its width."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Locator, Page

ARTICLE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>An article</title>{head}</head>
<body><main><h1>An article</h1><p>With something to say.</p>{body}</main>
<footer>The end of the page</footer></body></html>
"""


@dataclass
class Website:
    """Pages by path, with one content security policy for all."""

    url: str
    pages: dict[str, str] = field(default_factory=dict)
    policy: str = ""

    def put(self, body: str, path: str = "/post", head: str = "", lang: str = "en") -> str:
        """Add an article with `body` below it, and return its address."""
        self.pages[path] = ARTICLE.format(body=body, head=head, lang=lang)
        return self.url + path


@contextmanager
def open_website() -> Iterator[Website]:
    site = Website("")

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = site.pages.get(self.path.partition("?")[0])
            body = (page or "nothing here").encode()
            self.send_response(200 if page else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            if site.policy:
                self.send_header("Content-Security-Policy", site.policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Keep the output of the tests clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        site.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield site
        server.shutdown()
        thread.join()


def follow(element: Locator) -> None:
    """Press a link or button that opens another page, and wait until that page is loaded.

    Without this, `wait_for_load_state` may find the page before it, which is loaded.
    """
    with element.page.expect_navigation():
        element.click()


def content_width(page: Page) -> int:
    """Return the width of what a page shows, in CSS pixels.

    A press opens a page without waiting for its styles, and a measurement asks for a layout without them.
    """
    page.wait_for_load_state()
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return width
