"""Hostile strings in every public field, read back from every public page."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt
from werkzeug.exceptions import BadRequest
from werkzeug.test import TestResponse

from comments.text_cleaning import without_reordering
from comments.thread_addresses import thread_key
from comments.validation import tidied
from service.web.request_body import parse as parse_json
from tests.support.builders import a_site, published
from tests.support.markup import dangers, parse, shape
from tests.support.payloads import payloads
from tests.support.public_app import HTML, SUBMIT, PublicApp, a_reply, open_public_app
from tests.support.stored import new_storage

WRITTEN = ("author", "email", "url", "content", "thread", "parent", "website")
THREAD = thread_key("http://127.0.0.1:8000/demo/", a_site())
JSON_SUITE = Path(__file__).parents[4] / "shared" / "data" / "payloads" / "json-test-suite" / "test_parsing"
#: Every twentieth string of the collections, so that the tests take a few seconds.
STRINGS = payloads(every=20)


def a_web() -> PublicApp:
    sites = (
        a_site(per_minute=0, max_pending=10**6, max_content=60_000),
        a_site(id="demo", name="Low Water", per_minute=0),
    )
    return open_public_app(new_storage(), *sites, demo=True)


def as_header(text: str) -> str:
    """Return the characters of `text` that an HTTP header can contain."""
    return "".join(c for c in text.encode("latin-1", "ignore").decode("latin-1") if c not in "\r\n\0")


def pages_of_the_demo(web: PublicApp) -> Iterator[str]:
    onward = "/demo/"
    while onward:
        page = web.client.get(onward, headers=HTML).text
        yield page
        links = [a.get("href") for a in parse(page).iter("a") if a.get("class") == "go"]
        onward = links[0] if links else ""


def pieces_for_other_pages(web: PublicApp) -> Iterator[str]:
    """Return the HTML fragment of the thread, and the HTML inside the feeds."""
    query = {"thread": THREAD, "limit": 100, "cursor": ""}
    for cursor in _cursors(web, query):
        yield web.client.get("/v1/sites/demo/comments.html", query_string=query | {"cursor": cursor}).text
    for address in ("/v1/sites/demo/feed.atom", f"/v1/sites/demo/feed.atom?thread={quote(THREAD)}"):
        root = ElementTree.fromstring(web.client.get(address).data)
        assert not any(link.get("href", "").startswith("javascript:") for link in root.iter())
        yield from (content.text or "" for content in root.iter("{http://www.w3.org/2005/Atom}content"))


def _cursors(web: PublicApp, query: dict[str, object]) -> Iterator[str]:
    cursor = ""
    while True:
        yield cursor
        cursor = web.client.get("/v1/sites/demo/comments", query_string=query | {"cursor": cursor}).json["next"]
        if not cursor:
            return


def publish_everywhere(web: PublicApp, text: str) -> None:
    """Publish `text` in every field without validation, as in data of earlier versions."""
    fields = dict.fromkeys(("author", "email", "url", "content", "user_agent", "referrer", "trap"), text)
    published(web.storage, site="demo", thread=THREAD, **fields)


def test_published_payloads_stay_text_in_json_and_feeds() -> None:
    web = a_web()
    for text in STRINGS:
        publish_everywhere(web, text)
    seen, query = [], {"thread": THREAD, "limit": 100}
    for cursor in _cursors(web, query):
        answer = web.client.get("/v1/sites/demo/comments", query_string=query | {"cursor": cursor})
        assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("application/json", "nosniff")
        for comment in answer.json["comments"]:
            assert dangers(parse(comment["html"])) == []
            assert comment["url"] == "" or urlsplit(comment["url"]).scheme in ("http", "https")
            assert comment["author"] == comment["content"]
            seen.append(comment["content"])
    assert sorted(seen) == sorted(map(without_reordering, STRINGS))


def test_published_payloads_stay_text_in_pages() -> None:
    web = a_web()
    for text in STRINGS:
        publish_everywhere(web, text)
    pages = (*pages_of_the_demo(web), *pieces_for_other_pages(web))
    assert [danger for page in pages for danger in dangers(parse(page))] == []


def test_the_check_detects_missing_escaping() -> None:
    """Without escaping, or with HTML in Markdown, the tests above would fail."""
    careless = a_web()
    careless.app.jinja_env.autoescape = False
    careless.app.jinja_env.bytecode_cache = None  # the tests' cache has templates that escape
    for text in STRINGS[:30]:
        publish_everywhere(careless, text)
    for pages in (pages_of_the_demo(careless), pieces_for_other_pages(careless)):
        assert sum(len(dangers(parse(page))) for page in pages) > 10
    markdown = MarkdownIt("commonmark", {"html": True})
    assert sum(bool(dangers(parse(markdown.render(text)))) for text in STRINGS) > len(STRINGS) / 4


def post(web: PublicApp, fields: dict[str, str], text: str, form: bool) -> TestResponse:
    headers = {"User-Agent": as_header(text), "Referer": as_header(text)}
    if form:
        return web.client.post(SUBMIT, data=fields, headers=headers | HTML)
    return web.client.post(SUBMIT, json=fields, headers=headers)


def test_every_string_is_stored_unchanged_or_refused_with_a_problem() -> None:
    web = a_web()
    kept = 0
    for n, text in enumerate(STRINGS):
        for field in WRITTEN:
            answer = post(web, a_reply(thread=f"thread-{n}") | {field: text}, text, form=False)
            assert answer.status_code in (202, 422), (field, text)
            if answer.status_code == 422:
                assert {problem["field"] for problem in answer.json["problems"]} <= {field, "trap"}
            elif field in ("author", "content"):
                kept += 1
                comment = web.comment(answer.json["id"])
                assert getattr(comment, field) == tidied({field: text})[field]
    assert kept > len(STRINGS)


def test_the_form_repeats_payloads_as_text() -> None:
    web = a_web()
    expected = shape(parse(post(web, dict.fromkeys(WRITTEN, "harmless words"), "", form=True).text))
    for text in STRINGS:
        answer = post(web, dict.fromkeys(WRITTEN, text), "", form=True)
        if answer.status_code != 422 or answer.mimetype != "text/html":
            continue
        root = parse(answer.text)
        assert dangers(root) == []
        typed = [box.text for box in root.iter("textarea")]
        assert typed == [] or "\r" in text or typed == [text]  # none on the error page for text that cannot be stored
        assert {kind for kind, _ in shape(root)} <= {kind for kind, _ in expected} | {"a"}


def test_nothing_is_reflected_from_an_address() -> None:
    web = a_web()
    for text in STRINGS[::4]:
        query = dict.fromkeys(("reply", "comment", "receipt", "cursor"), text)
        for answer in (
            web.client.get("/demo/", query_string=query, headers=HTML),
            web.client.get(f"{SUBMIT}/x", query_string={"receipt": text}, headers=HTML),
            web.client.get(SUBMIT, query_string={text: text}, headers=HTML),
            web.client.get(f"/v1/sites/{quote(text, safe='')}/comments", headers=HTML),
            web.client.get(f"/v1/sites/blog/threads/{quote(text, safe='')}/comments", headers=HTML),
            web.client.post(SUBMIT, data={text or "x": text}, headers=HTML),
            web.client.post(SUBMIT, data=a_reply(redirect_to=text), headers=HTML),
        ):
            assert answer.status_code < 500, text
            if answer.mimetype == "text/html":
                assert dangers(parse(answer.text)) == [], text
            location = urlsplit(answer.headers.get("Location", ""))
            assert location.netloc in ("", "localhost", "127.0.0.1:8000", "blog.example"), text


@pytest.mark.parametrize("text", ["x\r\nX-Evil: 1", "x\nX-Evil: 1", "x\r\n\r\n<script>", "\u560a\u560dX-Evil: 1"])
def test_no_header_can_be_added(text: str) -> None:
    web = a_web()
    for answer in (
        web.client.post(SUBMIT, data=a_reply(redirect_to=f"https://blog.example/{text}"), headers=HTML),
        web.client.post(SUBMIT, data=a_reply(thread=f"https://blog.example/{text}"), headers=HTML),
        web.client.get(f"{SUBMIT}/{quote(text, safe='')}", query_string={"receipt": text}),
    ):
        assert "X-Evil" not in answer.headers
        assert answer.status_code < 500


def test_malformed_json_is_never_an_error_500() -> None:
    """Try the JSON test suite if it is next to this checkout, and a few of our own strings."""
    web = a_web()
    own = [b"[" * 100_000, b'{"":' * 50_000, b'["\\uD800"]', b"\xff\xfe[\x00]\x00", b'{"a":"\\u0000"}', b"1e9999", b"-"]
    suite = sorted(JSON_SUITE.glob("*.json")) if JSON_SUITE.is_dir() else []
    for body in (*own, *(path.read_bytes() for path in suite)):
        for method, address in (
            ("POST", SUBMIT),
            ("POST", "/v1/sites/blog/counts"),
            ("PUT", "/v1/sites/blog/threads/x"),
        ):
            answer = web.client.open(address, method=method, data=body, content_type="application/json")
            assert 400 <= answer.status_code < 500, (address, body[:80])
            assert answer.mimetype == "application/problem+json"


def test_only_strict_json_is_accepted() -> None:
    suite = sorted(JSON_SUITE.glob("[yn]_*.json")) if JSON_SUITE.is_dir() else []
    wrong = [path.name for path in suite if _is_json(path.read_bytes()) != path.name.startswith("y_")]
    # One file has a duplicate name, which the standard leaves open and we refuse.
    assert set(wrong) <= {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}


def _is_json(raw: bytes) -> bool:
    try:
        parse_json(raw)
    except BadRequest:
        return False
    return True
