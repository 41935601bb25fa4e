"""A new user's first minutes: `replygate up` on an empty directory, the printed link, the set-up, a first decision."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from comments.settings import PREFIX
from tests.browser.conftest import Desktop
from tests.browser.test_accessibility import violations
from tests.support.ports import free_port

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def started() -> Iterator[str]:
    """Start everything on an empty data directory, and return what the program prints."""
    port = str(free_port())
    with tempfile.TemporaryDirectory(prefix="rgf") as directory:
        env = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        words = [sys.executable, "-m", "replygate", "--data", f"{directory}/var", "up", "--port", port]
        process = subprocess.Popen(words, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE)
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Logs" in line:
                break
        yield "".join(lines)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def new_link(printed: str) -> str:
    found = re.search(r"http\S+/link/\S+", printed)
    assert found, printed
    return found[0]


def fill_first_step(page: Page, address: str) -> None:
    page.get_by_label("Name").fill("My blog")
    page.get_by_label("Address").fill(address)
    page.get_by_role("button", name="Create site").click()


def test_a_new_user_gets_from_the_link_to_a_decided_comment(started: str, desktop: Desktop) -> None:
    page = desktop.open()
    page.goto(new_link(started))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/setup")
    assert violations(page) == []

    fill_first_step(page, "htps://blog.example")
    expect(page.locator(".error", has_text="for example https://blog.example")).to_be_visible()
    expect(page.get_by_label("Address")).to_be_focused()
    fill_first_step(page, "blog.example/about")
    expect(page.get_by_text("Comments are accepted from https://blog.example.")).to_be_visible()
    expect(page.get_by_label("Line for your pages")).to_have_value(re.compile('data-site="my-blog"'))
    assert violations(page) == []

    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name").fill("ines")
    page.get_by_role("button", name="Create invitation link").click()
    expect(page.get_by_label("Sign-in link")).to_have_value(re.compile("/link/"))
    page.get_by_role("button", name="Continue").click()

    widget = page.locator("replygate-comments")
    widget.locator("textarea").first.fill("The first words on this site.")
    widget.get_by_label(re.compile("^Name")).fill("Ada")
    widget.get_by_label(re.compile("^Email")).fill("ada@example.org")
    widget.get_by_role("button", name="Post comment").click()
    expect(widget.get_by_text(re.compile("awaiting moderation|has been published")).first).to_be_visible()
    page.get_by_role("button", name="Finish").click()
    page.wait_for_url("**/review/my-blog")
    expect(page.get_by_role("heading").first).to_be_visible()
