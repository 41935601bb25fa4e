"""Figures of many sites that are read together are those that are read one by one, on one server and in a cluster."""

from collections.abc import Callable
from typing import cast

import pytest

from comments.data_subjects import Subject
from comments.erasures import Erasure
from comments.lifecycle import Action
from comments.storage.check_records import CheckCallback
from comments.storage.checks import CheckRequest, new_check_id
from comments.storage.deliveries import DeliveryAttempt
from comments.storage.import_uploads import ImportPhase, ImportState
from comments.storage.interfaces import Storage
from comments.storage.redis.site_figures import SITES_AT_ONCE
from comments.storage.site_figures import SiteFigures
from tests.support.builders import NOW, a_comment, a_site, accepted, decided, moderated, published

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


def test_figures_that_did_not_change_are_the_same_object(filled: Storage) -> None:
    before = filled.site_figures.read(SITES)
    accepted(filled, site=SITES[1])
    after = filled.site_figures.read(SITES)
    assert [old.id for old, new in zip(before, after, strict=True) if old is not new] == [SITES[1]]
    assert after[1] == one_by_one(filled, SITES[1])


WORK: dict[str, Callable[[Storage], object]] = {
    "a queued comment": lambda storage: accepted(storage, site="busy"),
    "a decision": lambda storage: moderated(storage, published(storage, site="busy"), Action.SPAM),
    "a delivery": lambda storage: storage.deliveries.enqueue("busy", "hook", [a_delivery("c1")]),
    "a recount": lambda storage: storage.numbers.start_recount("busy"),
    "a moving thread": lambda storage: storage.thread_moves.move("busy", published(storage, site="busy").thread, "new"),
    "a check": lambda storage: storage.checks.ask(
        "busy", new_check_id(), CheckRequest(a_site(id="busy"), "mo", NOW, (a_comment(site="busy"),))
    ),
    "a callback": lambda storage: storage.check_records.add_callback(
        "busy", "c", CheckCallback("https://a.example", "k", NOW)
    ),
    "an import": lambda storage: storage.import_uploads.replace(
        "busy", None, ImportState("i", "wordpress", "mo", NOW, ImportPhase.IMPORTING)
    ),
    "an erasure": lambda storage: storage.subjects.save(None, Erasure("e", "busy", "mo", NOW, Subject())),
}


@pytest.mark.parametrize("store", ["storage", "cluster_storage"])
@pytest.mark.parametrize("work", WORK)
def test_a_site_with_any_kind_of_work_is_found(store: str, work: str, request: pytest.FixtureRequest) -> None:
    storage = cast(Storage, request.getfixturevalue(store))
    sites = [*SITES[:SITES_AT_ONCE], "busy", *SITES[SITES_AT_ONCE:]]
    for site in sites:
        storage.sites.put(a_site(id=site))
    assert storage.site_figures.with_work(sites) == set()
    WORK[work](storage)
    assert storage.site_figures.with_work(sites) == {"busy"}
