"""Search, facets, orders and bulk actions in the lists of every status."""

from datetime import timedelta

import pytest

from comments.lifecycle import REVIEWED, Action, Role, Status
from comments.queue_ranking import index_outdated
from comments.storage.values import CommentChange
from tests.support.builders import NOW, a_decision, moderated
from tests.support.markup import parse
from tests.support.web_app import HTML, SignedInClient, WebApp, held, judged, page

ACTIONS = {Status.APPROVED: Action.APPROVE, Status.SPAM: Action.SPAM, Status.REMOVED: Action.REMOVE}
API = "/v1/sites/blog/review/comments"


@pytest.fixture
def mo(web_app: WebApp) -> SignedInClient:
    return web_app.signed_in("mo", blog="moderator", shop="viewer")


def with_status(web_app: WebApp, status: Status, **changes):
    """A comment whose status is the decision of mo; a held one is decided by the filters alone."""
    comment = held(web_app.storage, **changes)
    return comment if status is Status.HELD else moderated(web_app.storage, comment, ACTIONS[status])


def index_all(web_app: WebApp, site: str = "blog") -> None:
    while index_outdated(web_app.storage, site, {}) or web_app.storage.queue_index.continue_upkeep(site):
        pass


def ids(user: SignedInClient, path: str) -> list[str]:
    return [article.get("data-id") for article in parse(page(user, path)).iterfind(".//article")]


def facets(user: SignedInClient, path: str) -> dict[str, dict[str, int]]:
    found = {}
    for section in parse(page(user, path)).iterfind(".//aside//section"):
        rows = (["".join(part.itertext()) for part in a] for a in section.iterfind(".//a"))
        found[section.find("h2").text] = {label: int(n) for label, n in rows}
    return found


@pytest.mark.parametrize("status", REVIEWED)
@pytest.mark.parametrize(
    "query",
    ["q=wind", "q=wi*", "q=ines@example.org", "q=@example.org", "q=shop.example", "q=origin:Net-1", "author=Ines",
     "domain=shop.example", "origin=Net-1", "thread=/bread", "script=latin", "received_from=2026-11-20",
     "received_to=2026-11-22", "age=today"],
)  # fmt: skip
def test_every_filter_works_on_every_status(web_app, mo, status, query):
    found = with_status(
        web_app, status, author="Ines", email="ines@example.org", origin="Net-1", thread="/bread", received=NOW,
        content="I walk in the wind, see https://shop.example/x",
    )  # fmt: skip
    with_status(
        web_app, status, author="Jon", email="jon@else.example", origin="Net-2", thread="/else", content="Хлеб",
        received=NOW - timedelta(days=30) if "to=" not in query else NOW + timedelta(days=30),
    )  # fmt: skip
    assert ids(mo, f"/review/blog?status={status}&{query}") == [found.id]
    assert ids(mo, f"/review/blog?status=all&{query}") == [found.id]
    assert ids(mo, f"/review/all?status={status}&{query}") == [found.id]
    answer = mo.get(f"{API}?status={status}&{query}").json
    assert ([c["id"] for c in answer["comments"]], answer["total"]) == ([found.id], 1)


@pytest.mark.parametrize("status", [*REVIEWED, "all"])
def test_emails_are_not_searchable_without_permission_on_any_status(web_app, status):
    for each in REVIEWED:
        with_status(web_app, each, email="ines@example.org", content="x")
    index_all(web_app)
    viewer = web_app.signed_in("vi", blog="viewer")
    for q in ("ines@example.org", "@example.org"):
        assert ids(viewer, f"/review/blog?status={status}&q={q}") == []
        assert viewer.get(f"{API}?status={status}&q={q}").json["total"] == 0


def test_decisions_are_found_by_person_and_automatic_ones_by_name(web_app, mo):
    automatic = judged(web_app.storage, Action.SPAM)
    by_mo = with_status(web_app, Status.SPAM)
    index_all(web_app)
    assert facets(mo, "/review/blog?status=spam")["Decided by"] == {"Automatic": 1, "mo": 1}
    assert ids(mo, "/review/blog?status=spam&by=mo") == [by_mo.id]
    assert ids(mo, "/review/blog?status=spam&by=automatic") == [automatic.id]


