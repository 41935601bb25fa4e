"""Figures of many sites that are read together are those that are read one by one, on one server and in a cluster."""

from typing import cast

import pytest

from comments.lifecycle import Action
from comments.storage.deliveries import DeliveryAttempt
from comments.storage.interfaces import Storage
from comments.storage.redis.site_figures import SITES_AT_ONCE
from comments.storage.site_figures import SiteFigures
from tests.support.builders import a_site, accepted, decided

from .test_deliveries import a_delivery, delivered

SITES = [f"site{n}" for n in range(SITES_AT_ONCE + 3)]


@pytest.fixture(params=["storage", "cluster_storage"])
def filled(request: pytest.FixtureRequest) -> Storage:
    """Two sites with comments and deliveries, in different pipelines."""
    storage = cast(Storage, request.getfixturevalue(request.param))
    for site in SITES:
        storage.sites.put(a_site(id=site))
    for site, n in ((SITES[1], 2), (SITES[-1], 3)):
        for _ in range(n):
            accepted(storage, site=site)
            decided(storage, accepted(storage, site=site), Action.HOLD)
        storage.deliveries.enqueue(site, "hook", [a_delivery(f"c{m}") for m in range(n)])
        (first,) = storage.deliveries.claim(site, "hook", 60)
        assert storage.deliveries.finish(site, [DeliveryAttempt(first, delivered(first), True)]) == [True]
    return storage


def one_by_one(storage: Storage, site: str) -> SiteFigures:
    return SiteFigures(
        site,
        storage.comments.counters(site),
        storage.queue.depth(site),
        storage.deliveries.figures(site),
        storage.numbers.oldest_held(site),
    )


def test_figures_read_together_are_those_read_one_by_one(filled: Storage) -> None:
    figures = filled.site_figures.read(SITES)
    assert figures == [one_by_one(filled, site) for site in SITES]
    assert [(of.id, of.depth.queued, of.posted.pending) for of in figures if of.depth.queued] == [
        (SITES[1], 2, 1),
        (SITES[-1], 3, 2),
    ]
    assert all(of.oldest_held for of in figures if of.depth.queued)


def test_the_oldest_queued_comment_of_many_sites_is_that_of_one_of_them(filled: Storage) -> None:
    oldest = [filled.queue.depth(site).oldest for site in (SITES[1], SITES[-1])]
    assert filled.site_figures.oldest_queued(SITES) == min(at for at in oldest if at)
    assert filled.site_figures.oldest_queued(SITES[2:]) == oldest[1]
    assert filled.site_figures.oldest_queued(SITES[2:-1]) is None


def test_no_sites_have_no_figures(storage: Storage) -> None:
    assert storage.site_figures.read([]) == []
    assert storage.site_figures.oldest_queued([]) is None
