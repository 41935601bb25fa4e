"""Reading API: published comments in order, in pages, with ETags."""

from urllib.parse import quote

import pytest

from comments.lifecycle import Action
from comments.storage.interfaces import Storage
from comments.storage.values import CommentChange
from comments.thread_addresses import thread_key
from service.web.schemas import CommentList
from tests.support.builders import a_decision, a_site, accepted, decided, moderated, published
from tests.support.public_app import PublicApp, open_public_app

READ = "/v1/sites/blog/threads/first-post/comments"
PRIVATE = ("canary@private.example", "origin-of-canary", "identity-of-canary", "Canary/1.0", "https://referrer.example")


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, a_site(), a_site(id="other"))


def test_published_comments_come_threaded(web: PublicApp) -> None:
    first = published(web.storage, content="First *root*", url="https://ada.example")
    second = published(web.storage, content="Answer", parent=first.id)
    third = published(web.storage, content="Answer to the answer", parent=second.id)
    page_data = web.client.get(READ).json
    assert [(c["id"], c["parent"], c["depth"]) for c in page_data["comments"]] == [
        (first.id, "", 0),
        (second.id, first.id, 1),
        (third.id, second.id, 2),
    ]
    assert (page_data["total"], page_data["next"]) == (3, "")
    assert page_data["comments"][0]["html"] == "<p>First <em>root</em></p>\n"
    assert page_data["comments"][0]["url"] == "https://ada.example"
    assert page_data["comments"][0]["received"].endswith("Z")


def test_only_published_comments_are_shown(web: PublicApp) -> None:
    accepted(web.storage, content="queued")
    decided(web.storage, accepted(web.storage, content="held"), Action.HOLD)
    decided(web.storage, accepted(web.storage, content="spam"), Action.SPAM)
    moderated(web.storage, published(web.storage, content="removed"), Action.REMOVE)
    published(web.storage, site="other", content="elsewhere")
    published(web.storage, thread="second-post", content="other thread")
    version = web.storage.threads.version("blog", "first-post")
    assert web.client.get(READ).json == {"comments": [], "total": 0, "next": "", "version": version}


def test_private_fields_are_never_shown(web: PublicApp) -> None:
    email, origin, identity, agent, referrer = PRIVATE
    kept = published(
        web.storage, email=email, origin=origin, identity=identity, user_agent=agent, referrer=referrer, trap="trapped"
    )
    answers = [
        web.client.get(READ),
        web.client.get("/v1/sites/blog/comments?thread=first-post"),
        web.client.get(f"/v1/sites/blog/comments/{kept.id}?receipt={web.pseudonyms.receipt('blog', kept.id)}"),
        web.client.get("/v1/sites/blog/counts?thread=first-post"),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert not [secret for secret in (*PRIVATE, "trapped") if secret in answer.text + str(answer.headers)]


def test_a_page_is_exactly_the_json_of_its_schema(web: PublicApp) -> None:
    stub = published(web.storage, content="Removed", author="Mallory", url="https://mallory.example")
    published(
        web.storage, content="Höflich *gesagt*: \u201cja\u201d <b> \U0001f600\u202e", author="Zoë", parent=stub.id
    )
    moderated(web.storage, stub, Action.REMOVE)
    assert web.storage.threads.set_pinned(published(web.storage, url="not an address"), True)
    for limit in (50, 2, 1):
        body = web.client.get(f"{READ}?limit={limit}").data
        assert CommentList.model_validate_json(body).model_dump_json().encode() == body
    assert b"mallory" not in body.lower()


def test_a_page_shows_every_change_of_a_comment_of_any_size(web: PublicApp) -> None:
    long = " ".join(["word"] * 1500)
    for content in ("Short", long):
        comment = published(web.storage, content=content)
        for _ in range(2):
            assert web.client.get(READ).json["comments"][-1]["content"] == content
        moderated(web.storage, comment, Action.REMOVE)
        assert comment.id not in web.client.get(READ).text


def test_masked_profanity_stays_masked(web: PublicApp) -> None:
    kept = accepted(web.storage, content="damn")
    after = kept.with_decision(a_decision(Action.APPROVE, masked="****"))
    assert web.storage.comments.decide("blog", [CommentChange(kept, after)]) == [True]
    (shown,) = web.client.get(READ).json["comments"]
    assert (shown["content"], shown["html"]) == ("****", "<p>****</p>\n")


def test_pages_follow_one_another_in_either_order(web: PublicApp) -> None:
    roots = [published(web.storage, content=f"Root {n}").id for n in range(5)]
    seen: dict[str, list[str]] = {}
    for order in ("oldest", "newest"):
        cursor, ids = "", []
        for _ in range(3):
            query = {"order": order, "limit": 2, "cursor": cursor}
            page_data = web.client.get(READ, query_string=query).json
            ids += [c["id"] for c in page_data["comments"]]
            cursor = page_data["next"]
        assert cursor == ""
        seen[order] = ids
    assert sorted(seen["oldest"]) == sorted(roots)
    assert seen["newest"] == seen["oldest"][::-1]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("order=best", "order"),
        ("order=oldest&order=newest", "order"),
        ("cursor=spoilt", "cursor"),
        ("cursor=" + "x" * 201, "cursor"),
        ("page=2", "page"),
        ("cursor=%00", "cursor"),
    ],
)
def test_bad_parameters_are_refused_by_name(web: PublicApp, query: str, field: str) -> None:
    answer = web.client.get(f"{READ}?{query}")
    assert answer.status_code == 422
    assert field in {problem["field"] for problem in answer.json["problems"]}


