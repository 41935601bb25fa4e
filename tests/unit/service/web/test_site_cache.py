"""Sites are cached for a second."""

import pytest

from comments.errors import NotFound
from comments.site import Site
from service.web.site_cache import SiteCache
from tests.support.builders import a_site


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
