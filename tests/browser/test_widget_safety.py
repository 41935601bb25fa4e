"""The widget on pages with strict policies and with hostile comments."""

from playwright.sync_api import expect

from tests.browser.conftest import Desktop, Live
from tests.browser.pages import Website
from tests.browser.widget import a_page, reply
from tests.support.payloads import payloads


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
    expect(page.get_by_role("button", name="Post comment")).to_have_css("background-color", "rgb(11, 92, 138)")


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
    assert page.locator("replygate-comments article").count() == len(texts) + 1
    inside = "document.querySelector('replygate-comments').shadowRoot"
    kinds = page.evaluate(f"[...{inside}.querySelectorAll('article *')].map(node => node.localName)")
    assert set(kinds) <= {
        *("header", "bdi", "a", "time", "div", "button", "p", "br", "em", "strong"),
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
