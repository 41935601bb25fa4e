"""How the widget looks and speaks on the pages of others."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Desktop, Live
from tests.browser.pages import Website
from tests.browser.test_accessibility import violations
from tests.browser.test_looks import TOO_FAINT
from tests.browser.widget import a_page, line, reply

#: Everything that moved without anybody having touched the page.
LAYOUT_SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value; })
    .observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum), 50)));
})"""


@pytest.mark.parametrize(
    ("lang", "heading", "button"),
    [
        ("de-AT", "1 Kommentar", "Kommentar abschicken"),
        ("fr", "1 commentaire", "Publier le commentaire"),
        ("es", "1 comentario", "Publicar el comentario"),
        ("eo", "1 comment", "Post comment"),
    ],
)
def test_it_speaks_the_pages_language(
    desktop: Desktop, live: Live, website: Website, lang: str, heading: str, button: str
) -> None:
    thread = a_page(live, website, lang=lang)
    reply(live, thread)
    page = desktop.open()
    page.goto(thread)
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(page.get_by_role("button", name=button)).to_be_visible()


def test_a_site_may_choose_its_own_words(desktop: Desktop, live: Live, website: Website) -> None:
    page = desktop.open()
    page.goto(website.put(line(live, data_messages='{"post": "Fire away", "none": "Silence."}')))
    expect(page.get_by_role("button", name="Fire away")).to_be_visible()
    expect(page.get_by_role("heading", name="Silence.")).to_be_visible()


def test_links_say_how_many_replies_there_are(desktop: Desktop, live: Live, website: Website) -> None:
    for n in range(2):
        reply(live, f"{website.url}/a", content=f"Reply {n}")
    links = '<a href="/a" data-replygate-thread>Comments</a> <a href="/b" data-replygate-thread="other">Comments</a>'
    page = desktop.open()
    with page.expect_request("**/counts?*") as asked:
        page.goto(website.put(links + line(live, data_counts_only=""), "/list"))
    expect(page.get_by_role("link", name="2 comments")).to_be_visible()
    expect(page.get_by_role("link", name="0 comments")).to_be_visible()
    assert asked.value.url.count("thread=") == 2
    assert page.locator("replygate-comments").count() == 0


@pytest.mark.parametrize("where", ["below the fold", "in sight, with room kept for it"])
def test_nothing_on_the_page_moves(desktop: Desktop, live: Live, website: Website, where: str) -> None:
    thread = f"{website.url}/post"
    head = "<style>replygate-comments { display: block; min-height: 60rem }</style>" if "room" in where else ""
    article = "" if "room" in where else "<p>A long article.</p>" * 60
    website.put(f"{article}<replygate-comments></replygate-comments>{line(live)}", head=head)
    for n in range(5):
        reply(live, thread, content=f"Reply {n}")
    page = desktop.open()
    page.goto(thread)
    if "fold" in where:
        page.evaluate("scrollTo(0, document.querySelector('replygate-comments').offsetTop - 1200)")
    expect(page.get_by_role("heading", name="5 comments")).to_be_attached()
    assert page.evaluate(LAYOUT_SHIFT) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_in_light_and_dark(desktop: Desktop, live: Live, website: Website, scheme: str) -> None:
    head = "<style>:root { color-scheme: light dark } body { background: Canvas; color: CanvasText }</style>"
    thread = a_page(live, website, head=head)
    reply(
        live,
        thread,
        author="Ada",
        url="https://ada.example",
        content="[A link](https://example.org), `code`\n\n> quote",
    )
    page = desktop.open(color_scheme=scheme)
    page.goto(thread)
    expect(page.get_by_role("heading", name="1 comment")).to_be_visible()
    assert page.evaluate(TOO_FAINT) == []
    assert violations(page) == []
    page.get_by_role("button", name="Reply to Ada").click()
    page.locator("form").evaluate("form => { form.noValidate = true }")
    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_role("alert")).to_contain_text("Please look at this again")
    assert violations(page) == []


def test_a_page_may_colour_it(desktop: Desktop, live: Live, website: Website) -> None:
    head = "<style>replygate-comments { --replygate-accent: rgb(120, 0, 90) }</style>"
    page = desktop.open()
    page.goto(a_page(live, website, head=head))
    button = page.get_by_role("button", name="Post comment")
    expect(button).to_have_css("background-color", "rgb(120, 0, 90)")


def test_it_fits_on_a_phone(desktop: Desktop, live: Live, website: Website) -> None:
    thread = a_page(live, website)
    parent = ""
    for _ in range(9):
        parent = reply(live, thread, author="n" * 100, content="w" * 300 + "\n\n    " + "code " * 60, parent=parent).id
    page = desktop.open(width=360)
    page.goto(thread)
    expect(page.get_by_role("heading", name="9 comments")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
