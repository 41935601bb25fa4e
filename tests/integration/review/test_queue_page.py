"""The queue page: orders, facets, search, and all sites at once."""

from datetime import timedelta

import pytest

from comments.lifecycle import Action
from comments.model import Signal
from comments.signals import PUBLISHED_UNSEEN
from comments.storage.values import CommentChange
from service.review.queue_pages import CARDS_PER_PAGE
from tests.support.builders import NOW, a_decision, accepted, moderated, published
from tests.support.markup import parse
from tests.support.web_app import HTML, SignedInClient, WebApp, held, judged, page


@pytest.fixture
def mo(web_app: WebApp) -> SignedInClient:
    return web_app.signed_in("mo", blog="moderator", shop="viewer")


def ids(user: SignedInClient, path: str) -> list[str]:
    return [article.get("data-id") for article in parse(page(user, path)).iterfind(".//article")]


def facets(user: SignedInClient, path: str) -> dict[str, dict[str, int]]:
    found = {}
    for section in parse(page(user, path)).iterfind(".//aside//section"):
        rows = (["".join(part.itertext()) for part in a] for a in section.iterfind(".//a"))
        found[section.find("h2").text] = {label: int(n) for label, n in rows}
    return found


def test_the_density_is_remembered_only_after_a_choice(web_app, mo):
    held(web_app.storage)
    for path, shown in (("", "comfortable"), ("?density=compact", "compact"), ("", "compact")):
        answer = mo.get(f"/review/blog{path}")
        assert f"queue-page {shown}" in answer.text
        assert ("density=" in answer.headers.get("Set-Cookie", "")) == bool(path)


def test_the_default_order_is_by_usefulness_and_others_are_linked(web_app, mo):
    sure = judged(web_app.storage, Action.HOLD, score=1.0, received=NOW - timedelta(hours=1))
    doubtful = judged(web_app.storage, Action.HOLD, score=5.5, received=NOW)
    worst = judged(web_app.storage, Action.HOLD, score=7.9, received=NOW - timedelta(hours=2))
    assert ids(mo, "/review/blog")[0] == doubtful.id
    assert ids(mo, "/review/blog?order=oldest") == [worst.id, sure.id, doubtful.id]
    assert ids(mo, "/review/blog?order=newest") == [doubtful.id, sure.id, worst.id]
    assert ids(mo, "/review/blog?order=points") == [worst.id, doubtful.id, sure.id]


def test_facets_filter_count_and_can_be_removed(web_app, mo):
    ines = held(web_app.storage, author="Ines", content="Хлеб", thread="/bread")
    held(web_app.storage, author="Jon", content="bread https://shop.example", thread="/bread")
    found = facets(mo, "/review/blog")
    assert found["Author"] == {"Ines": 1, "Jon": 1}
    assert found["Thread"] == {"/bread": 2}
    assert found["Script"] == {"cyrillic": 1, "latin": 1}
    assert found["Links to"] == {"shop.example": 1}
    assert found["Reason"] == {"First comment by this author": 2}
    link = next(a for a in parse(page(mo, "/review/blog")).iterfind(".//aside//a") if a.find("bdi").text == "Ines")
    assert ids(mo, link.get("href")) == [ines.id]
    narrowed = parse(page(mo, link.get("href")))
    assert [a.get("href") for a in narrowed.iterfind(".//aside//li/a[@class='chip']")] == ["/review/blog"]


def test_ages_are_counted_by_day(web_app, mo):
    for days in (0, 0, 1, 3, 30):
        held(web_app.storage, received=NOW - timedelta(days=days))
    expected = {"Today (UTC)": 2, "Yesterday": 1, "2 to 6 days ago": 1, "A week ago or longer": 1}
    assert facets(mo, "/review/blog")["Received"] == expected
    assert len(ids(mo, "/review/blog?age=older")) == 1
    assert len(ids(mo, "/review/blog?age=today")) == 2


@pytest.mark.parametrize(
    "q", ["walk", "WALK wind", "walk*", "ines", "ines@example.org", "@example.org", "shop.example", "origin:net-1"]
)
def test_a_search_finds_words_authors_emails_links_and_networks(web_app, mo, q):
    found = held(
        web_app.storage, author="Ines", email="Ines@example.org", origin="net-1",
        content="I walk in the wind, see https://www.shop.example/x",
    )  # fmt: skip
    held(web_app.storage, author="Jon", email="jon@else.example", origin="net-2", content="A wall")
    assert mo.get("/review/blog", query_string={"q": q}, headers=HTML).text.count("<article") == 1
    assert found.id in mo.get("/review/blog", query_string={"q": q}, headers=HTML).text


