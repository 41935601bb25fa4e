"""Measure the widget on threads of 50, 500 and more comments: time to content, and until all are on the page.

    python -m bench.long_threads [--comments 50 500] [--rounds 5]

Chromium loads the page with an empty cache over a connection like a good mobile one (10 Mbit/s, 60 ms). Every fifth
comment is at the top, and the others reply to it. "All shown" presses the buttons for more until there are none.
"""

import argparse
import shutil
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta

from playwright.sync_api import Browser, sync_playwright

from bench.servers import valkey, web_server
from bench.widgets import FIRST, text, visit, website
from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Decision
from comments.pseudonyms import new_id
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.redis import open_redis
from comments.storage.values import Admission, CommentChange
from workers.deps import now

BRANCH = 5


def publish_thread(storage: Storage, thread: str, n_comments: int) -> None:
    begun, parent = now() - timedelta(days=1), ""
    for n in range(n_comments):
        is_root = n % BRANCH == 0
        at = begun + timedelta(seconds=n)
        comment = Comment(
            new_id(), "blog", thread, at, parent="" if is_root else parent, author=f"Reader {n}", content=text(n)
        )
        parent = comment.id if is_root else parent
        storage.comments.accept(comment, Admission(fingerprint=comment.id))
        decision = Decision(Action.APPROVE, Status.APPROVED, Role.FILTERS, "filters", at)
        storage.comments.decide("blog", [CommentChange(comment, comment.with_decision(decision))])


def seconds_until_all(browser: Browser, address: str, n_comments: int) -> float:
    """Press the buttons for more until every comment is on the page."""
    page = browser.new_page()
    page.goto(address)
    page.get_by_text(FIRST).wait_for()
    begun = time.perf_counter()
    articles, more = page.locator("replygate-comments article"), page.get_by_role("button", name="more")
    while articles.count() < n_comments:
        shown = articles.count()
        more.first.click()
        page.wait_for_function(
            "n => document.querySelector('replygate-comments').shadowRoot.querySelectorAll('article').length > n",
            arg=shown,
        )
    page.close()
    return time.perf_counter() - begun


def measure_threads(sizes: Sequence[int], rounds: int) -> None:
    with ExitStack() as parts:
        pages: dict[str, str] = {}
        url = parts.enter_context(website(pages))
        settings = parts.enter_context(valkey())
        storage = open_redis(settings)
        storage.sites.put(Site("blog", "A blog", now(), origins=(url,), per_minute=0))
        service = f"http://127.0.0.1:{parts.enter_context(web_server(settings)).port}"
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = parts.enter_context(sync_playwright()).chromium.launch(executable_path=path, args=["--no-sandbox"])
        print("| comments | compressed kB | time to content, s | all shown after, s |\n|-|-|-|-|")
        for size in sizes:
            pages[f"/{size}"] = f'<script async src="{service}/widget.js" data-site="blog"></script>'
            publish_thread(storage, f"{url}/{size}", size)
            loads = [visit(browser, f"{url}/{size}") for _ in range(rounds)]
            content = statistics.median(load.seconds for load in loads)
            everything = seconds_until_all(browser, f"{url}/{size}", size)
            print(f"| {size} | {sum(loads[-1].bytes) / 1000:.1f} | {content:.2f} | {everything:.2f} |")
        browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--comments", type=int, nargs="+", default=[50, 500])
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    measure_threads(arguments.comments, arguments.rounds)
