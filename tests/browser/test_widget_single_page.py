"""The widget on pages that change without loading: single-page apps, moved elements, several widgets."""

import pytest
from playwright.sync_api import Page, expect

from comments.model import Comment
from comments.storage.thread_details import ThreadDetails
from tests.browser.conftest import Desktop, Live
from tests.browser.pages import Website
from tests.browser.widget import reply, script_tag, write
from tests.support.builders import a_site

#: Shows another page as a single-page app does: canonical link first or last, then the address.
GO_TO = """([path, canonical]) => {
  const link = document.querySelector("link[rel=canonical]");
  if (link) link.href = canonical;
  history.pushState({}, "", path);
}"""
ELEMENT = "document.querySelector('replygate-comments')"
#: Counts the open event streams of the page.
COUNT_STREAMS = """
  window.openStreams = 0;
  const Native = EventSource;
  window.EventSource = class extends Native {
    constructor(...values) { super(...values); openStreams++; }
    close() { super.close(); openStreams--; }
  };
"""
WITHOUT_NAVIGATION_API = "Object.defineProperty(window, 'navigation', { value: undefined })"


def threads(live: Live, *names: str) -> list[list[str]]:
    return [[c.content for c in live.storage.threads.newest("demo", name, 9)] for name in names]


def two_pages(live: Live, website: Website) -> tuple[str, str]:
    """Put the same app at two addresses, each with a canonical link and a comment."""
    a, b = f"{website.url}/a", f"{website.url}/b"
    for path, address in (("/a", a), ("/b", b)):
        website.put(script_tag(live), path, head=f'<link rel="canonical" href="{address}">')
    reply(live, a, content="About A")
    reply(live, b, content="About B")
    return a, b


@pytest.mark.parametrize("browser", ["with the Navigation API", "without the Navigation API"])
def test_a_comment_written_after_a_page_change_belongs_to_the_new_page(
    desktop: Desktop, live: Live, website: Website, browser: str
) -> None:
    a, b = two_pages(live, website)
    page = desktop.open()
    if "without" in browser:
        page.add_init_script(WITHOUT_NAVIGATION_API)
    page.goto(a)
    expect(page.get_by_text("About A")).to_be_visible()
    page.evaluate(GO_TO, ["/b", b])
    expect(page.get_by_text("About B")).to_be_visible()
    expect(page.get_by_text("About A")).to_have_count(0)
    write(page, "Written on B")
    expect(page.get_by_role("article").get_by_text("Written on B")).to_be_visible()
    assert threads(live, a, b) == [["About A"], ["Written on B", "About B"]]
    page.evaluate("document.querySelector('link[rel=canonical]').href = '/a'; history.back()")
    expect(page.get_by_text("About A")).to_be_visible()


def test_a_page_without_a_canonical_link_is_followed_by_its_address(
    desktop: Desktop, live: Live, website: Website
) -> None:
    website.put(script_tag(live), "/one")
    reply(live, f"{website.url}/two", content="About two")
    page = desktop.open()
    page.goto(f"{website.url}/one")
    expect(page.get_by_role("heading", name="No comments yet")).to_be_visible()
    page.evaluate("history.replaceState({}, '', '/two')")
    expect(page.get_by_text("About two")).to_be_visible()
    page.evaluate("history.pushState({}, '', '/two#a-heading')")
    expect(page.get_by_text("About two")).to_be_visible()


def test_a_canonical_link_that_the_app_never_changes_counts_only_on_its_own_page(
    desktop: Desktop, live: Live, website: Website
) -> None:
    a, c = f"{website.url}/a", f"{website.url}/c"
    website.put(script_tag(live), "/a", head='<link rel="canonical" href="/a">')
    reply(live, a, content="About A")
    page = desktop.open()
    page.goto(a)
    expect(page.get_by_text("About A")).to_be_visible()
    page.evaluate("history.pushState({}, '', '/c')")
    expect(page.get_by_role("heading", name="No comments yet")).to_be_visible()
    write(page, "Written on C")
    expect(page.get_by_role("article").get_by_text("Written on C")).to_be_visible()
    assert threads(live, a, c) == [["About A"], ["Written on C"]]
    page.evaluate("history.back()")
    expect(page.get_by_text("About A")).to_be_visible()
    page.evaluate("history.forward()")
    expect(page.get_by_text("Written on C")).to_be_visible()
    page.evaluate(f"document.querySelector('link[rel=canonical]').href = '{a}?'")
    expect(page.get_by_text("About A")).to_be_visible()


