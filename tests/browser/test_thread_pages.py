"""An owner looks after the threads of a site in the browser, also without scripts and on a phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Desktop, Live, sign_in
from tests.browser.pages import content_width
from tests.browser.test_accessibility import admin_link, violations
from tests.support.builders import accepted, published

OLD, NEW = "https://old.example/2025/walking-in-the-wind-by-the-sea-" + "x" * 80, "https://blog.example/walks"


@pytest.mark.parametrize("scripts", [True, False])
def test_an_owner_finds_names_closes_and_moves_a_thread(desktop: Desktop, live: Live, scripts: bool) -> None:
    published(live.storage, site="demo", thread="post-12")
    accepted(live.storage, site="demo", thread="post-13")
    page = desktop.open(java_script_enabled=scripts)
    sign_in(page, admin_link(live))
    page.goto(f"{live.url}/review/demo")
    page.get_by_role("link", name="Threads").click()
    page.get_by_label("Title, address or key").fill("post-12")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="post-12").click()
    page.get_by_label("Title", exact=True).fill("Walking in wind")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Walking in wind")).to_be_visible()
    page.get_by_role("button", name="Close thread").click()
    expect(page.get_by_role("status")).to_contain_text("no longer comment")
    page.get_by_role("link", name="Move thread").click()
    page.get_by_label("New address or key").fill(NEW)
    page.get_by_role("button", name="Show what would change").first.click()
    expect(page.get_by_role("heading", name="Move 1 thread?")).to_be_visible()
    assert live.storage.threads.counts("demo", ["post-12"]) == [1]
    page.get_by_role("button", name="Move 1 thread").click()
    expect(page.get_by_role("status")).to_contain_text("Moved 1 thread.")
    assert live.storage.threads.counts("demo", ["post-12", NEW]) == [0, 1]
    expect(page.get_by_role("link", name="Walking in wind")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_fit_and_are_accessible(desktop: Desktop, live: Live, width: int) -> None:
    for n, thread in enumerate((OLD, NEW, "post-12", f"{OLD}/2")):
        published(live.storage, site="demo", thread=thread, content=f"Comment {n}")
    live.storage.thread_details.put("demo", "post-12", "Walking in the wind, and what it does to a coat", None)
    live.storage.threads.set_closed("demo", NEW, closed=True)
    page = desktop.open(width=width)
    sign_in(page, admin_link(live))
    threads = f"{live.url}/sites/demo/threads"

    def check(name: str) -> None:
        assert content_width(page) <= width, name
        assert violations(page) == [], name

    for path in ("", "?q=nothing", "/one?thread=post-12", "/moves"):
        page.goto(threads + path)
        check(path)
    page.get_by_label("Old and new address in each line").fill(f"{OLD},{NEW}\n{OLD}/2,https://blog.example/2\na,b\n")
    page.get_by_role("button", name="Show what would change").last.click()
    expect(page.get_by_role("heading", name="Move 3 threads?")).to_be_visible()
    check("plan")
    page.goto(f"{threads}/moves")
    page.get_by_label("Old and new address in each line").fill("a,b\nb,a")
    page.get_by_role("button", name="Show what would change").last.click()
    expect(page.get_by_role("alert")).to_contain_text("lead back")
    check("error")
