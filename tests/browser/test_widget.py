"""The widget on a static page of another origin: with scripts, without them, and with the service away."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from comments.lifecycle import Action, Status
from comments.model import Comment
from tests.browser.conftest import Desktop, Live
from tests.browser.line import Line
from tests.browser.pages import Website, open_website
from tests.browser.test_accessibility import violations
from tests.browser.test_looks import TOO_FAINT
from tests.builders import a_comment, a_site, an_admission, moderated, published
from tests.payloads import payloads

PLAIN_FORM = """<form method="post" action="{live}/v1/sites/demo/comments" accept-charset="utf-8">
<input type="hidden" name="thread" value="{thread}"><input type="hidden" name="redirect_to" value="{thread}">
<label>Comment <textarea name="content" required></textarea></label><label>Name <input name="author" required></label>
<label>Email <input name="email" type="email" required></label><button>Post Comment</button></form>"""

#: Everything that moved without anybody having touched the page.
LAYOUT_SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value; })
    .observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum), 50)));
})"""

#: The server of these tests ends each stream at once; whoever comes back to a page asks anew.
COME_BACK = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def website(live: Live) -> Iterator[Website]:
    with open_website() as website:
        site = a_site(id="demo", origins=(live.url, website.url), per_minute=0, moderation="suspicious")
        live.storage.sites.put(site)
        yield website


def line(live: Live, **attributes: str) -> str:
    more = "".join(f" {name.replace('_', '-')}='{value}'" for name, value in attributes.items())
    return f'<script async src="{live.url}/widget.js" data-site="demo"{more}></script>'


def a_page(live: Live, website: Website, **about: str) -> str:
    return website.put(line(live), **about)


def reply(live: Live, thread: str, **fields: str) -> Comment:
    """A published one; the wake-up that storage asked for is spent, so that the next submission asks for its own."""
    comment = published(live.storage, site="demo", thread=thread, **fields)
    live.storage.backlog.claim("demo", comment.id, 1, 1.0)
    return comment


def write(page: Page, content: str = "A reply", name: str = "Ines", button: str = "Post comment") -> None:
    page.get_by_role("textbox", name="Comment").fill(content)
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("textbox", name="Email").fill("ines@example.org")
    page.get_by_role("button", name=button).click()


def test_one_line_brings_the_replies_and_the_form(desktop: Desktop, live: Live, website: Website) -> None:
    thread = a_page(live, website)
    ada = reply(live, thread, author="Ada", content="I *enjoyed* this.", url="https://ada.example")
    reply(live, thread, author="Bo", content="So did I.", parent=ada.id)
    page = desktop.open()
    page.goto(thread)
    expect(page.get_by_role("heading", name="2 comments")).to_be_visible()
    expect(page.locator("li li").get_by_text("So did I.")).to_be_visible()
    assert page.locator(".content em").inner_text() == "enjoyed"
    assert page.get_by_role("link", name="Ada").get_attribute("rel") == "ugc nofollow noopener"
    write(page, "From the widget")
    expect(page.get_by_role("status")).to_have_text("Thank you, your comment is published.")
    expect(page.get_by_role("heading", name="3 comments")).to_be_visible()
    assert page.context.cookies() == []


def test_the_author_sees_what_waits_until_it_is_decided(desktop: Desktop, live: Live, website: Website) -> None:
    live.storage.sites.put(a_site(id="demo", origins=(website.url,), per_minute=0, moderation="all"))
    thread = a_page(live, website)
    page = desktop.open()
    page.goto(thread)
    for text in ("One <b>waits</b>", "Two waits"):
        write(page, text)
        expect(page.get_by_text("Awaiting moderation")).to_have_count(1 if text.startswith("One") else 2)
    page.reload()
    expect(page.get_by_text("One <b>waits</b>")).to_be_visible()
    held = live.storage.comments.by_status("demo", Status.HELD, 5).rows
    for comment, action in zip(held, (Action.APPROVE, Action.REMOVE), strict=True):
        moderated(live.storage, comment, action)
    page.evaluate(COME_BACK)
    expect(page.get_by_text("Awaiting moderation")).to_have_count(0)
    expect(page.get_by_text("One <b>waits</b>")).to_be_visible()
    expect(page.get_by_text("Two waits")).to_have_count(0)
    assert desktop.open().goto(thread).ok