def test_an_element_inserted_after_a_page_change_ignores_the_canonical_link_of_the_first_page(
    desktop: Desktop, live: Live, website: Website
) -> None:
    website.put("", "/a", head='<link rel="canonical" href="/a">')
    reply(live, f"{website.url}/a", content="About A")
    reply(live, f"{website.url}/c", content="About C")
    page = desktop.open()
    page.goto(f"{website.url}/a")
    page.evaluate("history.pushState({}, '', '/c')")
    page.evaluate(
        """(src) => { const script = document.createElement("script");
        script.src = src; script.dataset.site = "demo"; document.body.append(script); }""",
        f"{live.url}/widget.js",
    )
    expect(page.get_by_text("About C")).to_be_visible()


def test_a_canonical_address_that_differs_from_the_start_is_the_thread(
    desktop: Desktop, live: Live, website: Website
) -> None:
    website.put(script_tag(live), "/amp/a", head='<link rel="canonical" href="/a">')
    reply(live, f"{website.url}/a", content="About A")
    page = desktop.open()
    page.goto(f"{website.url}/amp/a?from=start")
    expect(page.get_by_text("About A")).to_be_visible()
    page.evaluate("history.replaceState({}, '', '/amp/a?from=list#a-heading')")
    page.evaluate("new Promise(requestAnimationFrame)")
    expect(page.get_by_text("About A")).to_be_visible()


@pytest.mark.parametrize("head", ["", '<link rel="canonical" href="/app">'], ids=["no canonical link", "canonical"])
@pytest.mark.parametrize("sign", ["#/", "#!/"])
def test_pages_that_an_app_names_by_a_fragment_have_a_thread_each(
    desktop: Desktop, live: Live, website: Website, sign: str, head: str
) -> None:
    one, two = f"{website.url}/app{sign}one", f"{website.url}/app{sign}two"
    website.put(script_tag(live), "/app", head=head)
    reply(live, f"{website.url}/app", content="About the app")
    ada = reply(live, two, author="Ada", content="About two")
    page = desktop.open()
    page.goto(one)
    expect(page.get_by_role("heading", name="No comments yet")).to_be_visible()
    write(page, "Written on one")
    expect(page.get_by_role("article").get_by_text("Written on one")).to_be_visible()
    page.evaluate(f"location.hash = '{sign}two'")
    expect(page.get_by_text("About two")).to_be_visible()
    expect(page.get_by_text("Written on one")).to_have_count(0)
    page.get_by_role("article").locator("a.time").click()
    page.wait_for_url(f"{two}#comment-{ada.id}")
    expect(page.locator(f"#comment-{ada.id}")).to_be_focused()
    page.goto("about:blank")
    page.goto(f"{two}#comment-{ada.id}")
    expect(page.locator(f"#comment-{ada.id}")).to_be_focused()
    assert threads(live, one, two) == [["Written on one"], ["About two"]]


def test_an_ordinary_fragment_names_no_page(desktop: Desktop, live: Live, website: Website) -> None:
    thread = website.put(script_tag(live))
    reply(live, thread, content="About the post")
    page = desktop.open()
    page.goto(f"{thread}#section")
    expect(page.get_by_text("About the post")).to_be_visible()
    page.evaluate("location.hash = 'another'; new Promise(requestAnimationFrame)")
    expect(page.get_by_text("About the post")).to_be_visible()


def test_a_draft_stays_with_its_page(desktop: Desktop, live: Live, website: Website) -> None:
    a, b = two_pages(live, website)
    page = desktop.open()
    page.goto(a)
    page.get_by_role("textbox", name="Comment").fill("A thought about A")
    page.evaluate(GO_TO, ["/b", b])
    expect(page.get_by_text("About B")).to_be_visible()
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("")
    page.evaluate(GO_TO, ["/a", a])
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("A thought about A")


