"""The reading fast path repeats Flask's answers exactly while they are current."""

from dataclasses import replace
from datetime import UTC, datetime
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from werkzeug.test import Client, TestResponse

from comments.errors import StorageDown
from comments.lifecycle import Action
from comments.storage.interfaces import Storage
from service.reading.fast_path import MAX_STALE_SECONDS, RENEW_AFTER, CachedResponse, ReadingFastPath, ResponseSource
from service.web.response_cache import CACHE_EXTENSION, ResponseCache
from service.web.site_cache import SITES_EXTENSION, SiteCache
from tests.support.builders import a_site, moderated, published
from tests.support.public_app import PublicApp, open_public_app

PATHS = (
    "/v1/sites/blog/threads/first-post/comments",
    "/v1/sites/blog/comments?thread=first-post&limit=1",
    "/v1/sites/blog/comments.html?thread=first-post&limit=1",
    "/v1/sites/blog/feed.atom?thread=first-post",
    "/v1/sites/blog/feed.atom",
    "/v1/sites/blog/counts?thread=first-post&thread=second-post",
)
ORIGIN = {"Origin": "https://blog.example"}


class Away:
    """Threads of a storage that can become unavailable."""

    def __init__(self, storage: Storage) -> None:
        self._threads, self.away = storage.threads, False

    def __getattr__(self, name: str) -> object:
        if self.away:
            raise StorageDown("away")
        return getattr(self._threads, name)


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    opened = open_public_app(storage)
    for _ in range(3):
        published(storage)
    return opened