def test_one_answers_where_one_reads(desktop: Desktop, live: Live, website: Website) -> None:
    thread = a_page(live, website)
    ada = reply(live, thread, author="Ada")
    page = desktop.open()
    page.goto(thread)
    page.get_by_role("button", name="Reply to Ada").click()
    expect(page.get_by_role("heading", name="Reply to Ada")).to_be_visible()
    assert page.evaluate("document.querySelector('replygate-comments').shadowRoot.activeElement.name") == "content"
    page.get_by_role("button", name="Cancel reply").click()
    expect(page.get_by_role("heading", name="Leave a comment")).to_be_visible()
    page.get_by_role("button", name="Reply to Ada").click()
    write(page, "To Ada")
    expect(page.locator("li li").get_by_text("To Ada")).to_be_visible()
    assert {c.parent for c in live.storage.threads.newest("demo", thread, 5)} == {"", ada.id}


def test_news_wait_for_a_click_and_removed_comments_go_at_once(desktop: Desktop, live: Live, website: Website) -> None:
    thread = a_page(live, website)
    ada = reply(live, thread, author="Ada", content="The first.")
    page = desktop.open()
    with page.expect_request("**/events?*"):
        page.goto(thread)
    reply(live, thread, author="Bo", content="The second.")
    page.evaluate(COME_BACK)
    button = page.get_by_role("button", name="Show 1 new comment")
    expect(button).to_be_visible()
    expect(page.get_by_text("The second.")).to_have_count(0)
    button.click()
    expect(page.get_by_text("The second.")).to_be_visible()
    moderated(live.storage, ada, Action.REMOVE)
    page.evaluate(COME_BACK)
    expect(page.get_by_text("The first.")).to_have_count(0)


def test_every_problem_stands_beside_its_field(desktop: Desktop, live: Live, website: Website) -> None:
    page = desktop.open()
    page.goto(a_page(live, website))
    page.locator("form").evaluate("form => { form.noValidate = true }")
    page.get_by_label("Email").fill("nobody")
    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_role("alert")).to_contain_text("Please look at this again")
    for field, text in (("content", "fill in"), ("author", "fill in"), ("email", "valid email")):
        expect(page.locator(f"#{field}-problem")).to_contain_text(text)
        assert page.locator(f"#{field}").get_attribute("aria-invalid") == "true"


def test_nothing_is_lost_while_the_service_is_away(desktop: Desktop, live: Live, website: Website) -> None:
    thread = a_page(live, website)
    page = desktop.open()
    page.goto(thread)
    way = Line(page, f"{live.url}/**")
    expect(page.get_by_role("button", name="Post comment")).to_be_visible()
    way.cut()
    write(page, "Typed with care")
    expect(page.get_by_role("alert")).to_contain_text("Your text is kept")
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("Typed with care")
    way.mend()
    page.reload()
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("Typed with care")
    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_role("status")).to_have_text("Thank you, your comment is published.")
    page.reload()
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("")


def test_a_lost_answer_leaves_one_comment(desktop: Desktop, live: Live, website: Website) -> None:
    page = desktop.open()
    thread = a_page(live, website)
    keys = []

    def lose(route, request) -> None:  # type: ignore[no-untyped-def]
        keys.append(request.headers.get("idempotency-key"))
        route.fetch()
        route.abort()

    page.route(
        "**/comments", lambda route, request: lose(route, request) if request.method == "POST" else route.continue_()
    )
    page.goto(thread)
    write(page, "Only once")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    page.unroute("**/comments")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Only once")).to_be_visible()
    assert live.storage.threads.counts("demo", [thread]) == [1]
    assert len(keys) == 1


