"""Compare what readers load: this widget, Isso's and Remark42's, each with the same 50 comments, in Chromium.

    python -m bench.widgets [--rounds 7] [--remark42 FRONTEND] [--pictures DIRECTORY]

Isso runs as its documentation says. Remark42's frontend is one that you built (`frontend/apps/remark42/public`, with
REMARK_URL=http://127.0.0.1:8099); its answers are made beforehand, so its server costs nothing. Rounds alternate, each
with an empty cache. Bytes are compressed with gzip level 6, as a server behind a compressing proxy sends them.
Time to content is from the request for the page until the first comment is visible, with a connection like a good
mobile one (10 Mbit/s, 60 ms).
"""

import argparse
import gzip
import json
import shutil
import statistics
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Response, sync_playwright

from bench.servers import isso, isso_python, valkey, web_server
from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Decision
from comments.pseudonyms import new_id
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.redis import open_redis
from comments.storage.values import Admission, CommentChange
from workers.deps import now

COMMENTS, WAIT_SECONDS = 50, 30
FIRST = "Comment 0: the pier in winter is emptier than I remember it."
REMARK42_PORT = 8099
NETWORK = {"offline": False, "latency": 60, "downloadThroughput": 1_250_000, "uploadThroughput": 1_250_000}
PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>An article</title></head><body><h1>An article</h1>{}</body></html>"
)


def text(n: int) -> str:
    return FIRST.replace("0", str(n), 1)


@dataclass
class Load:
    """One visit: seconds to the first comment, and the compressed bytes of each request that the widget made."""

    seconds: float = 0.0
    bytes: list[int] = field(default_factory=list)


def visit(browser: Browser, address: str, picture: Path | None = None) -> Load:
    """Open the page with an empty cache and wait for the first comment."""
    context = browser.new_context(viewport={"width": 800, "height": 900})
    page, load = context.new_page(), Load()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", NETWORK)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer) if answer.url != address else None)
    begun = time.perf_counter()
    page.goto(address, wait_until="commit")
    _wait_for_first(page)
    load.seconds = time.perf_counter() - begun
    page.wait_for_timeout(500)  # what loads after the comments
    load.bytes = [_compressed(answer) for answer in answers if "favicon" not in answer.url]
    if picture:
        page.screenshot(path=picture)
    context.close()
    return load


def _wait_for_first(page: Page) -> None:
    """Wait until a frame shows the first comment. Raises TimeoutError."""
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        for frame in page.frames:
            found = frame.get_by_text(FIRST)
            if found.count() and found.first.is_visible():
                return
    raise TimeoutError(page.url)


def _compressed(answer: Response) -> int:
    media = answer.headers.get("content-type", "")
    if "event-stream" in media or answer.status in (204, 304):
        return 0
    return len(gzip.compress(answer.body(), 6))