def whole(answer: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    return answer.status_code, sorted(answer.headers), answer.data


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", [{}, ORIGIN, {"Origin": "https://evil.example"}])
def test_the_second_answer_is_equal_to_the_first(web: PublicApp, path: str, headers: dict[str, str]) -> None:
    long, short = web.client.get(path, headers=headers), web.client.get(path, headers=headers)
    assert long.status_code == 200
    assert whole(long) == whole(short)
    etag = {"If-None-Match": long.headers["ETag"]}
    unchanged = web.client.get(path, headers=headers | etag)
    fresh = open_public_app(web.storage).client.get(path, headers=headers | etag)
    assert whole(unchanged) == whole(fresh)
    assert (unchanged.status_code, unchanged.data) == (304, b"")


def test_each_origin_gets_its_own_cors_header(web: PublicApp) -> None:
    path = PATHS[0]
    allowed = [web.client.get(path, headers=h).headers.get("Access-Control-Allow-Origin") for h in (ORIGIN, {}) * 2]
    assert allowed == ["https://blog.example", None] * 2


@pytest.mark.parametrize("path", PATHS)
def test_a_change_is_seen_at_once(web: PublicApp, path: str) -> None:
    new = published(web.storage, content="soon gone")
    shown = [web.client.get(path).text for _ in range(2)]
    moderated(web.storage, new, Action.REMOVE)
    assert shown[0] == shown[1] != web.client.get(path).text
    assert "soon gone" not in web.client.get(path).text


def test_counts_follow_a_move_of_threads_and_of_addresses(web: PublicApp) -> None:
    path = "/v1/sites/blog/counts?thread=old/first&thread=first-post&thread=new/first"

    def counts() -> list[int]:
        return list(web.client.get(path).json["counts"].values())

    assert counts() == counts() == [3, 0, 0]
    web.storage.thread_moves.move("blog", "first-post", "new/first")
    assert counts() == counts() == [3, 3, 0]
    web.storage.thread_moves.add_prefix("blog", "old/", "new/")
    assert counts() == [3, 3, 3]


def test_every_answer_is_counted(web: PublicApp) -> None:
    for headers in ({}, {}, {"If-None-Match": web.client.get(PATHS[0]).headers["ETag"]}):
        web.client.get(PATHS[0], headers=headers)
    totals = {answer: sum(row.buckets) for answer, row in web.app.extensions["replygate.ops"].counters.totals().items()}
    route = "/v1/sites/<site>/threads/<thread:thread>/comments"
    assert {(a.route, a.status): n for a, n in totals.items()} == {(route, 200): 3, (route, 304): 1}


def test_errors_and_other_methods_are_left_to_flask(web: PublicApp) -> None:
    for _ in range(2):
        assert web.client.get(f"{PATHS[0]}?limit=0").status_code == 422
        assert web.client.head(PATHS[0]).data == b""
        assert web.client.get(PATHS[0]).status_code == 200
        assert web.client.put(PATHS[0]).status_code == 401
        assert web.client.options(PATHS[0]).status_code == 200


def test_without_storage_a_page_that_was_read_before_is_repeated(storage: Storage) -> None:
    threads = Away(storage)
    published(storage)
    web = open_public_app(replace(storage, threads=threads))  # type: ignore[arg-type]
    before = [web.client.get(PATHS[0]) for _ in range(2)]
    threads.away = True
    assert whole(web.client.get(PATHS[0])) == whole(before[1])
    assert web.client.get(PATHS[0], headers={"If-None-Match": before[0].headers["ETag"]}).status_code == 304
    assert web.client.get(PATHS[1]).status_code == 503, "it was not read before"
    threads.away = False
    removed = published(storage, content="soon gone")
    assert "soon gone" in web.client.get(PATHS[0]).text
    moderated(storage, removed, Action.REMOVE)
    assert "soon gone" not in web.client.get(PATHS[0]).text


def test_without_storage_no_page_is_repeated_that_was_not_compared_for_ten_minutes(storage: Storage) -> None:
    threads, clock = Away(storage), [0.0]
    cache = ResponseCache()
    page = CachedResponse(ResponseSource(a_site(), "first-post", 0), "", "", [], b"page", [0.0], 0.0)
    cache.put(("/page", "", None), page, 1)
    threads.away = True

    def without_page(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("503 SERVICE UNAVAILABLE", [])
        return [b""]

    sites = SiteCache(storage.sites)
    storage.sites.put(a_site())
    app = ReadingFastPath(without_page, sites, threads, cache, lambda: clock[0])  # type: ignore[arg-type]
    assert Client(app).get("/page").status_code == 200
    clock[0] = MAX_STALE_SECONDS
    assert Client(app).get("/page").status_code == 503


def test_a_page_that_was_removed_is_dropped_by_the_next_request(web: PublicApp) -> None:
    cache, comment = web.app.extensions[CACHE_EXTENSION], published(web.storage, content="soon gone")
    key = ("/v1/sites/blog/comments", "thread=first-post", None)
    for _ in range(2):
        assert "soon gone" in web.client.get("/v1/sites/blog/comments?thread=first-post").text
    assert b"soon gone" in cache.get(key).body
    web.storage.sites.put(a_site(deleted=datetime(2026, 1, 1, tzinfo=UTC)))
    web.app.extensions[SITES_EXTENSION].forget(comment.site)
    assert web.client.get("/v1/sites/blog/comments?thread=first-post").status_code in (404, 410)
    assert cache.get(key) is None


def test_a_page_that_stays_current_is_kept_for_ten_minutes_without_storage(storage: Storage) -> None:
    storage.sites.put(a_site())
    threads, now = Away(storage), [0.0]
    cache = ResponseCache(clock=lambda: now[0])
    page = CachedResponse(ResponseSource(a_site(), "first-post", 0), "", "", [], b"page", [0.0], 0.0)
    cache.put(("/page", "", None), page, 1)

    def without_page(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("503 SERVICE UNAVAILABLE", [])
        return [b""]

    app = ReadingFastPath(without_page, SiteCache(storage.sites), threads, cache, lambda: now[0])  # type: ignore[arg-type]
    for _ in range(10):
        now[0] += RENEW_AFTER - 1
        assert Client(app).get("/page").data == b"page"
    threads.away = True
    now[0] += MAX_STALE_SECONDS - 1
    assert Client(app).get("/page").data == b"page"


def test_new_settings_of_a_site_take_effect(web: PublicApp) -> None:
    path, other = PATHS[0], {"Origin": "https://new.example"}
    assert "Access-Control-Allow-Origin" not in web.client.get(path, headers=other).headers
    web.storage.sites.put(a_site(origins=("https://new.example",)))
    moved = open_public_app(web.storage, a_site(origins=("https://new.example",)))
    assert moved.client.get(path, headers=other).headers["Access-Control-Allow-Origin"] == "https://new.example"


@pytest.mark.parametrize("path", PATHS)
def test_a_page_that_was_read_before_follows_the_settings_of_its_site(web: PublicApp, path: str) -> None:
    """The threads have the same version as before: only the site changed."""
    new = {"Origin": "https://new.example"}
    etag = {"If-None-Match": web.client.get(path, headers=new).headers["ETag"]}
    web.storage.sites.put(a_site(origins=("https://new.example",)))
    web.app.extensions[SITES_EXTENSION].forget("blog")
    for headers in (new, new | etag):
        answer = web.client.get(path, headers=headers)
        assert answer.headers["Access-Control-Allow-Origin"] == "https://new.example"
    web.storage.sites.put(a_site(deleted=datetime(2026, 1, 1, tzinfo=UTC)))
    web.app.extensions[SITES_EXTENSION].forget("blog")
    assert web.client.get(path, headers=new | etag).status_code in (404, 410)


def test_a_page_of_long_comments_is_cached(storage: Storage) -> None:
    web = open_public_app(storage)
    for n in range(50):
        published(storage, content=f"{n} " + "**word** and `code` " * 490)
    cache = web.app.extensions[CACHE_EXTENSION]
    answer = web.client.get("/v1/sites/blog/comments?thread=first-post")
    assert len(answer.data) > 1_000_000
    assert cache.size > len(answer.data)
