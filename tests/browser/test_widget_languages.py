"""The languages of the widget in a browser: plural forms, and the room that their words need."""

import pytest
from playwright.sync_api import expect

from comments.translations import translations
from tests.browser.conftest import Desktop, Live
from tests.browser.pages import Website, content_width
from tests.browser.widget import reply, script_tag

#: Returns the plural categories of each language, with which the widget chooses a form.
CATEGORIES = """tags => tags.map((tag) =>
  [tag, new Intl.PluralRules(tag, { type: "cardinal" }).resolvedOptions().pluralCategories])"""
#: Returns a time as the widget writes it in a language.
DATE = """([language, time]) =>
  new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }).format(new Date(time))"""
#: Returns the controls and labels whose words are cut off or leave a screen of 390 pixels.
CUT_OFF = """() => [...document.querySelector("replygate-comments").shadowRoot
    .querySelectorAll("h2, h3, p, label, legend, button, a, select, summary, .badge")]
  .filter((e) => e.checkVisibility() && !e.closest(".honeypot"))
  .filter((e) => { const { left, right } = e.getBoundingClientRect();
    return left < 0 || right > 390 || e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline" })
  .map((e) => e.outerHTML.slice(0, 120))"""


def test_every_language_has_all_plural_forms_that_the_browser_asks_for(desktop: Desktop) -> None:
    asked = dict(desktop.open().evaluate(CATEGORIES, list(translations())))
    different = {
        (tag, key): sorted(text)
        for tag, found in translations().items()
        for key, text in found.widget.items()
        if not isinstance(text, str) and set(text) != set(asked[tag])
    }
    assert different == {}


@pytest.mark.parametrize(
    ("wanted", "used"),
    [("pt", "pt-PT"), ("pt-AO", "pt-AO"), ("pt-BR", "pt-BR"), ("de-AT", "de-AT"), ("nn", "nb"), ("sr-Latn", "sr")],
)
def test_dates_and_numbers_are_of_the_locale_of_the_texts(
    desktop: Desktop, live: Live, website: Website, wanted: str, used: str
) -> None:
    thread = website.put(script_tag(live), lang=wanted)
    comment = reply(live, thread)
    page = desktop.open()
    page.goto(thread)
    expect(page.locator("[part=comments]")).to_have_attribute("lang", used)
    expected = page.evaluate(DATE, [used, comment.received.isoformat()])
    expect(page.locator("article time")).to_have_attribute("title", expected)


def test_the_words_of_every_language_fit_on_a_phone(desktop: Desktop, live: Live, website: Website) -> None:
    page = desktop.open(width=390, has_touch=True, is_mobile=True)
    cut_off = {}
    for tag, found in translations().items():
        thread = website.put(script_tag(live), path=f"/{tag}", lang=tag)
        first = reply(live, thread, author="Ada", content="First")
        for author in ("Mo", "Ines"):
            reply(live, thread, author=author, content="A reply", parent=first.id)
        page.goto(thread)
        page.get_by_role("button", name=str(found.widget["replyTo"]).format(name="Ada"), exact=True).click()
        expect(page.get_by_role("button", name=str(found.widget["post"]), exact=True)).to_be_visible()
        if wide := page.evaluate(CUT_OFF):
            cut_off[tag] = wide
        if content_width(page) != 390:
            cut_off.setdefault(tag, []).append("the page")
    assert cut_off == {}