def test_decided_comments_are_listed_by_decision_and_filtered_by_its_date(web_app, mo):
    first, second, third = (with_status(web_app, Status.SPAM, received=NOW - timedelta(days=n)) for n in range(3))
    undone = second.with_undo("mo", NOW + timedelta(days=2))
    again = undone.with_decision(a_decision(Action.SPAM, Role.MODERATOR, "mo", at=NOW + timedelta(days=3)))
    for before, after in ((second, undone), (undone, again)):
        assert web_app.storage.comments.decide("blog", [CommentChange(before, after)]) == [True]
    index_all(web_app)
    assert ids(mo, "/review/blog?status=spam&order=decided")[0] == second.id
    assert ids(mo, "/review/blog?status=spam&decided_from=2026-11-24") == [second.id]
    assert ids(mo, "/review/blog?status=spam&decided_to=2026-11-23") == [first.id, third.id]


def test_all_statuses_are_one_list_with_the_status_of_each(web_app, mo):
    comments = {status: with_status(web_app, status, content="bread") for status in REVIEWED}
    index_all(web_app)
    assert set(ids(mo, "/review/blog?status=all&q=bread")) == {c.id for c in comments.values()}
    labels = {status.label: 1 for status in REVIEWED}
    assert facets(mo, "/review/blog?status=all&q=bread")["Status"] == labels
    text = page(mo, "/review/blog?status=all&q=bread")
    for status in REVIEWED:
        assert f'<span class="pill {status}">{status.label}</span>' in text


def test_a_list_without_filters_has_comments_that_are_not_searchable_yet(web_app, mo):
    comments = [with_status(web_app, Status.APPROVED) for _ in range(60)]
    text = page(mo, "/review/blog?status=approved")
    assert text.count("<article") == 20
    assert "10 comments are not searchable yet" in text
    index_all(web_app)
    assert "not searchable yet" not in page(mo, "/review/blog?status=approved")
    assert mo.get(f"{API}?status=approved&limit=100").json["total"] == len(comments)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=spam&order=useful", "order"),
        ("order=decided", "order"),
        ("status=approved&order=reported&q=x", "q"),
        ("site=blog", "site"),
        ("received_from=2026-02-02&received_to=2026-02-01", "received_to"),
        ("received_from=yesterday", "received_from"),
        ("color=red", "color"),
        ("status=queued", "status"),
        ("status=spam&cursor=x", "cursor"),
        ("status=spam&q=x&cursor=1.abc", "cursor"),
    ],
)
def test_no_parameter_is_ignored(mo, query, field):
    answer = mo.get(f"/review/blog?{query}")
    assert answer.status_code == 422
    assert field in [problem["field"] for problem in answer.json["problems"]]


def test_the_api_lists_facets_and_goes_on_with_a_cursor(web_app, mo):
    comments = {with_status(web_app, Status.SPAM, author="Bot", content="offer").id for _ in range(5)}
    index_all(web_app)
    seen, cursor = [], ""
    for _ in range(3):
        answer = mo.get(f"{API}?status=spam&q=offer&limit=2&cursor={cursor}&facets=true").json
        seen += [c["id"] for c in answer["comments"]]
        cursor = answer["next"]
    assert set(seen) == comments
    assert answer["facets"]["author"] == [{"value": "Bot", "label": "Bot", "count": 5}]
    assert mo.get(f"{API}?status=spam").json["facets"] == {}


def test_a_bulk_action_by_filter_works_on_published_comments_and_skips_changed_ones(web_app, mo):
    bots = [with_status(web_app, Status.APPROVED, author="Bot") for _ in range(3)]
    other = with_status(web_app, Status.APPROVED, author="Ines")
    index_all(web_app)
    form = parse(page(mo, "/review/blog/bulk?status=approved&author=Bot&action=spam")).find(
        ".//form[@class='panel begin']"
    )
    fields = {i.get("name"): i.get("value") for i in form.iterfind(".//input")}
    assert fields["status"] == "approved"
    moderated(web_app.storage, bots[0], Action.REMOVE)  # by a colleague, after the preview
    assert mo.client.post("/review/blog/bulk", data=fields, headers=HTML).status_code == 303
    now = web_app.storage.comments.load("blog", [c.id for c in (*bots, other)])
    assert [c.status for c in now] == [Status.REMOVED, Status.SPAM, Status.SPAM, Status.APPROVED]


def test_a_bulk_action_over_all_statuses_leaves_those_on_which_it_is_impossible(web_app, mo):
    for status in REVIEWED:
        with_status(web_app, status, author="Bot")
    index_all(web_app)
    text = page(mo, "/review/blog/bulk?status=all&author=Bot&action=spam")
    assert "Mark 3 comments as spam" in text
    refused = mo.get("/review/blog/bulk?status=spam&author=Bot&action=spam")
    assert refused.status_code == 422
