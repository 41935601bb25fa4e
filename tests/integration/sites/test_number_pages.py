"""Pages of numbers: of a site for its team, and of all sites for operators."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest

from comments.lifecycle import Action, Role
from comments.model import Signal
from comments.storage.interfaces import Storage
from comments.storage.values import CommentChange
from tests.support.builders import a_decision, a_site, accepted
from tests.support.web_app import SignedInClient, WebApp

NOW = datetime.now(UTC)


@pytest.fixture
def filled(storage: Storage, web_app: WebApp) -> Storage:
    """Two published comments, one of which a person took for spam, one held, and one held and approved."""
    web_app.clock.at = NOW  # counters expire by the clock of the server
    for n, (first, then) in enumerate(
        [(Action.APPROVE, None), (Action.APPROVE, Action.SPAM), (Action.HOLD, None), (Action.HOLD, Action.APPROVE)]
    ):
        received = NOW - timedelta(minutes=50 - n)
        comment = accepted(storage, received=received, thread="the-pier")
        signals = (Signal("links.many", 1.0, "9", 4.0),)
        after = comment.with_decision(a_decision(first, at=received, signals=signals))
        storage.comments.decide("blog", [CommentChange(comment, after)])
        if then:
            last = after.with_decision(a_decision(then, Role.MODERATOR, "=mo", at=NOW - timedelta(minutes=20)))
            storage.comments.decide("blog", [CommentChange(after, last)])
    return storage


def test_the_page_shows_outcomes_times_pages_and_reasons(filled: Storage, web_app: WebApp) -> None:
    page = web_app.signed_in("vi", blog="viewer").get("/sites/blog/numbers").text
    assert "2 of 4 decided by the filters alone" in page
    assert "the-pier" in page
    assert "Many links" in page
    assert "Work of each moderator" not in page, "only owners see it"


def test_owners_see_the_work_of_each_moderator(filled: Storage, owner: SignedInClient) -> None:
    page = owner.get("/sites/blog/numbers").text
    assert "Work of each moderator" in page
    assert "=mo" in page


@pytest.mark.parametrize("name", ["48h", "7d", "30d", "90d", "12m"])
def test_every_range_can_be_chosen(filled: Storage, mo: SignedInClient, name: str) -> None:
    assert mo.get(f"/sites/blog/numbers?range={name}").status_code == 200
    rows = list(csv.DictReader(StringIO(mo.get(f"/sites/blog/numbers.csv?range={name}").text)))
    assert sum(int(row["received"]) for row in rows) == 4
    assert sum(int(row["corrected approved to spam"]) for row in rows) == 1
    assert rows[-1]["held at end"] == "1"


def test_an_unknown_range_is_refused(mo: SignedInClient) -> None:
    assert mo.get("/sites/blog/numbers?range=1y").status_code == 422


def test_strangers_see_no_numbers(web_app: WebApp) -> None:
    stranger = web_app.signed_in("st", other="owner")
    for path in ("/sites/blog/numbers", "/sites/blog/numbers.csv", "/v1/sites/blog/numbers", "/ops/numbers"):
        assert stranger.get(path).status_code == 404


def test_the_json_is_for_owners(filled: Storage, owner: SignedInClient, mo: SignedInClient) -> None:
    assert mo.get("/v1/sites/blog/numbers").status_code == 403
    found = owner.get("/v1/sites/blog/numbers?range=7d").get_json()
    assert found["total"]["outcomes"] == {
        "received": 4, "published": 2, "needs_review": 1, "spam": 1, "removed": 0, "withdrawn": 0, "pending": 0,
    }  # fmt: skip
    assert found["total"]["automatic_share"] == 0.5
    assert found["total"]["corrected"]["approved:spam"] == 1
    assert found["reasons"] == [{"signal": "links.many", "decisions": 2}]
    assert found["pages"] == [{"thread": "the-pier", "comments": 2}]
    assert found["work"] == [{"person": "=mo", "decisions": {"spam": 1, "approve": 1}}]
    assert len(found["periods"]) == 7


def test_operators_see_all_sites(filled: Storage, web_app: WebApp) -> None:
    filled.sites.put(a_site(id="other", name="=Other"))
    operator = web_app.signed_in("op", operator=True)
    page = operator.get("/ops/numbers").text
    assert "The blog" in page
    assert "=Other" in page
    rows = list(csv.DictReader(StringIO(operator.get("/ops/numbers.csv").text)))
    assert {row["site"]: row["received"] for row in rows} == {"blog": "4", "shop": "0", "other": "0"}
    assert {row["name"] for row in rows} == {"The blog", "The shop", "'=Other"}


def test_the_page_of_all_sites_reads_no_site_without_comments(
    filled: Storage, web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It took 20 s with 1,000 sites of which hardly any had comments."""
    filled.sites.put(a_site(id="quiet", name="Quiet"))
    read, counts = set(), type(filled.numbers).counts

    def recorded_counts(numbers: Any, site: str, *rest: Any) -> Any:
        read.add(site)
        return counts(numbers, site, *rest)

    monkeypatch.setattr(type(filled.numbers), "counts", recorded_counts)
    page = web_app.signed_in("op", operator=True).get("/ops/numbers").text
    assert "Quiet" in page
    assert read == {"", "blog"}


def test_a_site_without_comments_has_an_empty_page(mo: SignedInClient) -> None:
    assert "No comments in the last 30 days" in mo.get("/sites/blog/numbers").text
