"""Where pages are strict and texts are hostile, the widget works and runs none of them."""

from playwright.sync_api import expect

from tests.browser.conftest import Desktop, Live
from tests.browser.pages import Website
from tests.browser.widget import a_page, reply
from tests.support.payloads import payloads


def test_strict_pages_may_have_it(desktop: Desktop, live: Live, website: Website) -> None:
    """A content security policy that names our address twice is all it needs; trusted types included."""
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


def test_where_trusted_types_forbid_html_the_text_is_shown(desktop: Desktop, live: Live, website: Website) -> None:
    website.policy = "require-trusted-types-for 'script'; trusted-types somebody-else"
    thread = a_page(live, website)
    reply(live, thread, content="I *enjoyed* this.")
    page = desktop.open()
    page.goto(thread)
    expect(page.get_by_text("I *enjoyed* this.")).to_be_visible()
    desktop.complaints.clear()  # Chromium tells of the policy that we may not have


def test_hostile_comments_stay_text(desktop: Desktop, live: Live, website: Website) -> None:
    """Past the door in every field; the page's policy would tell of anything that tries to run or to load."""
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


def test_html_of_a_lying_cache_is_made_harmless(desktop: Desktop, live: Live, website: Website) -> None:
    """The widget trusts no answer: whatever stands in `html`, only our tags come out of it."""
    thread = a_page(live, website)
    ada = reply(live, thread, content="Honest.")
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script><svg><a href=javascript:alert(3)>x</a></svg>".replace(
        "<", "\\u003c"
    )
    page = desktop.open()

    def lie(route) -> None:  # type: ignore[no-untyped-def]
        answer = route.fetch()
        route.fulfill(
            response=answer, body=answer.text().replace("<p>Honest.</p>", f'{evil}<p onclick=\\"x\\">Lie</p>')
        )

    page.route("**/comments?*", lie)
    page.goto(thread)
    expect(page.get_by_text("Lie")).to_be_visible()
    article = page.locator(f"#comment-{ada.id} .content")
    assert "<img" not in article.inner_html()
    assert "javascript" not in article.inner_html()
    assert "onclick" not in article.inner_html()
