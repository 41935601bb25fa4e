"""The widget on pages with strict policies and with hostile comments."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Desktop, Live
from tests.browser.pages import Website
from tests.browser.widget import a_page, reply, script_tag
from tests.support.builders import a_comment, a_site, an_admission
from tests.support.payloads import payloads

ROOT = Path(__file__).parents[2]


def test_the_widget_works_under_a_strict_policy(desktop: Desktop, live: Live, website: Website) -> None:
    """The page's policy names the service twice and allows one Trusted Types policy."""
    website.policy = (
        f"default-src 'none'; script-src {live.url}; connect-src {live.url}; base-uri 'none'; "
        "require-trusted-types-for 'script'; trusted-types replygate"
    )
    thread = a_page(live, website)
    reply(live, thread, author="Ada", content="I *enjoyed* this.")
    page = desktop.open()
    page.goto(thread)
    assert page.locator(".content em").inner_text() == "enjoyed"
    page.get_by_role("textbox", name="Comment").focus()
    expect(page.get_by_role("button", name="Post comment")).to_have_css("background-color", "rgb(11, 107, 107)")


STRICT = "default-src 'none'; script-src {0}; connect-src {1}; base-uri 'none'; require-trusted-types-for 'script'"


@pytest.mark.parametrize("scripts", ["by address", "by nonce"])
def test_parts_load_under_a_strict_policy(desktop: Desktop, live: Live, website: Website, scripts: str) -> None:
    """The language, the preview, the menu with the editor and the proof of work, without any violation."""
    site = a_site(id="demo", origins=(website.url,), per_minute=0, proof_of_work="auto", moderation="suspicious")
    live.storage.sites.put(site)
    for _ in range(61):
        live.storage.comments.accept(a_comment(site="demo", received=datetime.now(UTC)), an_admission())
    allowed, attributes = (live.url, {}) if scripts == "by address" else ("'nonce-once'", {"nonce": "once"})
    website.policy = f"{STRICT.format(allowed, live.url)}; trusted-types replygate; worker-src blob:"
    page = desktop.open()
    page.goto(website.put(script_tag(live, **attributes), lang="de"))
    page.locator("textarea").fill("Ganz *ohne* Verstoß")
    page.get_by_role("button", name="Vorschau").click()
    expect(page.locator(".preview em")).to_have_text("ohne")
    page.get_by_role("button", name="Schreiben", exact=True).click()
    page.get_by_role("textbox", name="Name").fill("Ines")
    page.get_by_role("textbox", name="E-Mail").fill("ines@example.org")
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        page.get_by_role("button", name="Kommentar abschicken").click()
    assert live.storage.comments.get("demo", sent.value.json()["id"]).form_proof == "valid"
    page.get_by_role("button", name="Optionen für Ihren Kommentar").click()
    page.get_by_role("menuitem", name="Bearbeiten").click()
    expect(page.get_by_role("article").get_by_role("textbox")).to_have_value("Ganz *ohne* Verstoß")


def test_a_pinned_script_pins_its_parts(desktop: Desktop, live: Live, website: Website) -> None:
    """The line of the docs, with the values of the API."""
    page = desktop.open()
    about = page.request.get(f"{live.url}/v1/widget.json").json()
    example = re.search(
        r"<script async src=\"[^\"]*widget-.*?</script>", (ROOT / "docs/widget.md").read_text(), re.DOTALL
    )
    assert example
    pinned = re.sub(r'src="[^"]*"', f'src="{about["lasting_url"]}"', example[0])
    pinned = re.sub(r'integrity="[^"]*"', f'integrity="{about["integrity"]}"', pinned).replace('"blog"', '"demo"')
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(website.put(pinned, lang="fr"))
    expect(page.get_by_role("heading", name="Aucun commentaire")).to_be_visible()
    assert [url for url in asked if "/widget-fr-" in url]


def test_comments_are_plain_text_where_trusted_types_forbid_html(
    desktop: Desktop, live: Live, website: Website
) -> None:
    website.policy = "require-trusted-types-for 'script'; trusted-types another"
    thread = a_page(live, website)
    reply(live, thread, content="I *enjoyed* this.")
    page = desktop.open()
    page.goto(thread)
    expect(page.get_by_text("I *enjoyed* this.")).to_be_visible()
    desktop.errors.clear()  # Chromium reports the policy that was not allowed


def test_hostile_comments_stay_text(desktop: Desktop, live: Live, website: Website) -> None:
    """Hostile texts in every field. The page's policy would report anything that tries to run or load."""
    website.policy = f"default-src 'none'; script-src {live.url}; connect-src {live.url}"
    thread = a_page(live, website)
    texts = payloads(every=60)
    root = reply(live, thread)
    for text in texts:
        reply(live, thread, author=text, url=text, content=text, parent=root.id)
    page = desktop.open()
    page.goto(thread)
    expect(page.get_by_role("heading", name=f"{len(texts) + 1} comments")).to_be_visible()
    for shown in range(50, len(texts) + 1, 50):
        expect(page.locator("replygate-comments article")).to_have_count(shown)
        page.get_by_role("button", name="more repl").click()
    expect(page.locator("replygate-comments article")).to_have_count(len(texts) + 1)
    inside = "document.querySelector('replygate-comments').shadowRoot"
    kinds = page.evaluate(f"[...{inside}.querySelectorAll('article *')].map(node => node.localName)")
    assert set(kinds) <= {
        *("header", "bdi", "a", "time", "div", "span", "button", "p", "br", "em", "strong"),
        *("code", "pre", "blockquote", "ul", "ol", "li"),
    }
    links = page.evaluate(f"[...{inside}.querySelectorAll('article a')].map(link => link.protocol)")
    assert set(links) <= {"http:", "https:", "mailto:"}


def test_html_from_a_tampered_response_is_made_harmless(desktop: Desktop, live: Live, website: Website) -> None:
    """The widget copies only the elements of our Markdown, whatever `html` holds."""
    thread = a_page(live, website)
    ada = reply(live, thread, content="Honest.")
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script><svg><a href=javascript:alert(3)>x</a></svg>".replace(
        "<", "\\u003c"
    )
    page = desktop.open()

    def tamper(route) -> None:  # type: ignore[no-untyped-def]
        response = route.fetch()
        route.fulfill(
            response=response, body=response.text().replace("<p>Honest.</p>", f'{evil}<p onclick=\\"x\\">Fake</p>')
        )

    page.route("**/comments?*", tamper)
    page.goto(thread)
    expect(page.get_by_text("Fake")).to_be_visible()
    article = page.locator(f"#comment-{ada.id} .content")
    assert "<img" not in article.inner_html()
    assert "javascript" not in article.inner_html()
    assert "onclick" not in article.inner_html()
