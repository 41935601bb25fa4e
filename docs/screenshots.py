"""Take the pictures of the docs: start Replygate in a temporary directory, fill it with the demo, and open each page.

`make pictures` runs it. It needs Chromium on the PATH and takes half a minute.
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
#: Bytes. A README with larger pictures is slow to open.
LARGEST = 200_000
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--hide-scrollbars")

#: Words for made-up comments, so that the operations page has traffic to show.
WORDS = sorted({word.strip(".,?!*") for entry in STORY for word in entry.text.split() if word.isascii()})


@dataclass(frozen=True)
class Picture:
    """`page` is a path, or the name of an author whose held comment is opened."""

    name: str
    page: str
    width: int = 1200
    height: int = 900
    scheme: str = "light"
    focus: str = ""  # CSS of the element to scroll to
    follow: str = ""  # CSS of a link to click first


PICTURES = (
    Picture("demo-article", "/demo/", focus="#article blockquote"),
    Picture("review-queue", "/review/demo", height=620),
    Picture("review-phone", "/review/demo", width=390, height=844),
    Picture("review-dark", "/review/demo", height=620, scheme="dark"),
    Picture("search", "/review/demo?q=tide*", height=620),
    Picture("comment", "Ilse Kort"),
    Picture("bulk-preview", "/review/demo/bulk?action=spam&signal=near-duplicates.text"),
    Picture("author-page", "LuckySpin777", follow='a[href*="/authors/"]'),
    Picture("rules", "/sites/demo/rules"),
    Picture("audit-log", "/sites/demo/audit"),
    Picture("team", "/sites/demo/team"),
    Picture("settings", "/sites/demo/settings"),
)


@dataclass(frozen=True)
class Deployment:
    """A running Replygate. `admin_link` signs in a person who also sees the operations page."""

    data: Path
    url: str
    admin_link: str

    def command(self, *words: str) -> str:
        """Run `replygate` and return what it prints."""
        words = (sys.executable, "-m", "replygate", "--data", str(self.data), *words)
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout


@contextmanager
def running(checkout: Path | None = None) -> Iterator[Deployment]:
    """Run Replygate as it is in `checkout`, or in this one."""
    with tempfile.TemporaryDirectory(prefix="rgp") as directory, socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        listening.close()
        words = [sys.executable, "-m", "replygate", "--data", directory, "up", "--port", str(port)]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=checkout)
        try:
            yield Deployment(Path(directory), f"http://127.0.0.1:{port}", wait_for_link(process))
        finally:
            process.terminate()
            process.wait()


def wait_for_link(process: "subprocess.Popen[str]") -> str:
    """Wait until `replygate up` runs, and return the sign-in link that it prints."""
    for line in process.stdout or ():
        if "/link/" in line:
            return find_link(line)
    raise SystemExit("`replygate up` did not start")


def find_link(text: str) -> str:
    found = re.search(r"http\S+/link/\S+", text)
    if found is None:
        raise SystemExit(f"no sign-in link in: {text}")
    return found[0]


def send_traffic(url: str, n: int = 300) -> None:
    """Send comments that all differ, from many authors."""
    chance = Random(1)
    for i in range(n):
        content = " ".join(chance.sample(WORDS, 20))
        body = {"thread": f"bread-{i % 9}", "author": f"Reader {i}", "email": f"r{i}@example.com", "content": content}
        request = urllib.request.Request(
            f"{url}/v1/sites/bakery/comments", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=10).close()


def sign_in(browser: Browser, link: str, **options: object) -> Page:
    page = browser.new_context(**options).new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/(review|setup)$"))
    return page


def save(page: Page, name: str) -> None:
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path)
    size = path.stat().st_size
    print(f"{path.name}: {size / 1000:.0f} kB")
    if size > LARGEST:
        raise SystemExit(f"{path.name} is too large")


def take_operations(browser: Browser, deployment: Deployment) -> None:
    """Take the operations page before the demo fills the site with comments from the past."""
    deployment.command("site", "add", "bakery", "name=The Daily Loaf", "per_minute=0", "moderation=suspicious")
    page = sign_in(browser, deployment.admin_link, viewport={"width": 1200, "height": 900})
    page.goto(f"{deployment.url}/ops")
    send_traffic(deployment.url)
    page.locator("[data-rate$=accepted]").wait_for()
    save(page, "operations")


def take(browser: Browser, deployment: Deployment, picture: Picture, state: object) -> None:
    size = {"width": picture.width, "height": picture.height}
    page = browser.new_context(viewport=size, color_scheme=picture.scheme, storage_state=state).new_page()
    path = picture.page if picture.page.startswith("/") else held_comment(page, deployment, picture.page)
    answer = page.goto(deployment.url + path)
    if answer is None or not answer.ok:
        raise SystemExit(f"{path} cannot be opened: {answer and answer.status}")
    if picture.follow:
        page.locator(picture.follow).first.click()
    page.wait_for_load_state("load")
    if picture.page == "/review/demo":
        page.get_by_text(re.compile(r"^Mo ")).first.wait_for()
    if picture.focus:
        page.locator(picture.focus).evaluate("element => element.scrollIntoView()")
    save(page, picture.name)
    page.context.close()


def open_as_colleague(browser: Browser, deployment: Deployment) -> None:
    """Open a comment as Mo, so that the others see Mo on its row."""
    page = sign_in(browser, find_link(deployment.command("moderator", "link", "Mo")))
    path = held_comment(page, deployment, "Bram de Wit")
    with page.expect_response(lambda answer: answer.request.method == "POST" and "/review/" in answer.url):
        page.goto(f"{deployment.url}{path}")


def add_rule(browser: Browser, deployment: Deployment, state: object) -> None:
    """Ban a domain (the form's default effect), so that the list of rules is not empty."""
    page = browser.new_context(storage_state=state).new_page()
    page.goto(f"{deployment.url}/sites/demo/rules/new?kind=domain&value=luckyspin.example")
    page.locator("[name=note]").fill("Gambling, on several pages")
    with page.expect_navigation():
        page.locator("[name=note]").press("Enter")


def held_comment(page: Page, deployment: Deployment, author: str) -> str:
    answer = page.request.get(f"{deployment.url}/v1/sites/demo/review/comments?status=held&limit=100").json()
    return next(f"/review/demo/{row['id']}" for row in answer["comments"] if row["author"] == author)


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("the pictures need Chromium on the PATH")
    IMAGES.mkdir(exist_ok=True)
    with running() as deployment, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        take_operations(browser, deployment)
        state = sign_in(browser, find_link(deployment.command("demo"))).context.storage_state()
        add_rule(browser, deployment, state)
        open_as_colleague(browser, deployment)
        for picture in PICTURES:
            take(browser, deployment, picture, state)
        browser.close()


if __name__ == "__main__":
    main()