@pytest.mark.parametrize("name", ["thread", "data-thread"])
def test_a_changed_thread_attribute_shows_another_thread(
    desktop: Desktop, live: Live, website: Website, name: str
) -> None:
    reply(live, "post-1", content="About one")
    reply(live, "post-2", content="About two")
    page = desktop.open()
    page.goto(website.put(f'<replygate-comments {name}="post-1"></replygate-comments>{script_tag(live)}'))
    expect(page.get_by_text("About one")).to_be_visible()
    page.evaluate(f"{ELEMENT}.setAttribute('{name}', 'post-2')")
    expect(page.get_by_text("About two")).to_be_visible()
    page.evaluate("history.pushState({}, '', '/elsewhere')")
    expect(page.get_by_text("About two")).to_be_visible()
    write(page, "Third")
    expect(page.get_by_role("article").get_by_text("Third")).to_be_visible()
    assert threads(live, "post-1", "post-2") == [["About one"], ["Third", "About two"]]


def test_options_of_the_script_can_change_later(desktop: Desktop, live: Live, website: Website) -> None:
    page = desktop.open()
    page.goto(website.put(script_tag(live)))
    expect(page.get_by_role("heading", name="No comments yet")).to_be_visible()
    page.evaluate("document.querySelector('script[data-site]').dataset.lang = 'de'")
    expect(page.get_by_role("heading", name="Noch keine Kommentare")).to_be_visible()


def test_two_widgets_on_a_page_have_a_thread_each(desktop: Desktop, live: Live, website: Website) -> None:
    one, two = (f'<replygate-comments id="{n}" thread="post-{n}"></replygate-comments>' for n in "12")
    page = desktop.open()
    page.goto(website.put(f"{one}{two}{script_tag(live)}"))
    for n in "12":
        widget = page.locator(f"replygate-comments[id='{n}']")
        widget.get_by_role("textbox", name="Comment").fill(f"For {n}")
        widget.get_by_role("textbox", name="Name").fill("Ines")
        widget.get_by_role("textbox", name="Email").fill("ines@example.org")
        widget.get_by_role("button", name="Post comment").click()
        expect(widget.get_by_role("article").get_by_text(f"For {n}")).to_be_visible()
    assert threads(live, "post-1", "post-2") == [["For 1"], ["For 2"]]


def test_two_sites_on_a_page(desktop: Desktop, live: Live, website: Website) -> None:
    """A second script for another site adds its own element; a second one for the same site adds nothing."""
    live.storage.sites.put(a_site(id="other", origins=(website.url,), per_minute=0, moderation="suspicious"))
    second = script_tag(live).replace('"demo"', '"other"')
    page = desktop.open()
    page.goto(website.put(f"{script_tag(live)}{script_tag(live)}{second}".replace("async ", "")))
    expect(page.locator("replygate-comments").get_by_role("heading", name="No comments yet")).to_have_count(2)
    widget = page.locator("replygate-comments").nth(1)
    widget.get_by_role("textbox", name="Comment").fill("For the other site")
    widget.get_by_role("textbox", name="Name").fill("Ines")
    widget.get_by_role("textbox", name="Email").fill("ines@example.org")
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        widget.get_by_role("button", name="Post comment").click()
    assert "/v1/sites/other/comments" in sent.value.url


def test_links_to_comments_stay_on_a_page_with_a_base_address(desktop: Desktop, live: Live, website: Website) -> None:
    head = '<base href="/elsewhere/">'
    thread = website.put(script_tag(live), head=head)
    ada = reply(live, thread, author="Ada")
    page = desktop.open()
    page.goto(thread)
    page.get_by_role("article").locator("a.time").click()
    page.wait_for_url(f"{thread}#comment-{ada.id}")
    expect(page.locator(f"#comment-{ada.id}")).to_be_focused()
    expect(page.get_by_role("heading", name="An article")).to_be_visible()


def moved_page(live: Live, website: Website, desktop: Desktop) -> tuple[Page, Comment]:
    thread = website.put(f"<div id='there'></div>{script_tag(live)}")
    ada = reply(live, thread, author="Ada", content="Still here")
    page = desktop.open()
    page.add_init_script(COUNT_STREAMS)
    page.goto(thread)
    page.get_by_role("textbox", name="Comment").fill("Half a sentence")
    return page, ada


