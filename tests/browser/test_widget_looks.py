"""The widget on phones, from right to left, in dark pages, forced colours and print, without a page's styles."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desktop, Live
from tests.browser.pages import Website, content_width
from tests.browser.test_accessibility import AXE
from tests.browser.test_layout import TOO_FAINT
from tests.browser.widget import a_page, reply, script_tag

#: Returns the serious and the moderate problems that axe finds in the widget.
RUN_AXE = """async () => (await axe.run("replygate-comments", { resultTypes: ["violations"] })).violations
  .filter((v) => v.impact !== "minor")
  .flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 160)} | ${n.failureSummary}`))"""
INSIDE = "document.querySelector('replygate-comments').shadowRoot"
#: Returns the controls that are smaller than a finger needs (WCAG 2.2, 2.5.8), without links inside of text.
TOO_SMALL = f"""() => [...{INSIDE}.querySelectorAll("a.quiet, a.time, button, select, textarea, input, .checkbox")]
  .filter((e) => e.checkVisibility() && !e.closest(".honeypot") && e.type !== "checkbox")
  .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
  .filter(([, box]) => box.height < 24 || box.width < 24)"""
WIDE = "w" * 300 + " https://example.org/" + "x" * 200 + "\n\n    " + "code " * 60 + "\n\n> quoted\n\n1. one"


RIGHT_TO_LEFT = "<script>document.documentElement.dir = 'rtl'</script>"


def a_conversation(live: Live, thread: str, levels: int = 9) -> None:
    parent = ""
    for n in range(levels):
        name = "n" * 100 if n == 1 else f"Reader {n}"
        parent = reply(live, thread, author=name, url="https://ada.example", content=WIDE, parent=parent).id


def opened(page: Page, thread: str) -> Page:
    page.goto(thread)
    page.locator("textarea").focus()
    expect(page.locator("button[part=button]")).to_be_visible()
    return page


def problems(page: Page) -> list[str]:
    page.evaluate((AXE / "axe.min.js").read_text())
    return list(page.evaluate(RUN_AXE))


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_axe_finds_nothing_serious_or_moderate(
    desktop: Desktop, live: Live, website: Website, width: int, scheme: str
) -> None:
    head = "<style>:root { color-scheme: light dark } body { background: Canvas; color: CanvasText }</style>"
    thread = a_page(live, website, head=head)
    a_conversation(live, thread, levels=3)
    page = opened(desktop.open(width=width, color_scheme=scheme), thread)
    assert problems(page) == []
    page.get_by_role("button", name="Reply to Reader 0").click()
    assert problems(page) == []
    assert page.evaluate(TOO_FAINT) == []


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_widget_fits_on_a_phone_and_under_a_thumb(
    desktop: Desktop, live: Live, website: Website, lang: str
) -> None:
    thread = a_page(live, website, lang=lang, head="<style>html:lang(ar) { direction: rtl }</style>")
    a_conversation(live, thread)
    page = opened(desktop.open(width=390, has_touch=True, is_mobile=True), thread)
    assert content_width(page) == 390
    assert page.evaluate(TOO_SMALL) == []
    sizes = page.locator("textarea, input[type=text], input[type=email], select").evaluate_all(
        "all => all.map((field) => parseFloat(getComputedStyle(field).fontSize))"
    )
    assert min(sizes) >= 16
    code = page.locator("pre").first
    assert code.evaluate("pre => pre.scrollWidth > pre.clientWidth && getComputedStyle(pre).overflowX === 'auto'")


def test_everything_is_mirrored_on_a_page_from_right_to_left(desktop: Desktop, live: Live, website: Website) -> None:
    thread = a_page(live, website, lang="he", head=RIGHT_TO_LEFT)
    a_conversation(live, thread, levels=2)
    page = desktop.open()
    page.goto(thread)
    picture = page.locator("article .avatar").first.bounding_box()
    name = page.locator("article .author").first.bounding_box()
    answer = page.locator("ol.list ol.list > li").first.bounding_box()
    root = page.locator("li").first.bounding_box()
    assert picture["x"] > name["x"] + name["width"]
    assert answer["x"] == root["x"]
    assert answer["x"] + answer["width"] < root["x"] + root["width"]


def test_a_language_of_its_own_brings_its_direction(desktop: Desktop, live: Live, website: Website) -> None:
    page = desktop.open()
    texts = '{"noComments": "לא נכתבו תגובות"}'
    page.goto(website.put(script_tag(live, data_lang="he", data_messages=texts)))
    expect(page.get_by_role("heading", name="לא נכתבו תגובות")).to_be_visible()
    assert page.evaluate(f"getComputedStyle({INSIDE}.firstElementChild).direction") == "rtl"


@pytest.mark.parametrize(("page_language", "chosen"), [("eo", ""), ("he", "en"), ("", "")])
def test_english_texts_on_a_page_from_right_to_left_read_from_left_to_right(
    desktop: Desktop, live: Live, website: Website, page_language: str, chosen: str
) -> None:
    thread = website.put(script_tag(live, data_lang=chosen), lang=page_language, head=RIGHT_TO_LEFT)
    for content in ("שלום לכולם", "Hello"):
        reply(live, thread, author="Ada", content=content)
    page = desktop.open()
    page.goto(thread)
    heading = page.get_by_role("heading", name="2 comments")
    expect(heading).to_have_css("direction", "ltr")
    expect(heading).to_have_css("text-align", "start")
    expect(page.locator(".time").first).to_have_css("direction", "ltr")
    for text, direction in (("שלום לכולם", "rtl"), ("Hello", "ltr")):
        expect(page.locator(".content").filter(has_text=text)).to_have_css("direction", direction)


def test_a_dark_page_without_a_colour_scheme_gets_readable_colours(
    desktop: Desktop, live: Live, website: Website
) -> None:
    thread = a_page(live, website, head="<style>body { background: #111; color: #eee }</style>")
    a_conversation(live, thread, levels=2)
    page = opened(desktop.open(), thread)
    assert page.evaluate(TOO_FAINT) == []
    assert problems(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chosen_theme_has_readable_colours_on_any_page(
    desktop: Desktop, live: Live, website: Website, theme: str
) -> None:
    background = "#000; color: #fff" if theme == "light" else "#fff; color: #000"
    head = f"<style>body {{ background: {background} }}</style>"
    thread = website.put(script_tag(live, data_theme=theme), head=head)
    a_conversation(live, thread, levels=2)
    page = opened(desktop.open(), thread)
    assert problems(page) == []


def test_the_page_chooses_the_font(desktop: Desktop, live: Live, website: Website) -> None:
    """`--replygate-font` takes a list of families. A rule for the element works too."""
    fonts = f"getComputedStyle({INSIDE}.querySelector('h2')).fontFamily"
    page = desktop.open()
    page.goto(a_page(live, website, head="<style>body { font-family: Georgia, serif }</style>"))
    expect(page.get_by_role("heading", name="No comments yet")).to_be_visible()
    assert page.evaluate(fonts) == "system-ui, sans-serif"
    page.add_style_tag(content="replygate-comments { --replygate-font: 'Courier New', monospace }")
    assert page.evaluate(fonts) == '"Courier New", monospace'
    page.add_style_tag(content="replygate-comments { font-family: inherit }")
    assert page.evaluate(fonts) == "Georgia, serif"


def test_a_printed_page_has_the_comments_and_no_controls(desktop: Desktop, live: Live, website: Website) -> None:
    thread = a_page(live, website)
    reply(live, thread, author="Ada", content="On paper")
    page = desktop.open()
    page.goto(thread)
    expect(page.get_by_text("On paper")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_text("On paper")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_count(0)
    expect(page.get_by_role("button")).to_have_count(0)


def test_pictures_and_badges_have_an_edge_in_forced_colours(desktop: Desktop, live: Live, website: Website) -> None:
    thread = a_page(live, website)
    reply(live, thread, author="Ada")
    page = desktop.open(forced_colors="active")
    page.goto(thread)
    picture = page.locator("article .avatar")
    expect(picture).to_be_visible()
    edge, behind = picture.evaluate("p => [getComputedStyle(p).borderTopColor, getComputedStyle(p).backgroundColor]")
    assert edge != behind
