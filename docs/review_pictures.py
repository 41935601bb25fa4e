"""Take pictures of the review desk on screens of three sizes, light and dark, from this checkout or from an older one.

`python -m docs.review_pictures after` writes the set of docs/images/desk; `--all DIRECTORY` writes every size and
colour scheme. With `before --checkout DIRECTORY` the pictures show the version that is checked out there.
"""

import argparse
import base64
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from docs.screenshots import FLAGS, IMAGES, Deployment, find_link, held_comment, running, sign_in

#: Width and height of each screen.
SCREENS = {"1280": (1280, 900), "1920": (1920, 1080), "390": (390, 844)}
SCHEMES = ("light", "dark")
#: Looks that docs/images/desk has, the dark one of one page alone. The others are for a look before a release.
KEPT = (("1280", "light"), ("390", "light"), ("1280", "dark"))
KEPT_DARK = "queue"
#: Quality of WebP: text stays sharp, and the whole set stays below a megabyte.
QUALITY = 0.3


@dataclass(frozen=True)
class DeskPage:
    """`path` is an address, or the name of an author whose comment that needs review is opened."""

    name: str
    path: str
    follow: str = ""  # CSS of a link to open from there
    only_after: bool = False  # pages that did not exist before


PAGES = (
    DeskPage("queue", "/review/demo"),
    DeskPage("card", "Ilse Kort"),
    DeskPage("author", "LuckySpin777", follow='main a[href*="/authors/"]'),
    DeskPage("audit", "/sites/demo/audit"),
    DeskPage("settings", "/sites/demo/settings"),
    DeskPage("set-up", "/setup", only_after=True),
    DeskPage("numbers", "/sites/demo/numbers", only_after=True),
    DeskPage("ops", "/ops"),
)


def open_page(page: Page, deployment: Deployment, desk_page: DeskPage) -> bool:
    """Return False if this version has no such page."""
    path = desk_page.path if desk_page.path.startswith("/") else held_comment(page, deployment, desk_page.path)
    answer = page.goto(deployment.url + path)
    if answer is None or answer.status == 404:
        return False
    if desk_page.follow:
        page.goto(deployment.url + (page.locator(desk_page.follow).first.get_attribute("href") or ""))
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready")
    return True


def webp(converter: Page, png: bytes) -> bytes:
    """Convert with the browser, so that the docs need no image library."""
    url = converter.evaluate(
        """async ([data, quality]) => {
          const image = new Image();
          image.src = `data:image/png;base64,${data}`;
          await image.decode();
          const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
          canvas.getContext("2d").drawImage(image, 0, 0);
          return canvas.toDataURL("image/webp", quality);
        }""",
        [base64.b64encode(png).decode(), QUALITY],
    )
    return base64.b64decode(url.partition(",")[2])


def shots(browser: Browser, deployment: Deployment, looks: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, bytes]]:
    """Yield a name and a picture for every page and look."""
    deployment.command("demo")
    state = sign_in(browser, find_link(deployment.admin_link)).context.storage_state()
    converter = browser.new_page()
    for screen, scheme in looks:
        width, height = SCREENS[screen]
        size = {"width": width, "height": height}
        page = browser.new_context(viewport=size, color_scheme=scheme, storage_state=state).new_page()  # type: ignore[arg-type]
        for desk_page in PAGES:
            if looks == KEPT and scheme == "dark" and desk_page.name != KEPT_DARK:
                continue
            if open_page(page, deployment, desk_page):
                yield f"{desk_page.name}-{screen}-{scheme}", webp(converter, page.screenshot())
            elif not desk_page.only_after:
                raise SystemExit(f"{desk_page.path} does not exist")
        page.context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="Take pictures of the review desk.")
    parser.add_argument("label", choices=("before", "after"))
    parser.add_argument("--checkout", type=Path, help="directory of the version to show; this one by default")
    parser.add_argument("--all", type=Path, dest="directory", help="write every size and colour scheme there")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("the pictures need Chromium on the PATH")
    looks = tuple((screen, scheme) for screen in SCREENS for scheme in SCHEMES) if options.directory else KEPT
    directory = options.directory or IMAGES / "desk"
    directory.mkdir(parents=True, exist_ok=True)
    with running(options.checkout) as deployment, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, picture in shots(browser, deployment, looks):
            (directory / f"{options.label}-{name}.webp").write_bytes(picture)
            print(f"{options.label}-{name}: {len(picture) / 1000:.0f} kB")
        browser.close()


if __name__ == "__main__":
    main()