def test_emails_cannot_be_searched_without_permission_to_see_them(web_app):
    held(web_app.storage, email="ines@example.org", content="x")
    viewer = web_app.signed_in("vi", blog="viewer")
    assert ids(viewer, "/review/blog?q=ines@example.org") == []


def test_an_empty_search_result_says_what_to_do(web_app, mo):
    held(web_app.storage)
    text = page(mo, "/review/blog?q=nowhere")
    assert "No matching comments" in text
    assert mo.get("/review/blog?q=!!!", headers=HTML).status_code == 422


@pytest.mark.parametrize("path", ["/review/blog", "/review/all"])
def test_a_search_that_cannot_be_used_keeps_the_page_and_what_was_typed(mo: SignedInClient, path: str) -> None:
    answer = mo.get(f"{path}?q=!!!&status=spam&received_from=2026-11-02&received_to=2026-11-01", headers=HTML)
    assert answer.status_code == 422
    assert 'value="!!!"' in answer.text
    assert "Received until must not be before “Received from”." in answer.text
    words = mo.get(f"{path}?q=!!!&status=spam", headers=HTML).text
    assert "Search must contain a word, an address or a domain." in words
    assert "Nothing was searched" in words


def test_all_sites_are_one_queue(web_app, mo):
    oldest = held(web_app.storage, site="shop", received=NOW - timedelta(hours=3))
    mine = held(web_app.storage, received=NOW - timedelta(hours=2))
    held(web_app.storage, site="blog", received=NOW)
    assert ids(mo, "/review/all?order=oldest")[:2] == [oldest.id, mine.id]
    assert facets(mo, "/review/all")["Site"] == {"The blog": 2, "The shop": 1}
    assert ids(mo, "/review/all?site=shop") == [oldest.id]
    stranger = web_app.signed_in("bo", shop="moderator")
    assert ids(stranger, "/review/all") == [oldest.id]


