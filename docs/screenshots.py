"""Takes the pictures of the docs: starts everything in a directory of its own, fills it, and looks at it.

`make pictures` runs it. It needs Chromium on the PATH, and takes half a minute.
"""

import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from playwright.sync_api import Browser, Page, sync_playwright

from replygate.commands.demo_story import STORY

IMAGES = Path(__file__).parent / "images"
#: Bytes; a README with more is slow to open.
LARGEST = 200_000
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--hide-scrollbars")

#: What the site is made to say before the ops page is looked at: it has to have something to show.
WORDS = sorted({word.strip(".,?!*") for said in STORY for word in said.text.split() if word.isascii()})


@dataclass(frozen=True)
class Picture:
    """`of` is a path, or an author one of whose held comments is meant."""

    name: str
    of: str
    width: int = 1200
    height: int = 900
    scheme: str = "light"
    focus: str = ""  # CSS of what the picture shall begin with
    onward: str = ""  # CSS of a link to follow first


PICTURES = (
    Picture("demo", "/demo/", focus="#article blockquote"),
    Picture("review", "/review/demo"),
    Picture("card", "Ilse Kort"),
    Picture("author", "LuckySpin777", onward='a[href*="/authors/"]'),
    Picture("audit", "/sites/demo/audit"),
    Picture("people", "/sites/demo/people"),
    Picture("phone", "/review/demo", width=390, height=844),
    Picture("dark", "/review/demo", scheme="dark"),
)


@dataclass(frozen=True)
class Running:
    """`admin` is a link that signs in somebody who sees the ops page too."""

    data: Path
    url: str
    admin: str

    def command(self, *words: str) -> str:
        """What `replygate` says."""
        words = (sys.executable, "-m", "replygate", "--data", str(self.data), *words)
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout


@contextmanager
def running() -> Iterator[Running]:
    with tempfile.TemporaryDirectory(prefix="rgp") as directory, socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        listening.close()
        words = [sys.executable, "-m", "replygate", "--data", directory, "up", "--port", str(port)]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        try:
            yield Running(Path(directory), f"http://127.0.0.1:{port}", link(greeting(process)))
        finally:
            process.terminate()
            process.wait()


def greeting(process: "subprocess.Popen[str]") -> str:
    """What it says once it is up, to the line about logs."""
    lines = []
    for line in process.stdout or ():
        lines.append(line)
        if "Logs" in line:
            return "".join(lines)
    raise SystemExit("`replygate up` did not start")


def link(said: str) -> str:
    found = re.search(r"http\S+/link/\S+", said)
    if found is None:
        raise SystemExit(f"there is no link to sign in with in: {said}")
    return found[0]


def chatter(url: str, n: int = 300) -> None:
    """Comments from all over, each other than the others."""
    chance = Random(1)
    for i in range(n):
        content = " ".join(chance.sample(WORDS, 20))
        body = {"thread": f"bread-{i % 9}", "author": f"Reader {i}", "email": f"r{i}@example.com", "content": content}
        request = urllib.request.Request(
            f"{url}/v1/sites/bakery/comments", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=10).close()


def sign_in(browser: Browser, way_in: str, **options: object) -> Page:
    page = browser.new_context(**options).new_page()
    page.goto(way_in)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/review")
    return page


def take(page: Page, name: str) -> None:
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path)
    size = path.stat().st_size
    print(f"{path.name}: {size / 1000:.0f} kB")
    if size > LARGEST:
        raise SystemExit(f"{path.name} is too large")


def ops(browser: Browser, here: Running) -> None:
    """Before the demo's comments are there, for which nobody waited."""
    here.command("site", "add", "bakery", "name=The Daily Loaf", "per_minute=0", "moderation=suspicious")
    page = sign_in(browser, here.admin, viewport={"width": 1200, "height": 900})
    page.goto(f"{here.url}/ops")
    chatter(here.url)
    page.locator("[data-rate=accepted]").wait_for()
    take(page, "ops")


def look(browser: Browser, here: Running, picture: Picture, state: object) -> None:
    size = {"width": picture.width, "height": picture.height}
    page = browser.new_context(viewport=size, color_scheme=picture.scheme, storage_state=state).new_page()
    path = picture.of if picture.of.startswith("/") else card(page, here, picture.of)
    page.goto(here.url + path)
    if picture.onward:
        page.locator(picture.onward).first.click()
    page.wait_for_load_state("load")
    if picture.of == "/review/demo":
        page.get_by_text("is looking at this").wait_for()
    if picture.focus:
        page.locator(picture.focus).evaluate("element => element.scrollIntoView()")
    take(page, picture.name)
    page.context.close()


def colleague(browser: Browser, here: Running) -> None:
    """Mo looks at the first card of the queue, which the others see."""
    page = sign_in(browser, link(here.command("moderator", "link", "Mo")))
    with page.expect_response(re.compile("/look$")):
        page.goto(f"{here.url}/review/demo")


def card(page: Page, here: Running, author: str) -> str:
    answer = page.request.get(f"{here.url}/v1/sites/demo/review/comments?status=held&limit=100").json()
    return next(f"/review/demo/{row['id']}" for row in answer["comments"] if row["author"] == author)


def main() -> None:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise SystemExit("the pictures need Chromium on the PATH")
    IMAGES.mkdir(exist_ok=True)
    with running() as here, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        ops(browser, here)
        state = sign_in(browser, link(here.command("demo"))).context.storage_state()
        colleague(browser, here)
        for picture in PICTURES:
            look(browser, here, picture, state)
        browser.close()


if __name__ == "__main__":
    main()
