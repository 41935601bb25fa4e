"""axe-core looks at every page: nothing that shuts people out seriously, in either scheme, also on a phone."""

import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Page, expect

from comments.pseudonyms import new_id, token_digest
from comments.settings import Settings
from comments.site import Person
from replygate.commands.demo_command import fill
from tests.browser.conftest import Desktop, Live, sign_in
from workers import deps as workers

AXE = Path(__file__).parents[1] / "vendor" / "axe-core"
#: What axe says of a page, without what it calls minor or moderate.
LOOK = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .filter((v) => ["serious", "critical"].includes(v.impact))
  .flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 160)} | ${n.failureSummary}`))"""

#: What differs between two pages of one kind: a comment, an author or a network in its path, and what is looked for.
PARTICULAR = re.compile(r"[a-z2-7]{26}|(?<=/)[\w@-]{12,}|\?.*")
MOST_PAGES = 60
#: Where links begin. Of one kind only the first is looked at, so what differs much by its question stands here.
STARTS = (
    *("/review", "/review/demo", "/review/demo?status=spam", "/review/demo?q=bread&signal=links.many", "/review/all"),
    *("/account", "/ops", "/docs", "/demo/"),
)
#: How people have it: in either scheme, and on a phone.
LOOKS = (("light", 1100), ("dark", 1100), ("light", 390))


def violations(page: Page) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate((AXE / "axe.min.js").read_text())  # past the content security policy, which forbids a tag
    return [f"{urlsplit(page.url).path} {said}" for said in page.evaluate(LOOK)]


@pytest.fixture
def seeded(live: Live, valkey_settings: Settings) -> Live:
    """A site as people have it after a week."""
    fill(live.storage, replace(valkey_settings, public_url=live.url), "demo", 1, workers.now(), again=True)
    return live


def way_in(live: Live, name: str = "Ines") -> str:
    """For somebody who may see everything."""
    live.storage.people.put(Person(name, {"demo": "owner"}, operator=True))
    token = new_id()
    live.storage.people.put_link(token_digest(token), name, 60)
    return f"{live.url}/link/{token}"


def kind(path: str) -> str:
    return PARTICULAR.sub("…", path)


def reachable(page: Page, live: Live, *starts: str) -> Iterator[str]:
    """One page of each kind that links lead to; `page` shows each while it is looked at."""
    waiting, seen = list(starts), {kind(path) for path in starts}
    while waiting:
        path = waiting.pop(0)
        answer = page.goto(live.url + path)
        if answer is None or "html" not in answer.headers.get("content-type", ""):
            continue
        yield path
        for link in page.locator("a[href]").evaluate_all("links => links.map((l) => l.getAttribute('href'))"):
            parts = urlsplit(urljoin(live.url + path, link))
            onward = parts.path + (f"?{parts.query}" if parts.query else "")
            if f"{parts.scheme}://{parts.netloc}" == live.url and kind(onward) not in seen:
                seen.add(kind(onward))
                waiting.append(onward)
        assert len(seen) < MOST_PAGES, "links lead on and on"


def test_axe_is_the_one_that_its_readme_names() -> None:
    assert sha256((AXE / "axe.min.js").read_bytes()).hexdigest() in (AXE / "README.md").read_text()


def test_every_page_that_links_lead_to(desktop: Desktop, seeded: Live) -> None:
    page = desktop.open(reduced_motion="reduce")  # so that no colour is on its way to another
    sign_in(page, way_in(seeded))
    found: list[str] = []
    paths: list[str] = []
    for path in reachable(page, seeded, *STARTS):
        paths.append(path)
        for scheme, width in LOOKS:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 800})
            found += violations(page)
    assert found == []
    assert len(paths) >= 10


def test_the_pages_of_those_who_are_not_signed_in(desktop: Desktop, seeded: Live) -> None:
    page = desktop.open()
    found: list[str] = []
    link = way_in(seeded)
    for path in ("/sign-in", urlsplit(link).path, "/link/lost", "/nowhere", "/review/nowhere", "/v1/sites/x/comments"):
        page.goto(seeded.url + path)
        found += violations(page)
    page.goto(f"{seeded.url}/sign-in")
    page.get_by_label("Name").fill("mo")
    page.get_by_label("Password").fill("not it")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert found + violations(page) == []


def test_the_reply_form_and_what_it_answers(desktop: Desktop, seeded: Live) -> None:
    page = desktop.open()
    found: list[str] = []
    page.goto(f"{seeded.url}/demo/")
    page.get_by_role("link", name="Reply to").first.click()
    found += violations(page)
    page.locator("form.reply").evaluate("form => { form.noValidate = true }")
    page.get_by_label("Email").fill("x")
    page.get_by_role("button", name="Post Comment").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += violations(page)
    for label, text in {"Comment": "A reply", "Name": "Uma", "Email": "uma@example.org"}.items():
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Post Comment").click()
    page.wait_for_load_state()
    assert found + violations(page) == []


def test_the_queue_while_it_is_worked_off(desktop: Desktop, seeded: Live) -> None:
    page = desktop.open()
    sign_in(page, way_in(seeded))
    page.goto(f"{seeded.url}/review/demo")
    for key in "asru":
        page.keyboard.press(key)
    found = violations(page)
    page.keyboard.press("?")
    assert found + violations(page) == []


def test_what_axe_is_there_for_would_be_found(desktop: Desktop, live: Live) -> None:
    page = desktop.open()
    page.goto(f"{live.url}/sign-in")
    page.evaluate("document.querySelectorAll('label').forEach((label) => label.remove())")
    assert violations(page)