def test_the_page_stays_whole_without_the_service(desktop: Desktop, live: Live, website: Website) -> None:
    """Nothing listens where the script should come from; the plain form stands."""
    away = line(live).replace(live.url, "http://127.0.0.1:9")
    form = PLAIN_FORM.format(live=live.url, thread=f"{website.url}/post")
    page = desktop.open()
    page.goto(website.put(f"{away}<replygate-comments>{form}</replygate-comments>"))
    expect(page.get_by_role("button", name="Post Comment")).to_be_visible()
    expect(page.get_by_text("The end of the page")).to_be_visible()


def test_a_reader_finds_the_form_though_the_service_went(desktop: Desktop, live: Live, website: Website) -> None:
    page = desktop.open()
    page.route("**/v1/**", lambda route: route.abort())
    page.goto(a_page(live, website))
    expect(page.get_by_role("status")).to_have_text("The comments cannot be loaded at the moment.")
    write(page, "Typed all the same")
    expect(page.get_by_role("alert")).to_contain_text("Your text is kept")
    page.unroute("**/v1/**")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Typed all the same")).to_be_visible()


def test_without_scripts_the_plain_form_does_it(desktop: Desktop, live: Live, website: Website) -> None:
    thread = f"{website.url}/post"
    form = PLAIN_FORM.format(live=live.url, thread=thread)
    website.put(f"<replygate-comments>{form}</replygate-comments>{line(live)}")
    page = desktop.open(java_script_enabled=False)
    page.goto(thread)
    page.get_by_label("Comment").fill("Without any script")
    page.get_by_label("Name").fill("Ines")
    page.get_by_label("Email").fill("ines@example.org")
    page.get_by_role("button", name="Post Comment").click()
    page.wait_for_url(f"{thread}?comment=*")
    assert [c.content for c in live.storage.threads.newest("demo", thread, 5)] == ["Without any script"]
    with_scripts = desktop.open()
    with_scripts.goto(page.url)
    expect(with_scripts.get_by_role("status")).to_have_text("Thank you, your comment is published.")
    assert "receipt" not in with_scripts.url


def test_what_was_typed_before_the_script_came_is_kept(desktop: Desktop, live: Live, website: Website) -> None:
    thread = f"{website.url}/post"
    website.put(f"<replygate-comments>{PLAIN_FORM.format(live=live.url, thread=thread)}</replygate-comments>")
    page = desktop.open()
    page.goto(thread)
    page.get_by_label("Comment").fill("Faster than the script")
    page.add_script_tag(content="document.currentScript.remove()")
    page.evaluate(
        """src => { const s = document.createElement("script"); s.src = src; s.dataset.site = "demo";
        document.body.append(s); }""",
        f"{live.url}/widget.js",
    )
    expect(page.get_by_role("heading", name="No comments yet.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("Faster than the script")


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


@pytest.mark.parametrize("workers", ["with a worker", "where the page forbids workers"])
def test_while_the_site_is_flooded_the_widget_does_the_work(
    desktop: Desktop, live: Live, website: Website, workers: str
) -> None:
    site = a_site(id="demo", origins=(website.url,), per_minute=0, proof_of_work="auto", moderation="suspicious")
    live.storage.sites.put(site)
    for _ in range(61):
        live.storage.comments.accept(a_comment(site="demo", received=datetime.now(UTC)), an_admission())
    if "forbids" in workers:
        website.policy = f"default-src 'none'; script-src {live.url}; connect-src {live.url}; worker-src 'none'"
    thread = a_page(live, website)
    page = desktop.open()
    page.goto(thread)
    with page.expect_response(lambda answer: answer.request.method == "POST", timeout=30_000) as sent:
        write(page, "Worth the work: Grüße, 世界")
    comment = live.storage.comments.get("demo", sent.value.json()["id"])
    assert (comment.form_token, comment.form_proof) == ("valid", "valid")
    assert comment.form_seconds >= 0
    if "forbids" in workers:
        desktop.complaints.clear()  # Chromium tells of the worker that was not allowed
