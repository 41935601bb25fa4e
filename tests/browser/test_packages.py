"""The npm package: its widget in plain TypeScript, React, Vue and Svelte, as a site's own build makes them."""

import json
import tarfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from comments.lifecycle import Status
from tests.browser.conftest import Desktop, Live
from tests.browser.pages import Website
from tests.browser.widget import reply, write
from tests.support.node import install_packages, run_npm

PACKAGE = Path(__file__).parents[2] / "packages" / "npm"


@pytest.fixture(scope="module")
def built_apps() -> Path:
    """Install the locked packages, check all types, and bundle the apps."""
    install_packages(PACKAGE)
    run_npm(PACKAGE, "test")
    return PACKAGE / "test" / "dist" / "apps.js"


def open_app(page: Page, live: Live, website: Website, built_apps: Path, app: str, thread: str) -> None:
    address = website.put('<div id="app"></div>', path=f"/{app}")
    page.goto(f"{address}?app={app}&server={live.url}&site=demo&thread={thread}")
    page.add_script_tag(path=str(built_apps), type="module")


@pytest.mark.parametrize("app", ["plain", "react", "vue", "svelte"])
def test_a_component_shows_its_thread_and_follows_its_options(
    desktop: Desktop, live: Live, website: Website, built_apps: Path, app: str
) -> None:
    reply(live, "first", author="Ada", content="In the first thread.")
    reply(live, "second", author="Bo", content="In the second thread.")
    page = desktop.open()
    open_app(page, live, website, built_apps, app, "first")
    expect(page.get_by_text("In the first thread.")).to_be_visible()
    page.evaluate("app.show({ ...options, thread: 'second' })")
    expect(page.get_by_text("In the second thread.")).to_be_visible()
    expect(page.get_by_text("In the first thread.")).to_have_count(0)
    write(page, "Written in the second thread")
    expect(page.get_by_text("Written in the second thread")).to_be_visible()
    rows = live.storage.comments.by_status("demo", Status.APPROVED, 5).rows
    assert {row.thread for row in rows if row.content == "Written in the second thread"} == {"second"}
    page.evaluate("app.remove()")
    expect(page.locator("replygate-comments")).to_have_count(0)


def test_the_package_has_the_built_files_alone(built_apps: Path, tmp_path: Path) -> None:
    listed = json.loads(run_npm(PACKAGE, "pack", "--json", "--pack-destination", str(tmp_path)))
    with tarfile.open(tmp_path / listed[0]["filename"]) as package:
        names = {name.removeprefix("package/") for name in package.getnames()}
    expected = {f"dist/{name}" for name in ("index", "react", "vue") for name in (f"{name}.js", f"{name}.d.ts")}
    assert names == expected | {"package.json", "README.md", "dist/Comments.svelte", "dist/Comments.svelte.d.ts"}
