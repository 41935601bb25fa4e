"""The response cache keeps the latest answers within its size."""

from service.web.response_cache import LARGEST_SHARE, LONGEST_CACHED, RenderedBody, ResponseCache


def test_the_cache_keeps_only_the_latest_value() -> None:
    cache = ResponseCache(1000)
    for n in range(100):
        cache.put("a page", n, 10)
    assert (cache.get("a page"), cache.size) == (99, 10)
    assert cache.get("another") is None


def test_the_least_recently_used_value_is_dropped() -> None:
    cache = ResponseCache(320)
    for n in range(32):
        cache.put(n, "cached", 10)
    cache.get(0)
    cache.put(32, "cached", 10)
    assert [n for n in range(33) if cache.get(n) is None] == [1]
    assert cache.size <= 320


def test_a_huge_value_is_not_cached() -> None:
    cache = ResponseCache(320)
    cache.put("small", "cached", 10)
    cache.put("huge", "cached", int(320 * LARGEST_SHARE) + 1)
    assert (cache.get("small"), cache.get("huge"), cache.size) == ("cached", None, 10)


def test_a_value_that_became_huge_is_removed() -> None:
    cache = ResponseCache(320)
    cache.put("a page", "old", 10)
    cache.put("a page", "new", 100)
    assert (cache.get("a page"), cache.size) == (None, 0)


def test_a_body_is_rendered_once_per_version() -> None:
    cache, rendered = ResponseCache(), []

    def render() -> RenderedBody:
        rendered.append(etag)
        return RenderedBody(etag.encode())

    for etag in ("1", "1", "2", "2", "1"):
        assert cache.rendered("a page", etag, render).body == etag.encode()
    assert rendered == ["1", "2", "1"]


def test_a_value_is_forgotten_in_time_whatever_is_asked_for() -> None:
    now = [0.0]
    cache = ResponseCache(1000, lambda: now[0])
    cache.put("a page", "with a name", 10)
    now[0] = LONGEST_CACHED - 1
    assert cache.get("a page") == "with a name"
    now[0] = LONGEST_CACHED
    assert cache.get("another") is None
    assert cache.size == 0


def test_a_dropped_value_is_gone() -> None:
    cache = ResponseCache(1000)
    cache.put("a page", "with a name", 10)
    cache.drop("a page")
    cache.drop("another")
    assert (cache.get("a page"), cache.size) == (None, 0)
