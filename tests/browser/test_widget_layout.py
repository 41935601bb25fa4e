"""Languages, colours and layout of the widget on other people's pages."""

import pytest
from playwright.sync_api import expect

from service.widget.bundle import bundle
from tests.browser.conftest import Desktop, Live
from tests.browser.pages import Website, content_width
from tests.browser.test_accessibility import violations
from tests.browser.test_layout import TOO_FAINT
from tests.browser.widget import a_page, reply, script_tag, serve

#: The sum of all layout shifts that no input caused.
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
def test_the_widget_uses_the_language_of_the_page(
    desktop: Desktop, live: Live, website: Website, lang: str, heading: str, button: str
) -> None:
    thread = a_page(live, website, lang=lang)
    reply(live, thread)
    page = desktop.open()
    page.goto(thread)
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    page.locator("textarea").focus()
    expect(page.get_by_role("button", name=button)).to_be_visible()


def test_a_site_can_replace_texts(desktop: Desktop, live: Live, website: Website) -> None:
    page = desktop.open()
    page.goto(website.put(script_tag(live, data_messages='{"post": "Fire away", "noComments": "Silence."}')))
    page.locator("textarea").focus()
    expect(page.get_by_role("button", name="Fire away")).to_be_visible()
    expect(page.get_by_role("heading", name="Silence.")).to_be_visible()


def test_text_keys_of_earlier_versions_still_work(desktop: Desktop, live: Live, website: Website) -> None:
    page = desktop.open()
    page.goto(website.put(script_tag(live, data_messages='{"none": "Silence.", "leave": "Speak up"}')))
    expect(page.get_by_role("heading", name="Silence.")).to_be_visible()
    expect(page.get_by_role("heading", name="Speak up")).to_be_visible()


@pytest.mark.parametrize(("lang", "button"), [("pt-BR", "Enviar"), ("pt", "Publicar"), ("pt-PT", "Publicar")])
def test_a_new_language_is_one_file(desktop: Desktop, live: Live, website: Website, lang: str, button: str) -> None:
    page = desktop.open()
    serve(page, bundle(locales={"pt": {"post": "Publicar"}, "pt-br": {"post": "Enviar"}}))
    page.goto(a_page(live, website, lang=lang))
    page.locator("textarea").focus()
    expect(page.get_by_role("button", name=button)).to_be_visible()


def test_links_show_the_number_of_comments(desktop: Desktop, live: Live, website: Website) -> None:
    for n in range(2):
        reply(live, f"{website.url}/a", content=f"Reply {n}")
    links = '<a href="/a" data-replygate-thread>Comments</a> <a href="/b" data-replygate-thread="other">Comments</a>'
    page = desktop.open()
    with page.expect_request("**/counts?*") as asked:
        page.goto(website.put(links + script_tag(live, data_counts_only=""), "/list"))
    expect(page.get_by_role("link", name="2 comments")).to_be_visible()
    expect(page.get_by_role("link", name="0 comments")).to_be_visible()
    assert asked.value.url.count("thread=") == 2
    assert page.locator("replygate-comments").count() == 0


@pytest.mark.parametrize("where", ["below the fold", "in sight, with reserved space"])
def test_the_page_does_not_move_while_comments_load(desktop: Desktop, live: Live, website: Website, where: str) -> None:
    thread = f"{website.url}/post"
    head = "<style>replygate-comments { display: block; min-height: 60rem }</style>" if "reserved" in where else ""
    article = "" if "reserved" in where else "<p>A long article.</p>" * 60
    website.put(f"{article}<replygate-comments></replygate-comments>{script_tag(live)}", head=head)
    for n in range(5):
        reply(live, thread, content=f"Reply {n}")
    page = desktop.open()
    page.goto(thread)
    if "fold" in where:
        page.evaluate("scrollTo(0, document.querySelector('replygate-comments').offsetTop - 1200)")
    expect(page.get_by_role("heading", name="5 comments")).to_be_attached()
    assert page.evaluate(LAYOUT_SHIFT) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_widget_is_accessible_in_light_and_dark(
    desktop: Desktop, live: Live, website: Website, scheme: str
) -> None:
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
    expect(page.get_by_role("alert")).to_contain_text("Please correct the marked fields")
    assert violations(page) == []


def test_a_page_can_set_the_accent_colour(desktop: Desktop, live: Live, website: Website) -> None:
    head = "<style>replygate-comments { --replygate-accent: rgb(120, 0, 90) }</style>"
    page = desktop.open()
    page.goto(a_page(live, website, head=head))
    page.locator("textarea").focus()
    button = page.get_by_role("button", name="Post comment")
    expect(button).to_have_css("background-color", "rgb(120, 0, 90)")


def test_the_widget_fits_on_a_phone(desktop: Desktop, live: Live, website: Website) -> None:
    thread = a_page(live, website)
    parent = ""
    for _ in range(9):
        parent = reply(live, thread, author="n" * 100, content="w" * 300 + "\n\n    " + "code " * 60, parent=parent).id
    page = desktop.open(width=360)
    page.goto(thread)
    expect(page.get_by_role("heading", name="9 comments")).to_be_visible()
    assert content_width(page) == 360
