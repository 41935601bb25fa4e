"""Atom feeds are valid and contain published comments only."""

from urllib.parse import quote
from uuid import UUID
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from comments.lifecycle import Action
from comments.storage.interfaces import Storage
from tests.support.builders import a_site, accepted, decided, published, removed_with_replies
from tests.support.public_app import PublicApp, open_public_app

SITE = "/v1/sites/blog/feed.atom"
NAMES = {"a": "http://www.w3.org/2005/Atom", "thr": "http://purl.org/syndication/thread/1.0"}
PAGE = "https://blog.example/a?b=c"
THREAD = f"/v1/sites/blog/threads/{quote(PAGE, safe='')}/feed.atom"


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, a_site(name="Ada & friends"), public_url="https://replies.example")


def feed(web: PublicApp, address: str = SITE) -> Element:
    answer = web.client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    root = ElementTree.fromstring(answer.data)
    hold_to_rfc_4287(root)
    return root


def texts(root: Element, path: str) -> list[str]:
    return [element.text or "" for element in root.findall(path, NAMES)]


def hold_to_rfc_4287(root: Element) -> None:
    """Check the standard's requirements for feeds and entries (sections 4.1.1 and 4.1.2)."""
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    ids = []
    for part in (root, *root.findall("a:entry", NAMES)):
        for once in ("id", "title", "updated"):
            assert len(part.findall(f"a:{once}", NAMES)) == 1, once
        ids += texts(part, "a:id")
        for time in texts(part, "a:updated") + texts(part, "a:published"):
            assert time.endswith("Z")
            assert "T" in time
    for entry in root.findall("a:entry", NAMES):
        assert all(texts(entry, "a:author/a:name"))
        (content,) = entry.findall("a:content", NAMES)
        assert content.get("type") == "html"
    assert len(set(ids)) == len(ids)
    assert all(UUID(id.removeprefix("urn:uuid:")).urn == id for id in ids)
    assert len(root.findall("a:link[@rel='self']", NAMES)) == 1


def links(root: Element) -> list[str]:
    return [link.attrib["href"] for link in root.iter(f"{{{NAMES['a']}}}link")]


def test_the_sites_feed_starts_with_the_latest_comment(web: PublicApp) -> None:
    first = published(web.storage, thread=PAGE, content="Hello *there* <&>", author="Ada", url="https://ada.example")
    published(web.storage, thread=PAGE, parent=first.id, author="", content="Answer")
    root = feed(web)
    assert texts(root, "a:title") == ["Ada & friends"]
    assert texts(root, "a:entry/a:content") == ["<p>Answer</p>\n", "<p>Hello <em>there</em> &lt;&amp;&gt;</p>\n"]
    assert texts(root, "a:entry/a:author/a:name") == ["Anonymous", "Ada"]
    assert texts(root, "a:entry/a:author/a:uri") == ["https://ada.example"]
    (answers,) = root.findall("a:entry/thr:in-reply-to", NAMES)
    assert answers.get("ref") == texts(root, "a:entry/a:id")[1]


def test_links_lead_to_the_site_s_own_pages_only(web: PublicApp) -> None:
    kept = published(web.storage, thread=PAGE)
    assert links(feed(web))[1:] == [f"{PAGE}#comment-{kept.id}"]
    for foreign in ("https://evil.example/a", "javascript:alert(1)", "a key", "https://blog.example.evil.example/"):
        published(web.storage, thread=foreign)
    assert len(links(feed(web))) == 2
    assert links(feed(web))[0] == "https://replies.example/v1/sites/blog/feed.atom"
    spoofed = web.client.get(SITE, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert links(ElementTree.fromstring(spoofed.data)) == links(feed(web))


def test_a_thread_s_feed_has_its_own_comments_and_page(web: PublicApp) -> None:
    published(web.storage, thread=PAGE, content="Here")
    published(web.storage, thread="elsewhere", content="There")
    root = feed(web, THREAD)
    assert texts(root, "a:entry/a:content") == ["<p>Here</p>\n"]
    assert links(root)[:2] == [f"https://replies.example{THREAD}", PAGE]
    by_query = feed(web, f"{SITE}?thread={quote(PAGE, safe='')}")
    assert texts(by_query, ".//a:id") == texts(root, ".//a:id")


def test_empty_feeds_are_valid(web: PublicApp) -> None:
    for address in (SITE, THREAD):
        assert texts(feed(web, address), "a:entry/a:id") == []


def test_feeds_contain_no_unpublished_comments(web: PublicApp) -> None:
    root = published(web.storage, thread=PAGE, content="secret one")
    published(web.storage, thread=PAGE, parent=root.id, content="secret two")
    decided(web.storage, accepted(web.storage, thread=PAGE, content="secret three"), Action.HOLD)
    etags = {address: web.client.get(address).headers["ETag"] for address in (SITE, THREAD)}
    removed_with_replies(web.storage, root)
    for address, etag in etags.items():
        answer = web.client.get(address, headers={"If-None-Match": etag})
        assert (answer.status_code, "secret" in answer.text) == (200, False)
        feed(web, address)


def test_an_unchanged_page_is_a_304(web: PublicApp) -> None:
    published(web.storage, thread=PAGE)
    for address in (SITE, THREAD):
        first = web.client.get(address)
        assert "s-maxage" in first.headers["Cache-Control"]
        again = web.client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_a_new_name_of_the_site_changes_the_etag(web: PublicApp) -> None:
    first = web.client.get(SITE)
    renamed = open_public_app(web.storage, a_site(name="Renamed"), public_url="https://replies.example")
    again = renamed.client.get(SITE, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, "Renamed" in again.text) == (200, True)


def test_characters_invalid_in_xml_are_replaced(web: PublicApp) -> None:
    published(web.storage, author="A\x0bd\x1ba\ufffe", content="text \x0c\uffff more ]]> & <b>")
    assert texts(feed(web), "a:entry/a:author/a:name") == ["A\ufffdd\ufffda\ufffd"]


def test_only_the_last_fifty_are_listed(web: PublicApp) -> None:
    for n in range(52):
        published(web.storage, thread=PAGE, content=f"Number {n}")
    for address in (SITE, THREAD):
        assert len(texts(feed(web, address), "a:entry/a:id")) == 50
    assert texts(feed(web), "a:entry/a:content")[0] == "<p>Number 51</p>\n"
