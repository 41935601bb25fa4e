"""axe-core finds no accessibility problem above minor on any page, in light and dark, on desktop and phone."""

import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from playwright.sync_api import Error, Page, expect

from comments.person import Person
from comments.pseudonyms import new_id, token_digest
from comments.settings import Settings
from replygate.commands.demo_command import fill
from tests.browser.conftest import Desktop, Live, sign_in
from tests.browser.pages import follow
from workers import deps as workers

AXE = Path(__file__).parents[1] / "vendor" / "axe-core"
#: Returns the problems that axe finds on a page, without minor ones.
RUN_AXE = """async (rules) => (await axe.run(document, { resultTypes: ["violations"], ...rules })).violations
  .filter((v) => v.impact !== "minor")
  .flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 160)} | ${n.failureSummary}`))"""

#: The parts of a path that differ between pages of one kind: ids of comments, authors and networks, and the query.
PARTICULAR = re.compile(r"[a-z2-7]{26}|(?<=/)[\w@-]{12,}|\?.*")
MOST_PAGES = 90
#: Pages to start from. Only one page of each kind is checked, so pages that differ a lot by query are listed here.
STARTS = (
    *("/review", "/review/demo", "/review/demo?status=spam", "/review/demo?q=bread&signal=links.many", "/review/all"),
    *("/account", "/ops", "/ops/judging", "/docs", "/demo/", "/review/styles"),
    *("/setup?new=", "/setup/demo/embed", "/setup/demo/invite", "/setup/demo/try", "/sites/demo/delete"),
)
WIDTHS = (1100, 390)
#: Rules of axe whose result depends on the colour scheme. All others are tried in light only.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """Return the problems of a page by some rules, or by all."""
    # A press opens a page without waiting for its styles.
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        # The content security policy forbids a script tag.
        page.evaluate((AXE / "axe.min.js").read_text())
    chosen = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    return [f"{urlsplit(page.url).path} {problem}" for problem in page.evaluate(RUN_AXE, chosen)]


@pytest.fixture
def seeded(live: Live, valkey_settings: Settings) -> Live:
    """Fill the site with a week of comments."""
    fill(live.storage, replace(valkey_settings, public_url=live.url), "demo", 1, workers.now(), again=True)
    return live


def admin_link(live: Live, name: str = "Ines") -> str:
    """Return a sign-in link for an account with all permissions."""
    live.storage.people.put(Person(name, {"demo": "owner"}, operator=True, setup="done"))
    token = new_id()
    live.storage.people.put_link(token_digest(token), name, 60)
    return f"{live.url}/link/{token}"


def kind(path: str) -> str:
    return PARTICULAR.sub("…", path)


def reachable(page: Page, live: Live, *starts: str) -> Iterator[str]:
    """Follow links, and yield the path of one page of each kind. `page` shows it at that moment."""
    to_visit, seen = list(starts), {kind(path) for path in starts}
    while to_visit:
        path = to_visit.pop(0)
        try:
            answer = page.goto(live.url + path)
        except Error as error:
            if "Download is starting" not in str(error):
                raise
            continue
        if answer is None or "html" not in answer.headers.get("content-type", ""):
            continue
        yield path
        for link in page.locator("a[href]").evaluate_all("links => links.map((l) => l.getAttribute('href'))"):
            address = urldefrag(urljoin(live.url + path, link)).url
            target = address.removeprefix(live.url)
            if address.startswith(f"{live.url}/") and kind(target) not in seen:
                seen.add(kind(target))
                to_visit.append(target)
        assert len(seen) < MOST_PAGES, "links lead to more and more pages"


def test_axe_has_the_checksum_in_its_readme() -> None:
    assert sha256((AXE / "axe.min.js").read_bytes()).hexdigest() in (AXE / "README.md").read_text()


def test_linked_pages_are_accessible(desktop: Desktop, seeded: Live) -> None:
    page = desktop.open()
    sign_in(page, admin_link(seeded))
    found: list[str] = []
    paths: list[str] = []
    for path in reachable(page, seeded, *STARTS):
        paths.append(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme="light")
            found += violations(page)
            page.emulate_media(color_scheme="dark")
            found += violations(page, COLOUR_RULES)
    assert found == []
    assert len(paths) >= 10


def test_public_pages_are_accessible(desktop: Desktop, seeded: Live) -> None:
    page = desktop.open()
    found: list[str] = []
    link = admin_link(seeded)
    for path in ("/sign-in", urlsplit(link).path, "/link/lost", "/nowhere", "/review/nowhere", "/v1/sites/x/comments"):
        page.goto(seeded.url + path)
        found += violations(page)
    page.goto(f"{seeded.url}/sign-in")
    page.get_by_label("Name").fill("mo")
    page.get_by_label("Password").fill("not it")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert found + violations(page) == []


def test_the_reply_form_and_its_results_are_accessible(desktop: Desktop, seeded: Live) -> None:
    """The plain form of the demo page, as it is where scripts do not run."""
    page = desktop.open()
    page.route("**/widget.js", lambda route: route.abort())
    page.goto(f"{seeded.url}/demo/")
    found = violations(page)
    page.locator("form.reply").evaluate("form => { form.noValidate = true }")
    page.get_by_label("Email").fill("x")
    follow(page.get_by_role("button", name="Post comment"))
    expect(page.get_by_role("alert")).to_be_visible()
    found += violations(page)
    for label, text in {"Comment": "A reply", "Name": "Uma", "Email": "uma@example.org"}.items():
        page.get_by_label(label).fill(text)
    follow(page.get_by_role("button", name="Post comment"))
    assert found + violations(page) == []


def test_the_queue_is_accessible_while_comments_are_decided(desktop: Desktop, seeded: Live) -> None:
    page = desktop.open()
    sign_in(page, admin_link(seeded))
    page.goto(f"{seeded.url}/review/demo")
    for key in "jasru":  # the first row is a wave, whose key "s" leads to a preview
        page.keyboard.press(key)
    found = violations(page)
    page.keyboard.press("?")
    assert found + violations(page) == []


def test_axe_finds_a_missing_label(desktop: Desktop, live: Live) -> None:
    page = desktop.open()
    page.goto(f"{live.url}/sign-in")
    page.evaluate("document.querySelectorAll('label').forEach((label) => label.remove())")
    assert violations(page)


def test_axe_finds_a_weak_contrast_in_dark_colours(desktop: Desktop, live: Live) -> None:
    page = desktop.open(color_scheme="dark")
    page.goto(f"{live.url}/sign-in")
    assert not violations(page, COLOUR_RULES)
    page.evaluate("document.querySelectorAll('label').forEach((label) => { label.style.color = '#444' })")
    assert any("color-contrast" in problem for problem in violations(page, COLOUR_RULES))
