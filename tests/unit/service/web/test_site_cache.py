"""Sites are cached for a second, and wait slots are limited."""

import threading

import pytest

from comments.errors import NotFound
from comments.model import Comment
from comments.site import Site
from service.submission.acceptance import WaitSlots
from service.web.site_cache import SiteCache
from tests.support.builders import a_comment, a_site


class Counted:
    """A store with one site, which counts how often the site is read."""

    def __init__(self, site: Site) -> None:
        self.site, self.asked = site, 0

    def get(self, id: str) -> Site:
        self.asked += 1
        if id != self.site.id:
            raise NotFound("no such site")
        return self.site

    def put(self, site: Site) -> None:
        self.site = site

    def all(self) -> list[Site]:
        return [self.site]


def test_a_site_is_loaded_once_a_second() -> None:
    time = [100.0]
    sites = Counted(a_site())
    cache = SiteCache(sites, lambda: time[0])
    assert [cache.get_site("blog") for _ in range(3)] == [sites.site] * 3
    assert sites.asked == 1
    sites.put(a_site(name="Renamed"))
    time[0] += 1.0
    assert cache.get_site("blog").name == "Renamed"


def test_missing_sites_are_not_cached() -> None:
    sites = Counted(a_site())
    cache = SiteCache(sites, lambda: 0.0)
    for _ in range(2):
        with pytest.raises(NotFound):
            cache.get_site("other")
    assert sites.asked == 2


@pytest.mark.parametrize("id", ["", "x" * 41, "Blog", "a b", "a:b", "blog\n", "ü"])
def test_invalid_site_ids_are_not_looked_up(id: str) -> None:
    sites = Counted(a_site())
    with pytest.raises(NotFound):
        SiteCache(sites, lambda: 0.0).get_site(id)
    assert sites.asked == 0


class Slow:
    """Comments that are decided when the test sets an event."""

    def __init__(self) -> None:
        self.asked, self.verdict = threading.Semaphore(0), threading.Event()

    def wait(self, site: str, id: str, seconds: float) -> Comment:
        self.asked.release()
        assert self.verdict.wait(seconds)
        return a_comment(id=id, site=site)


def test_at_most_half_of_the_threads_wait() -> None:
    slots, comments, comment = WaitSlots(4), Slow(), a_comment()
    waiting = [threading.Thread(target=slots.wait, args=(comments, comment, 10.0)) for _ in range(2)]
    for thread in waiting:
        thread.start()
    for _ in waiting:
        assert comments.asked.acquire(timeout=60)
    assert slots.wait(comments, comment, 10.0) is None  # type: ignore[arg-type]
    comments.verdict.set()
    for thread in waiting:
        thread.join()
    assert slots.wait(comments, comment, 10.0) is not None  # type: ignore[arg-type]
    assert WaitSlots(1).wait(comments, comment, 10.0) is None  # type: ignore[arg-type]