def test_a_moved_element_goes_on_working(desktop: Desktop, live: Live, website: Website) -> None:
    page, _ = moved_page(live, website, desktop)
    page.evaluate(f"document.querySelector('#there').append({ELEMENT})")
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("Half a sentence")
    page.wait_for_function("openStreams === 1")
    write(page, "A whole sentence")
    expect(page.get_by_role("article").get_by_text("A whole sentence")).to_be_visible()


def test_a_removed_element_stops_and_an_inserted_one_continues(desktop: Desktop, live: Live, website: Website) -> None:
    page, _ = moved_page(live, website, desktop)
    page.wait_for_function("openStreams === 1")
    page.evaluate(f"window.kept = {ELEMENT}; kept.remove()")
    assert page.evaluate("openStreams") == 0
    page.evaluate("document.dispatchEvent(new Event('visibilitychange')); history.pushState({}, '', '/nowhere')")
    assert page.evaluate("openStreams") == 0
    page.evaluate("history.back()")
    page.wait_for_function("location.pathname === '/post'")
    page.evaluate("document.querySelector('#there').append(kept)")
    expect(page.get_by_text("Still here")).to_be_visible()
    page.wait_for_function("openStreams === 1")


def test_an_element_keeps_its_styles_in_another_document(desktop: Desktop, live: Live, website: Website) -> None:
    page, _ = moved_page(live, website, desktop)
    page.evaluate(
        f"""() => {{ const frame = document.createElement("iframe"); frame.width = 600; frame.height = 600;
        document.body.append(frame); frame.contentDocument.body.append({ELEMENT}); }}"""
    )
    inside = page.frame_locator("iframe")
    expect(inside.get_by_text("Still here")).to_be_visible()
    expect(inside.locator("article")).to_have_css("display", "grid")


def test_a_new_body_with_the_same_script_gets_a_widget(desktop: Desktop, live: Live, website: Website) -> None:
    """Turbo and Astro replace the body and run its scripts again."""
    a, b = f"{website.url}/a", f"{website.url}/b"
    website.put(script_tag(live), "/a")
    reply(live, b, content="About B")
    page = desktop.open()
    page.goto(a)
    expect(page.get_by_role("heading", name="No comments yet")).to_be_visible()
    page.evaluate(
        """(address) => { history.pushState({}, "", "/b"); const old = document.querySelector("script[data-site]");
        const body = document.createElement("body"), script = document.createElement("script");
        for (const { name, value } of old.attributes) script.setAttribute(name, value);
        body.append(script); document.body.replaceWith(body); }"""
    )
    expect(page.get_by_text("About B")).to_be_visible()
    expect(page.locator("replygate-comments")).to_have_count(1)


def test_an_element_inserted_later_works(desktop: Desktop, live: Live, website: Website) -> None:
    reply(live, "post-7", content="About seven")
    page = desktop.open()
    page.goto(website.put(script_tag(live, data_counts_only="")))
    page.wait_for_function("Boolean(customElements.get('replygate-comments'))")
    page.evaluate(
        """() => { const element = document.createElement("replygate-comments");
        element.setAttribute("thread", "post-7");
        document.querySelector("main").append(element); }"""
    )
    expect(page.get_by_text("About seven")).to_be_visible()


def test_the_title_and_address_of_a_thread_are_sent_as_the_attributes_say_now(
    desktop: Desktop, live: Live, website: Website
) -> None:
    address = f"{website.url}/walks"
    live.storage.sites.put(a_site(id="demo", origins=(website.url,)))
    markup = '<replygate-comments thread="post-1" thread-title="Old"></replygate-comments>'
    website.put(markup + script_tag(live), "/walks")
    page = desktop.open()
    page.goto(address)
    write(page, "First draft")
    expect(page.get_by_role("article").get_by_text("First draft")).to_be_visible()
    attributes = {"thread": "post-2", "thread-title": "Walking in wind", "thread-url": address}
    for name, value in attributes.items():
        page.evaluate(f"([name, value]) => {ELEMENT}.setAttribute(name, value)", [name, value])
    expect(page.get_by_text("First draft")).to_have_count(0)
    write(page, "About walks")
    expect(page.get_by_role("article").get_by_text("About walks")).to_be_visible()
    found = live.storage.thread_details.get("demo", ["post-1", "post-2"])
    assert found == [ThreadDetails("Old", ""), ThreadDetails("Walking in wind", address)]