def test_a_thread_may_be_named_by_its_address_in_either_way(web: PublicApp) -> None:
    address = "https://blog.example/2026/a?b=c&d=ü"
    kept = published(web.storage, thread=thread_key(address, web.storage.sites.get("blog")))
    for spelling in (address, address.replace("https://blog", "HTTPS://Blog") + "#top"):
        by_path = web.client.get(f"/v1/sites/blog/threads/{quote(spelling, safe='')}/comments")
        by_query = web.client.get("/v1/sites/blog/comments", query_string={"thread": spelling})
        assert by_path.json == by_query.json
        assert [c["id"] for c in by_path.json["comments"]] == [kept.id]


@pytest.mark.parametrize("thread", ["%01", "a%7Fb", "x" * 501, "%20"])
def test_a_thread_that_cannot_exist_is_refused(web: PublicApp, thread: str) -> None:
    assert web.client.get(f"/v1/sites/blog/threads/{thread}/comments").status_code == 422


def test_an_unchanged_page_is_a_304(web: PublicApp) -> None:
    published(web.storage)
    first = web.client.get(READ)
    etag = first.headers["ETag"]
    again = web.client.get(READ, headers={"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    assert web.client.get(READ, headers={"If-None-Match": f'"x", W/{etag}'}).status_code == 304
    # A browser must ask before it shows a cached answer.
    assert first.headers["Cache-Control"] == "public, max-age=0, s-maxage=10"
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert first.headers["Vary"] == again.headers["Vary"] == "Origin"


def test_every_change_that_readers_see_changes_the_etag(web: PublicApp) -> None:
    kept = accepted(web.storage)
    etags = [web.client.get(READ).headers["ETag"]]
    kept = decided(web.storage, kept, Action.APPROVE)
    etags.append(web.client.get(READ).headers["ETag"])
    moderated(web.storage, kept, Action.REMOVE)
    etags.append(web.client.get(READ).headers["ETag"])
    assert len(set(etags)) == 3
    assert web.client.get(READ, headers={"If-None-Match": etags[0]}).status_code == 200
    assert web.client.get(f"{READ}?order=newest", headers={"If-None-Match": etags[2]}).status_code == 200


def test_an_unknown_thread_is_empty_and_an_unknown_site_missing(web: PublicApp) -> None:
    assert web.client.get("/v1/sites/blog/threads/nothing/comments").json["comments"] == []
    missing = web.client.get("/v1/sites/nobody/threads/first-post/comments")
    assert (missing.status_code, missing.headers["Cache-Control"]) == (404, "no-store")


def test_threads_are_counted_together(web: PublicApp) -> None:
    for n in range(2):
        published(web.storage, content=f"Number {n}")
    published(web.storage, thread="https://blog.example/a")
    accepted(web.storage, thread="empty")
    asked = ["first-post", "HTTPS://blog.example/a#top", "empty", "unknown"]
    counts = dict(zip(asked, (2, 1, 0, 0), strict=True))
    got = web.client.get("/v1/sites/blog/counts", query_string={"thread": asked})
    assert got.json == {"counts": counts}
    assert "s-maxage" in got.headers["Cache-Control"]
    assert web.client.post("/v1/sites/blog/counts", json={"threads": asked}).json == {"counts": counts}


def test_counts_have_one_answer_for_every_order(web: PublicApp) -> None:
    published(web.storage)
    orders = (["first-post", "b"], ["b", "first-post"])
    first, second = (web.client.get("/v1/sites/blog/counts", query_string={"thread": order}) for order in orders)
    assert first.data == second.data
    etag = {"If-None-Match": first.headers["ETag"]}
    assert web.client.get("/v1/sites/blog/counts", query_string={"thread": orders[1]}, headers=etag).status_code == 304
    published(web.storage)
    assert web.client.get("/v1/sites/blog/counts", query_string={"thread": orders[0]}, headers=etag).status_code == 200


def test_counting_needs_between_1_and_200_threads(web: PublicApp) -> None:
    for query in ({}, {"thread": [str(n) for n in range(201)]}, {"thread": ""}, {"threads": "x"}):
        assert web.client.get("/v1/sites/blog/counts", query_string=query).status_code == 422
    for body in ({}, {"threads": []}, {"threads": "x"}, {"threads": [1]}, {"threads": ["x"] * 201}):
        assert web.client.post("/v1/sites/blog/counts", json=body).status_code == 422