@contextmanager
def serve(handler: type[BaseHTTPRequestHandler] | partial[SimpleHTTPRequestHandler], port: int = 0) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@contextmanager
def website(pages: dict[str, str]) -> Iterator[str]:
    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = PAGE.format(pages.get(self.path, "")).encode()
            self.send_response(200 if self.path in pages else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Print nothing."""

    with serve(Pages) as url:
        yield url


def publish(storage: Storage, thread: str) -> None:
    for n in range(COMMENTS):
        comment = Comment(new_id(), "blog", thread, now(), author=f"Reader {n}", content=text(n))
        storage.comments.accept(comment, Admission(fingerprint=comment.id))
        decision = Decision(Action.APPROVE, Status.APPROVED, Role.FILTERS, "filters", now())
        storage.comments.decide("blog", [CommentChange(comment, comment.with_decision(decision))])


def fill_isso(port: int, thread: str) -> None:
    for n in range(COMMENTS):
        body = json.dumps({"text": text(n), "author": f"Reader {n}"}).encode()
        url = f"http://127.0.0.1:{port}/new?uri={urlsplit(thread).path}"
        urllib.request.urlopen(urllib.request.Request(url, body, {"Content-Type": "application/json"})).read()


class Remark42(SimpleHTTPRequestHandler):
    """Remark42's built frontend, with the answers of a server that has the comments."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/auth/status":
            self._send(200, {"status": "not logged in"})
        elif path.startswith("/api/v1/"):
            self._send(*REMARK42_ANSWERS.get(path.removeprefix("/api/v1/"), (404, {})))
        else:
            self.path = path.removeprefix("/web")
            super().do_GET()

    def _send(self, status: int, answer: object) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def log_message(self, *args: object) -> None:
        """Print nothing."""


def _remark42_comment(n: int) -> dict[str, object]:
    user = {"name": f"Reader {n}", "id": f"anonymous_{n}", "picture": "", "admin": False, "verified": False}
    return {
        "comment": {
            "id": str(n), "pid": "", "text": f"<p>{text(n)}</p>", "user": user, "locator": {"site": "blog", "url": ""},
            "score": 0, "vote": 0, "controversy": 0, "time": f"2026-11-01T10:{n:02}:00Z",
        }
    }  # fmt: skip


REMARK42_ANSWERS: dict[str, tuple[int, object]] = {
    "config": (200, {
        "version": "1.16", "auth_providers": ["anonymous"], "edit_duration": 300, "admin_edit": False,
        "max_comment_size": 2048, "admins": [], "admin_email": "", "low_score": -5, "critical_score": -10,
        "positive_score": False, "readonly_age": 0, "max_image_size": 0, "simple_view": False, "anon_vote": False,
        "email_notifications": False, "telegram_notifications": False, "emoji_enabled": False,
    }),
    "find": (200, {
        "comments": [_remark42_comment(n) for n in range(COMMENTS)],
        "info": {"url": "", "count": COMMENTS, "read_only": False},
    }),
    "user": (401, {"error": "not signed in"}),
}  # fmt: skip


def measure(rounds: int, remark42: Path | None, pictures: Path | None) -> None:
    with ExitStack() as parts:
        pages: dict[str, str] = {}
        url = parts.enter_context(website(pages))
        settings = parts.enter_context(valkey())
        storage = open_redis(settings)
        storage.sites.put(Site("blog", "A blog", now(), origins=(url,), per_minute=0))
        ours = f"http://127.0.0.1:{parts.enter_context(web_server(settings)).port}"
        theirs = f"http://127.0.0.1:{parts.enter_context(isso(isso_python(), url)).port}"
        pages["/replygate"] = f'<script async src="{ours}/widget.js" data-site="blog"></script>'
        pages["/isso"] = (
            f'<script data-isso="{theirs}/" async src="{theirs}/js/embed.min.js"></script>'
            '<section id="isso-thread"></section>'
        )
        publish(storage, f"{url}/replygate")
        fill_isso(int(theirs.rpartition(":")[2]), f"{url}/isso")
        if remark42:
            server = parts.enter_context(serve(partial(Remark42, directory=str(remark42)), REMARK42_PORT))
            pages["/remark42"] = (
                f'<div id="remark42"></div><script>var remark_config = {{host: "{server}", '
                f'site_id: "blog"}}</script><script type="module" src="{server}/web/embed.mjs"></script>'
            )
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = parts.enter_context(sync_playwright()).chromium.launch(executable_path=path, args=["--no-sandbox"])
        loads: dict[str, list[Load]] = {name: [] for name in pages}
        for n in range(rounds):
            for name in pages:
                picture = pictures / f"widget-{name[1:]}.png" if pictures and n == 0 else None
                loads[name].append(visit(browser, url + name, picture))
        report(loads)
        browser.close()


def report(loads: dict[str, list[Load]]) -> None:
    print("| | requests | compressed kB | time to content, s |\n|-|-|-|-|")
    for name, found in loads.items():
        last = found[-1]
        seconds = statistics.median(load.seconds for load in found)
        print(f"| {name[1:]} | {len(last.bytes)} | {sum(last.bytes) / 1000:.1f} | {seconds:.2f} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--remark42", type=Path)
    parser.add_argument("--pictures", type=Path)
    arguments = parser.parse_args()
    measure(arguments.rounds, arguments.remark42, arguments.pictures)
