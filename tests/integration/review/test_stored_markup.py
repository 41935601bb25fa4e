"""Hostile strings in every writable field stay text on every page that needs a sign-in."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from xml.etree.ElementTree import Element

from werkzeug.datastructures import MultiDict

from comments.audit import AuditEntry
from comments.author_rules import FOREVER, AuthorRule, RuleEffect, RuleTarget
from comments.lifecycle import Action
from comments.model import Comment, Signal
from comments.person import Person
from comments.setting_values import RemovalReason, Term
from comments.storage.notes_and_bulks import Note
from service.sites.settings import describe_settings
from tests.support.addresses import BEHIND_THE_DOOR, DELIVERY, STEP
from tests.support.builders import NOW, a_site, published, settings
from tests.support.markup import dangers, parse, shape
from tests.support.payloads import OWN, payloads
from tests.support.stored import new_storage
from tests.support.web_app import HTML, WebApp, judged, open_web_app, page

WRITTEN = ("author", "email", "url", "thread", "content", "user_agent", "referrer")
#: A name that sorts after every payload.
LAST = "\U0001fbf9"
#: Elements that only the two-factor setup page has: a link to the authenticator, and its QR code.
OF_CODES = ("a[href='otpauth://totp/", "img[src='data:image/svg+xml;")


def store_everywhere(web_app: WebApp, text: str) -> Comment:
    """Store `text` in every writable field, without validation: data of earlier versions had other rules."""
    fields = dict.fromkeys(WRITTEN, text)
    above = published(web_app.storage, received=NOW - timedelta(hours=1), **fields)
    judged(web_app.storage, Action.APPROVE, parent=above.id, **fields)
    comment = judged(
        web_app.storage, Action.HOLD, Signal("links.count", 1.0, text, 3.0), score=3.0, parent=above.id, **fields
    )
    published(web_app.storage, thread="post-12", received=NOW - timedelta(hours=2))  # the page of a thread needs one
    web_app.storage.notes.add("blog", comment.id, Note(text, NOW, text))
    web_app.storage.bulks.create(
        "blog", replace(STEP, by=text, about=text, reason=text), [(comment.id, comment.version)]
    )
    web_app.storage.deliveries.enqueue("blog", "hook", [replace(DELIVERY, comment=comment.id, host=text)])
    web_app.storage.people.put(Person(text, {"blog": text}))
    reasons = (RemovalReason("tone", text, text),)
    web_app.storage.sites.put(
        a_site(name=text, origins=(text,), hold_words=(Term(text),), profanity_allow=(text,), reasons=reasons)
    )
    store_in_administration(web_app, text)
    return comment


def store_in_administration(web_app: WebApp, text: str) -> None:
    entry = AuditEntry(text, text, text, text, text, "blog", text)
    for target in RuleTarget:
        web_app.storage.author_rules.put(
            "blog", AuthorRule(target, text, RuleEffect.BAN, text, NOW, FOREVER, text), entry
        )
    on_this = AuthorRule(RuleTarget.AUTHOR, "identity-of-ada", RuleEffect.HOLD, text, NOW, FOREVER, text)
    web_app.storage.author_rules.put("blog", on_this, entry)
    web_app.storage.audit.append(replace(entry, action=Action.SPAM.row.audit), replace(entry, site=""))


def without_facets(root: Element) -> Element:
    """Remove the filters of the queue, because they depend on the held comments."""
    for element in root.iter():
        for aside in element.findall("aside"):
            element.remove(aside)
    return root


def seen(text: str, escaped: bool = True) -> Iterator[tuple[str, Element]]:
    """Return every page by its address."""
    web_app = open_web_app(new_storage(), settings(demo=True), sites=())
    web_app.app.jinja_env.autoescape = escaped
    if not escaped:
        web_app.app.jinja_env.bytecode_cache = None  # the tests' cache has templates that escape
    comment = store_everywhere(web_app, text)
    user = web_app.signed_in(LAST, operator=True, blog="owner")
    for address in BEHIND_THE_DOOR:
        if address.method == "GET" and address.good == 200:
            answer = address.ask(user, "blog", comment.id, headers=HTML)
            assert answer.status_code == 200, address.name
            if answer.mimetype == "text/html":
                yield address.rule, without_facets(parse(answer.text))
    for path in ("/sites/blog/origins/origin-of-ada", "/review/blog?status=approved"):
        yield path, without_facets(parse(page(user, path)))


def test_no_stored_text_becomes_markup_on_any_page() -> None:
    def look(path: str, root: Element) -> object:
        # Entries of two logs in the same millisecond have no order.
        parts = Counter(shape(root)) if path == "/ops/audit" else shape(root)
        return dangers(root), parts

    tried, hits, plain = 0, [], dict(seen("harmless words"))
    own = {path: look(path, root) for path, root in plain.items()}  # a page may refresh automatically
    for text in OWN:
        for path, root in seen(text):
            tried += 1
            hits += [(path, text)] * (look(path, root) != own[path])
    assert hits == []
    assert tried >= 660


def test_the_check_fails_without_escaping() -> None:
    """Without this, the test above could pass on pages that do not show the text."""
    harmed = [
        path for path, root in seen("<script>alert(1)</script>", escaped=False) if "a foreign script" in dangers(root)
    ]
    assert len(harmed) >= 15
    assert {"/sites/<site>/audit", "/audit", "/sites/<site>/team", "/review/<site>/bulk/<bulk_id>"} <= set(harmed)


def test_a_card_shows_every_string_as_text() -> None:
    web_app = open_web_app(new_storage(), settings(demo=True))
    user = web_app.signed_in("mo", blog="owner")
    expected, hits = None, []
    for text in ("harmless words", *payloads(every=40)):
        fields = dict.fromkeys(WRITTEN, text)
        comment = judged(web_app.storage, Action.HOLD, Signal("links.count", 1.0, text, 3.0), score=3.0, **fields)
        root = parse(page(user, f"/review/blog/{comment.id}"))
        expected = expected or shape(root)
        hits += [(text, danger) for danger in dangers(root)]
        if shape(root) != expected:
            hits.append((text, "the page's shape"))
    assert hits == []


def test_stored_markup_stays_text_on_the_stale_page_and_in_the_notice_above_the_queue() -> None:
    web_app = open_web_app(new_storage(), settings(demo=True))
    user = web_app.signed_in("mo", blog="owner")
    for text in payloads(every=400):
        comment = judged(web_app.storage, Action.HOLD, **dict.fromkeys(WRITTEN, text))
        step = {"version": comment.version, "action": "approve"}
        settled = page(user, user.post_form(f"/review/blog/{comment.id}", **step).location)
        stale = user.post_form(f"/review/blog/{comment.id}", **step).text
        assert dangers(parse(settled)) == dangers(parse(stale)) == []


def test_form_values_stay_text() -> None:
    web_app = open_web_app(new_storage(), settings(demo=True))
    user = web_app.signed_in("mo", operator=True, blog="owner")
    for text in payloads(every=400):
        answers = [
            user.post_form("/sites/blog/rules", target="email", value=text.replace("@", ""), effect="ban", note=text),
            user.post_form("/sites/blog/team", name=text, role=text),
            *(
                user.post_form(f"/sites/blog/settings/{group}", **dict.fromkeys(describe_settings(), text))
                for group in ("site", "commenting", "review", "words", "reports", "advanced")
            ),
            user.get("/sites/blog/audit", query_string={"by": text[:90], "subject": text[:90]}),
            user.post_form("/account/codes", salt=text, code=text, current=text),
            user.post_form("/account", current=text, password=text, again=text),
        ]
        for answer in answers:
            harmful = [d for d in dangers(parse(answer.text)) if not d.startswith(OF_CODES)]
            assert harmful == [], text


def test_the_user_agent_stays_text() -> None:
    pages = []
    for text in ("harmless words", *payloads(every=400)):
        web_app = open_web_app(new_storage(), settings(demo=True))
        web_app.add_account("mo", blog="owner")
        client = web_app.anonymous()
        agent = text.encode("latin-1", "ignore").decode("latin-1").replace("\n", "").replace("\r", "")
        client.post(web_app.link("mo"), headers={"User-Agent": agent})
        pages.append(parse(client.get("/account").text))
    assert [d for root in pages for d in dangers(root)] == []
    assert {str(shape(root)) for root in pages} == {str(shape(pages[0]))}


def test_the_sign_in_form_repeats_values_as_text() -> None:
    web_app = open_web_app(new_storage(), settings(demo=True))
    expected = shape(parse(web_app.anonymous().post("/sign-in", data={"name": "x", "password": "y"}).text))
    for n, text in enumerate(payloads(every=400)):
        answer = web_app.anonymous().post(
            "/sign-in",
            data=MultiDict({"name": text, "password": "y", "next": text}),
            environ_base={"REMOTE_ADDR": f"2001:db8:0:{n:x}::1"},
        )
        assert answer.status_code == 403
        root = parse(answer.text)
        assert (dangers(root), shape(root)) == ([], expected)


def test_the_check_finds_unescaped_markup_and_unsafe_links() -> None:
    """Checks the check with unescaped payloads and unsafe addresses."""
    raw = [p for p in payloads() if dangers(parse(f"<h2>{p}</h2>"))]
    assert len(raw) >= 10
    unchecked = [p for p in payloads() if dangers(parse('<a href="' + p.replace('"', "&quot;") + '">x</a>'))]
    assert len(unchecked) >= 5