@pytest.mark.parametrize("order", ["useful", "oldest", "newest", "points"])
def test_pages_over_all_sites_contain_each_comment_once(web_app, mo, order):
    every = {
        held(web_app.storage, site=site, received=NOW + timedelta(seconds=n // 3)).id
        for n in range(CARDS_PER_PAGE + 5)
        for site in ("blog", "shop")
    }
    seen, path = [], f"/review/all?order={order}"
    while path:
        seen += ids(mo, path)
        onward = parse(page(mo, path)).find(".//a[@rel='next']")
        path = None if onward is None else onward.get("href")
    assert len(seen) == len(every)
    assert set(seen) == every


def test_a_button_on_the_page_of_all_sites_redirects_back_to_it(web_app, mo):
    comment = held(web_app.storage, author="Ines")
    root = parse(page(mo, "/review/all?author=Ines"))
    form = root.find(".//form[@class='actions']")
    fields = {i.get("name"): i.get("value") for i in form.iterfind("input")}
    answer = mo.client.post(form.get("action"), data=fields | {"action": "spam"})
    assert answer.location.startswith("/review/all?")
    assert "author=Ines" in answer.location
    assert "Marked as spam" in page(mo, answer.location)
    assert web_app.storage.comments.get("blog", comment.id).status == "spam"


def test_decided_comments_are_listed_over_all_sites(web_app, mo):
    spam = {judged(web_app.storage, Action.SPAM, site=site).id for site in ("blog", "shop")}
    assert set(ids(mo, "/review/all?status=spam")) == spam


def test_the_page_says_if_comments_are_not_indexed_yet(web_app, mo):
    for _ in range(60):
        held(web_app.storage)
    assert "10 comments are not searchable yet" in page(mo, "/review/blog")
    assert "not searchable yet" not in page(mo, "/review/blog")


# Cards


def test_a_card_shows_the_parent_and_the_authors_counts(web_app, mo):
    parent = published(web_app.storage, author="Jon", content="The east wind is half of it.", thread="/walks")
    moderated(web_app.storage, held(web_app.storage, identity="i"), Action.APPROVE)
    moderated(web_app.storage, held(web_app.storage, identity="i"), Action.SPAM)
    held(web_app.storage, identity="i", parent=parent.id, thread="/walks")
    text = " ".join("".join(parse(page(mo, "/review/blog")).find(".//article").itertext()).split())
    assert "Jon wrote: The east wind is half of it." in text
    assert "1 approved, 1 spam" in text


def test_a_card_explains_the_decision_and_highlights_the_evidence(web_app, mo):
    signals = (
        Signal("links.many", 0.6, "3 links; 2 are too many", 3.4),
        Signal("words.hold", 1.0, "casino", 0.0, True),
    )
    comment = judged(web_app.storage, Action.HOLD, *signals, score=3.4, content="Casino at www.win.example")
    card = parse(page(mo, "/review/blog")).find(".//article")
    said = "".join(card.find(".//p[@class='approved-if']").itertext())
    assert said == "Would be published if it did not contain casino and it had fewer links."
    marks = ["".join(m.itertext()) for m in card.find(".//div[@class='content']").iter("mark")]
    assert marks == ["Casino", "www.win.example"]
    assert "policy-1" in page(mo, f"/review/blog/{comment.id}")


def test_the_page_of_a_comment_shows_others_in_its_thread(web_app, mo):
    published(web_app.storage, author="Jon", content="Me too, every Sunday", thread="/walks")
    comment = held(web_app.storage, thread="/walks")
    assert "Me too, every Sunday" in page(mo, f"/review/blog/{comment.id}")


# Reasons and notes


def test_a_reason_is_stored_with_the_removal(web_app, mo):
    comment = held(web_app.storage)
    mo.post_form(f"/review/blog/{comment.id}", version=comment.version, action="remove", reason="tone")
    after = web_app.storage.comments.get("blog", comment.id)
    assert (after.status, after.decisions[-1].reason) == ("removed", "tone")
    assert "reason for the author: tone" in page(mo, f"/review/blog/{comment.id}")


@pytest.mark.parametrize("fields", [{"reason": "nonsense"}, {"reason": "tone", "action": "spam"}])
def test_an_unknown_reason_is_refused(web_app, mo, fields):
    comment = held(web_app.storage)
    assert mo.post_form(f"/review/blog/{comment.id}", version=comment.version, **fields).status_code == 422
    body = {"version": comment.version, "action": "remove"} | fields
    assert mo.post_json(f"/v1/sites/blog/review/comments/{comment.id}/decisions", body).status_code == 422
    assert web_app.storage.comments.get("blog", comment.id) == comment


def test_a_note_is_shown_to_colleagues_and_changes_nothing(web_app, mo):
    comment = held(web_app.storage)
    assert mo.post_form(f"/review/blog/{comment.id}/notes", text="Asked <b>her</b>").status_code == 303
    path = f"/v1/sites/blog/review/comments/{comment.id}/notes"
    assert mo.post_json(path, {"text": "She answered"}).status_code == 201
    for where in ("/review/blog", f"/review/blog/{comment.id}"):
        assert "Asked &lt;b&gt;her&lt;/b&gt;" in page(mo, where)
        assert "She answered" in page(mo, where)
    assert web_app.storage.comments.get("blog", comment.id) == comment


def test_notes_are_refused_from_viewers_and_strangers_and_when_empty(web_app, mo):
    comment = held(web_app.storage)
    path = f"/review/blog/{comment.id}/notes"
    assert web_app.signed_in("vi", blog="viewer").post_form(path, text="x").status_code == 403
    assert web_app.signed_in("st", shop="owner").post_form(path, text="x").status_code == 404
    assert mo.client.post(path, data={"text": "x"}).status_code == 403
    assert mo.post_form(path, text="  ").status_code == 422
    assert mo.post_form("/review/blog/missing/notes", text="x").status_code == 404
    assert web_app.storage.notes.of("blog", [comment.id]) == [()]


def test_the_page_shows_how_many_comments_of_new_authors_were_published_unseen(web_app, mo):
    assert "without review" not in page(mo, "/review/blog")
    for _ in range(2):
        comment, signals = accepted(web_app.storage), (Signal(PUBLISHED_UNSEEN, 1.0, "First comment"),)
        after = comment.with_decision(a_decision(Action.APPROVE, signals=signals))
        web_app.storage.comments.decide("blog", [CommentChange(comment, after)])
    assert "2 comments by new authors were published without review in the last 30 days." in page(mo, "/review/blog")
