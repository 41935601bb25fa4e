"""The HTML fragment of a thread is complete, nested, safe and cacheable."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from xml.etree.ElementTree import Element

import pytest

from comments.lifecycle import Action
from comments.storage.interfaces import Storage
from service.reading.html_fragment import MAX_NESTED
from tests.support.builders import moderated, published
from tests.support.markup import dangers, parse
from tests.support.public_app import PublicApp, open_public_app

START = datetime(2026, 1, 1, tzinfo=UTC)
READ = "/v1/sites/blog/threads/first-post/comments.html"


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage)


def section(web: PublicApp, address: str = READ) -> Element:
    answer = web.client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    root = parse(answer.text)
    assert dangers(root) == []
    (found,) = [e for e in root.iter("section") if e.get("class") == "replygate"]
    return found


def outline(element: Element) -> Iterator[tuple[str, object]]:
    """Return the ids of the comments, each with the outline of the list below it."""
    for entry in element.findall("ol/li[article]"):
        yield entry.find("article").attrib["id"].removeprefix("comment-"), list(outline(entry))


def test_replies_are_nested_in_their_parents(web: PublicApp) -> None:
    def at(minute: int, parent: str = "") -> str:
        return published(web.storage, parent=parent, received=START + timedelta(minutes=minute)).id

    a = at(1)
    a1 = at(2, a)
    a11, a2, b = at(4, a1), at(3, a), at(5)
    found = section(web)
    assert list(outline(found)) == [(a, [(a1, [(a11, [])]), (a2, [])]), (b, [])]
    assert found.get("data-total") == "5"


def test_replies_below_the_last_level_name_their_parent(web: PublicApp) -> None:
    comment = published(web.storage, author="Level 0")
    for n in range(1, MAX_NESTED + 3):
        comment = published(web.storage, author=f"Level {n}", parent=comment.id)
    found, depth = section(web), 0
    level = list(outline(found))
    while level and level[0][1]:
        level, depth = level[0][1], depth + 1
    assert (depth, len(level)) == (MAX_NESTED - 1, 4)
    named = ["".join(a.itertext()) for a in found.iter("a") if a.get("class") == "rg-parent"]
    assert named == [f"@Level {n}" for n in range(MAX_NESTED - 1, MAX_NESTED + 2)]


def test_html_in_comments_stays_text(web: PublicApp) -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    published(web.storage, author=evil, content=f"*fine* {evil}", url="https://ada.example/?a='b&c")
    found = section(web)
    assert evil in "".join(found.iter("b").__next__().itertext())
    (content,) = [e for e in found.iter("div") if e.get("class") == "rg-content"]
    assert content.find("p/em") is not None
    assert evil in "".join(content.itertext())
    (link,) = [e for e in found.iter("a") if e.get("rel") == "ugc nofollow noopener"]
    assert link.get("href") == "https://ada.example/?a='b&c"


def test_a_thread_without_comments_is_an_empty_section(web: PublicApp) -> None:
    found = section(web)
    assert (list(found), found.get("data-total")) == ([], "0")


def test_both_addresses_show_the_same(web: PublicApp) -> None:
    address = "https://blog.example/a?b=c"
    published(web.storage, thread=address)
    by_path = web.client.get(f"/v1/sites/blog/threads/{quote(address, safe='')}/comments.html")
    by_query = web.client.get("/v1/sites/blog/comments.html", query_string={"thread": address})
    assert by_path.data == by_query.data
    assert by_path.headers["ETag"] == by_query.headers["ETag"]


def test_the_next_page_is_linked(web: PublicApp) -> None:
    for _ in range(3):
        published(web.storage)
    seen, address = [], "/v1/sites/blog/comments.html?thread=first-post&limit=2"
    answer = web.client.get(address)
    again = web.client.get(address)
    assert answer.headers["Link"] == again.headers["Link"], "also when it is remembered"
    seen += [id for id, _ in outline(section(web, address))]
    following = answer.headers["Link"].removeprefix("<?").removesuffix('>; rel="next"')
    last = web.client.get(f"/v1/sites/blog/comments.html?{following}")
    assert "Link" not in last.headers
    seen += [id for id, _ in outline(section(web, f"/v1/sites/blog/comments.html?{following}"))]
    assert len(set(seen)) == 3


def links(found: Element, kind: str) -> list[str]:
    return [a.attrib["href"].removeprefix("http://127.0.0.1:8000") for a in found.iter("a") if a.get("class") == kind]


def test_more_replies_and_more_comments_are_links(web: PublicApp) -> None:
    roots = [published(web.storage, received=START + timedelta(minutes=n)).id for n in range(3)]
    replies = [published(web.storage, parent=roots[0], received=START + timedelta(hours=n)).id for n in range(1, 9)]
    found = section(web, f"{READ}?limit=6")
    assert list(outline(found)) == [
        (roots[0], [(replies[0], []), (replies[1], []), (replies[2], [])]),
        (roots[1], []),
        (roots[2], []),
    ]
    (more,) = links(found, "rg-more")
    rest = section(web, more)
    assert [id for id, _ in outline(rest)] == replies[3:]
    assert links(section(web, f"{READ}?limit=2"), "rg-next")


def test_a_stub_shows_nothing_of_the_removed_comment(web: PublicApp) -> None:
    root = published(web.storage, author="Vanished", content="gone text", received=START, url="https://gone.example")
    reply = published(web.storage, parent=root.id, content="still here")
    moderated(web.storage, root, Action.REMOVE)
    found = section(web)
    assert list(outline(found)) == [(root.id, [(reply.id, [])])]
    text = web.client.get(READ).text
    assert "Comment removed" in text
    assert "still here" in text
    for gone in ("Vanished", "gone text", "gone.example", "2026-01-01"):
        assert gone not in text
    assert f"{root.id}/reports" not in text
    assert found.get("data-total") == "1"


def test_an_unchanged_fragment_is_a_304_and_a_change_is_not(web: PublicApp) -> None:
    comment = published(web.storage, content="soon gone")
    first = web.client.get(READ)
    assert "s-maxage" in first.headers["Cache-Control"]
    assert web.client.get(READ, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    json = web.client.get(READ.removesuffix(".html"), headers={"If-None-Match": first.headers["ETag"]})
    assert json.status_code == 200, "another form is another answer"
    moderated(web.storage, comment, Action.REMOVE)
    second = web.client.get(READ, headers={"If-None-Match": first.headers["ETag"]})
    assert (second.status_code, "soon gone" in second.text) == (200, False)


def test_bad_requests_are_refused(web: PublicApp) -> None:
    assert web.client.get("/v1/sites/blog/comments.html").status_code == 422
    assert web.client.get(f"{READ}?cursor=spoilt").status_code == 422
    assert web.client.get(f"{READ}?page=2").status_code == 422
    assert web.client.get("/v1/sites/nobody/comments.html?thread=a").status_code == 404
