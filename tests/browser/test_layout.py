"""Layout of the pages: on a phone, in dark mode, contrast and focus."""

import pytest
from playwright.sync_api import Page

from comments.drafts import drafted
from comments.lifecycle import Action
from comments.model import Signal
from tests.browser.conftest import Desktop, Live, sign_in
from tests.browser.pages import content_width, follow
from tests.support.builders import NOW, an_admission, decided, published
from tests.support.web_app import held, judged

#: Returns each text on the page with less contrast than WCAG AA requires.
TOO_FAINT = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return rgba("white");
  };
  return [...document.querySelectorAll("body *")].flatMap((element) => {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !element.checkVisibility() || element.closest("[aria-hidden=true]")) return [];
    const style = getComputedStyle(element);
    const [a, b] = [light(rgba(style.color)), light(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    return ratio < 4.5 ? [`${element.outerHTML.slice(0, 200)} ${ratio.toFixed(2)}`] : [];
  });
}"""


@pytest.fixture
def paths(live: Live) -> list[str]:
    """Create comments with long texts, and return the paths of all pages."""
    signals = (Signal("links.count", 1.0, "x" * 120, 3.0), Signal("trusted", 1.0, "2 approved before", -0.5))
    long = judged(
        live.storage,
        Action.HOLD,
        *signals,
        score=2.5,
        site="demo",
        author="x" * 200,
        email="y" * 80 + "@example.org",
        url="https://example.org/" + "z" * 150,
        thread="https://example.org/" + "t" * 300,
        content="word" * 500 + "\n\n    " + "code" * 100,
    )
    for status in (Action.APPROVE, Action.SPAM):
        judged(live.storage, status, site="demo")
    held(live.storage, site="demo")
    draft = drafted(published(live.storage, site="demo"), "Other words, " * 20, NOW)
    live.storage.comments.accept(draft, an_admission())
    decided(live.storage, draft, Action.HOLD)
    pages = ["/review", "/review/demo", f"/review/demo?decided={long.id}", f"/review/demo/{long.id}", "/account"]
    return [*pages, *(f"/review/demo?status={status}" for status in ("approved", "spam", "removed")), "/link/lost"]


def signed_in(desktop: Desktop, live: Live, **options: object) -> Page:
    page = desktop.open(**options)
    sign_in(page, live.link())
    return page


def test_pages_fit_on_a_phone(desktop: Desktop, live: Live, paths: list[str]) -> None:
    page = signed_in(desktop, live, width=390)
    for path in paths:
        page.goto(live.url + path)
        assert content_width(page) <= 390, path


def test_explanations_of_settings_stay_in_their_column(desktop: Desktop, live: Live) -> None:
    page = desktop.open(width=1280)
    sign_in(page, live.link("ow", demo="owner"))
    page.goto(f"{live.url}/sites/demo/settings/programs")
    assert page.locator(".hint").count() > 10
    wide = "[...document.querySelectorAll('.hint')].filter(e => e.scrollWidth > e.clientWidth).map(e => e.innerText)"
    assert page.evaluate(wide) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_links_below_panels_and_notes_below_buttons_have_space(desktop: Desktop, live: Live, width: int) -> None:
    page = signed_in(desktop, live, width=width)
    space = "pair => pair[1].getBoundingClientRect().top - pair[0].getBoundingClientRect().bottom"
    for path, above, below in (
        ("/account", "main .panel", ".panel + .cluster"),
        ("/account/keys", "form.panel button", "form.panel button + p"),
    ):
        page.goto(live.url + path)
        pair = [page.locator(part).first.element_handle() for part in (above, below)]
        assert page.evaluate(space, pair) >= 16, path


def test_buttons_are_large_enough_for_touch(desktop: Desktop, live: Live, paths: list[str]) -> None:
    page = signed_in(desktop, live, width=390, has_touch=True)
    page.goto(f"{live.url}/review/demo")
    sizes = [button.bounding_box() for button in page.locator(".actions button").all()]
    assert sizes
    assert all(size and size["height"] >= 44 and size["width"] >= 44 for size in sizes)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(desktop: Desktop, live: Live, paths: list[str], scheme: str) -> None:
    page = signed_in(desktop, live, color_scheme=scheme)
    for path in paths:
        page.goto(live.url + path)
        assert page.evaluate(TOO_FAINT) == [], path
    page.goto(f"{live.url}/review/demo")
    for key in "as":
        page.keyboard.press(key)
    page.keyboard.press("?")
    assert page.evaluate(TOO_FAINT) == []
    page.context.clear_cookies()
    page.goto(f"{live.url}/sign-in")
    page.get_by_label("Name").fill("mo")
    page.get_by_label("Password").fill("not it")
    follow(page.get_by_role("button", name="Sign in"))
    assert page.evaluate(TOO_FAINT) == []


def test_the_contrast_check_finds_faint_text(desktop: Desktop, live: Live) -> None:
    page = signed_in(desktop, live)
    page.goto(f"{live.url}/review")
    page.evaluate("document.querySelector('h1').style.color = '#808080'")
    assert len(page.evaluate(TOO_FAINT)) == 1


def test_dark_mode_changes_the_page(desktop: Desktop, live: Live, paths: list[str]) -> None:
    shots = {}
    for scheme in ("light", "dark"):
        page = signed_in(desktop, live, color_scheme=scheme)
        page.goto(f"{live.url}/review/demo")
        shots[scheme] = page.screenshot()
        assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") == (scheme == "dark")
    assert shots["light"] != shots["dark"]


def test_the_focus_is_visible(desktop: Desktop, live: Live, paths: list[str]) -> None:
    page = signed_in(desktop, live)
    page.goto(f"{live.url}/review/demo")
    for _ in range(14):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            "() => { const s = getComputedStyle(document.activeElement);"
            " return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== 'none'; }"
        )
        assert seen, page.evaluate("document.activeElement.outerHTML.slice(0, 80)")
