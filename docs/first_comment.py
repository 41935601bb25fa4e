"""Follow the plain HTML recipe from an empty directory to the first comment, and print how long each step took.

`python -m docs.first_comment` uses the page and the commands of recipes.md, with free ports.
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
#: Seconds to wait for a harmless comment to be published.
TIMEOUT = 15


class Form(HTMLParser):
    """The action and the fields of a page's form."""

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
    started, service, pages = time.monotonic(), free_port(), free_port()

    def with_free_ports(text: str) -> str:
        return text.replace("127.0.0.1:8000", f"127.0.0.1:{service}").replace("127.0.0.1:9000", f"127.0.0.1:{pages}")

    def step(done: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {done}", flush=True)

    with tempfile.TemporaryDirectory(prefix="rg") as temporary:
        directory = Path(temporary)
        (directory / "hello.html").write_text(with_free_ports(HTML[1]))
        with (
            running([*REPLYGATE, "up", "--port", str(service)], directory, ready="Replygate is up"),
            running([sys.executable, "-m", "http.server", str(pages)], directory),
        ):
            step("Replygate and the web server run")
            added = shlex.split(with_free_ports(ADD[1]))
            subprocess.run(
                [*REPLYGATE, *added, "moderation=suspicious"], cwd=directory, check=True, capture_output=True
            )
            step("the site is added")
            comment(with_free_ports("http://127.0.0.1:9000/hello.html"), with_free_ports("http://127.0.0.1:8000"), step)


def comment(page: str, service: str, step: Callable[[str], None]) -> None:
    """Send the page's form as a browser does, and wait until readers see the comment."""
    form = Form(wait_for_page(page, lambda text: "<form" in text))
    sent = form.fields | {"author": "Ada", "email": "ada@example.com", "content": "I *enjoyed* this."}
    headers = {"Accept": "text/html", "Origin": page.rsplit("/", 1)[0]}
    with urlopen(Request(form.action, urlencode(sent).encode(), headers)) as answer:
        assert answer.url.startswith(f"{service}/v1/sites/blog/comments/"), answer.url
    step("the form was sent and its confirmation shown")
    shown = f"{service}/v1/sites/blog/comments.html?{urlencode({'thread': page})}"
    wait_for_page(shown, lambda text: "I <em>enjoyed</em> this." in text)
    step("the first comment is published")


def wait_for_page(address: str, wanted: Callable[[str], bool]) -> str:
    """Return the page as soon as it is as `wanted`. Its server may still be starting."""
    until = time.monotonic() + TIMEOUT
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
            raise SystemExit(f"{address} does not have the expected content")
        time.sleep(0.05)


if __name__ == "__main__":
    main()
