"""Time to first comment: does what the plain HTML recipe says, from an empty directory to a comment on the page.

`python -m docs.first_comment`; the page and the commands are those of recipes.md, only the ports are free ones.
"""

import re
import shlex
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

RECIPES = Path(__file__).with_name("recipes.md").read_text()
HTML = re.search(r"^## Plain HTML.*?^```html\n(.*?)^```", RECIPES, re.DOTALL | re.MULTILINE)
ADD = re.search(r"^replygate (site add .*)$", RECIPES, re.MULTILINE)
REPLYGATE = [sys.executable, "-m", "replygate"]
#: Seconds in which a comment that nothing speaks against is published.
PATIENCE = 15


class Form(HTMLParser):
    """Where a page's form goes to, and what is in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action, self.fields = "", {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.action = given["action"] or ""
        if given.get("name") and tag in ("input", "textarea"):
            self.fields[given["name"]] = given.get("value") or ""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def running(command: list[str], directory: Path, ready: str = "") -> Iterator[None]:
    with subprocess.Popen(
        command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        try:
            if ready and child.stdout and ready not in child.stdout.readline():
                raise SystemExit(f"{command} did not start")
            yield
        finally:
            child.terminate()


def main() -> None:
    assert HTML
    assert ADD
    began, service, pages = time.monotonic(), free_port(), free_port()

    def own(text: str) -> str:
        return text.replace("127.0.0.1:8000", f"127.0.0.1:{service}").replace("127.0.0.1:9000", f"127.0.0.1:{pages}")

    def step(done: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {done}", flush=True)

    with tempfile.TemporaryDirectory(prefix="rg") as place:
        directory = Path(place)
        (directory / "hello.html").write_text(own(HTML[1]))
        with (
            running([*REPLYGATE, "up", "--port", str(service)], directory, ready="Replygate is up"),
            running([sys.executable, "-m", "http.server", str(pages)], directory),
        ):
            step("everything runs")
            added = shlex.split(own(ADD[1]))
            subprocess.run(
                [*REPLYGATE, *added, "moderation=suspicious"], cwd=directory, check=True, capture_output=True
            )
            step("the site is added")
            comment(own("http://127.0.0.1:9000/hello.html"), own("http://127.0.0.1:8000"), step)


def comment(page: str, service: str, step: Callable[[str], None]) -> None:
    """Send the page's own form as a browser does, and wait until readers see the comment."""
    form = Form(patiently(page, lambda text: "<form" in text))
    sent = form.fields | {"author": "Ada", "email": "ada@example.com", "content": "I *enjoyed* this."}
    headers = {"Accept": "text/html", "Origin": page.rsplit("/", 1)[0]}
    with urlopen(Request(form.action, urlencode(sent).encode(), headers)) as answer:
        assert answer.url.startswith(f"{page}?comment="), answer.url
    step("the form was sent, and led back to the page")
    shown = f"{service}/v1/sites/blog/comments.html?{urlencode({'thread': page})}"
    patiently(shown, lambda text: "I <em>enjoyed</em> this." in text)
    step("the first comment is published")


def patiently(address: str, wanted: Callable[[str], bool]) -> str:
    """The page once it is as `wanted`; its server may still be starting."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(address) as answer:
                text = str(answer.read().decode())
            if wanted(text):
                return text
        except OSError:
            if time.monotonic() > until:
                raise
        if time.monotonic() > until:
            raise SystemExit(f"{address} is not as it should be")
        time.sleep(0.05)


if __name__ == "__main__":
    main()
