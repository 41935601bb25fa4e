"""One step for many comments: what it would change, how it goes on, and how it is taken back."""

import pytest

from comments.lifecycle import Action, Status
from comments.storage.notes_and_bulks import BulkProgress
from service.review.bulk_actions import PIECE
from tests.support.builders import moderated
from tests.support.desk import HTML, Desk, Seat, held, page
from tests.support.markup import parse


def fields(text: str, form: str = "panel begin") -> dict[str, str]:
    found = parse(text).find(f".//form[@class='{form}']")
    return {i.get("name"): i.get("value") for i in found.iterfind(".//input")}


def statuses(desk: Desk, comments) -> list[str]:
    return [desk.storage.comments.get(c.site, c.id).status for c in comments]


def begun(mo: Seat, query: str) -> str:
    """The address of a bulk step, after its preview was agreed to."""
    text = page(mo, f"/review/blog/bulk?{query}")
    answer = mo.client.post("/review/blog/bulk", data=fields(text))
    assert answer.status_code == 303
    return answer.location


def progress(desk: Desk, path: str) -> BulkProgress:
    return desk.storage.bulks.progress("blog", path.rpartition("/")[2])


def test_a_preview_shows_what_would_change_and_changes_nothing(desk, mo):
    bots = [held(desk.storage, author="Bot", content=f"offer {n}") for n in range(3)]
    held(desk.storage, author="Ines")
    text = page(mo, "/review/blog/bulk?author=Bot&action=spam")
    assert "Mark 3 replies as spam?" in text
    assert "Author: Bot" in text
    assert "offer 2" in text
    assert statuses(desk, bots) == ["held"] * 3


@pytest.mark.parametrize(
    ("narrowed", "action", "status"),
    [("author=Bot", "spam", "spam"), ("identity=i", "remove", "removed"), ("origin=o", "approve", "approved"),
     ("signal=author.first", "spam", "spam"), ("q=offer", "remove", "removed")],
)  # fmt: skip
def test_by_author_origin_facet_and_search(desk, mo, narrowed, action, status):
    bots = [held(desk.storage, author="Bot", identity="i", origin="o", content=f"offer {n}") for n in range(3)]
    other = held(desk.storage, author="Ines", identity="j", origin="p", content="bread")
    path = begun(mo, f"{narrowed}&action={action}")
    expected = ["held"] if narrowed != "signal=author.first" else [status]
    assert statuses(desk, [*bots, other]) == [status] * 3 + expected
    assert progress(desk, path).left == 0


def test_a_bulk_is_taken_back_as_a_whole(desk, mo):
    bots = [held(desk.storage, author="Bot", content=f"offer {n}") for n in range(3)]
    path = begun(mo, "author=Bot&action=spam")
    taken = fields(page(mo, path), "bulk-buttons")
    back = mo.client.post(path, data=taken | {"step": "undo"})
    assert statuses(desk, bots) == ["held"] * 3
    assert "Undo for 3 replies" in page(mo, back.location)
    assert progress(desk, back.location) == BulkProgress(3, 0, 3)


def test_what_was_chosen_by_hand_is_previewed_too(desk, mo):
    comments = [held(desk.storage, content=f"c{n}") for n in range(3)]
    items = "&".join(f"item={c.id}.{c.version}" for c in comments[:2])
    path = f"/review/blog/bulk?action=remove&{items}"
    text = page(mo, path)
    assert "Remove 2 replies?" in text
    inputs = parse(text).find(".//form[@class='panel begin']").iterfind(".//input")
    pairs = [(i.get("name"), i.get("value")) for i in inputs]
    data = {name: [v for n, v in pairs if n == name] for name, _ in pairs} | {"reason": "tone"}
    mo.client.post("/review/blog/bulk", data=data)
    assert statuses(desk, comments) == ["removed", "removed", "held"]
    assert desk.storage.comments.get("blog", comments[0].id).decisions[-1].reason == "tone"


def test_what_came_after_the_preview_is_not_meant(desk, mo):
    first = held(desk.storage, author="Bot", received=desk.clock.at)
    text = page(mo, "/review/blog/bulk?author=Bot&action=spam")
    later = held(desk.storage, author="Bot", received=desk.clock.at.replace(year=2027))
    mo.client.post("/review/blog/bulk", data=fields(text))
    assert statuses(desk, [first, later]) == ["spam", "held"]


def test_what_somebody_settled_meanwhile_is_left_alone(desk, mo):
    bots = [held(desk.storage, author="Bot", content=f"offer {n}") for n in range(3)]
    items = [(c.id, c.version) for c in bots]
    moderated(desk.storage, bots[1], Action.APPROVE)
    chosen = "&".join(f"item={id}.{version}" for id, version in items)
    text = page(mo, f"/review/blog/bulk?action=spam&{chosen}")
    data = fields(text) | {"item": [f"{id}.{version}" for id, version in items]}
    path = mo.client.post("/review/blog/bulk", data=data).location
    assert statuses(desk, bots) == ["spam", "approved", "spam"]
    done = progress(desk, path)
    assert (done.done, done.changed) == (2, 1)
    assert "1</span> left alone" in page(mo, path)


def test_what_is_not_sorted_in_yet_is_said_to_be_left_out(desk, mo):
    for n in range(130):
        held(desk.storage, author="Bot", content=f"offer {n}")
    assert "30 more are still being sorted in" in page(mo, "/review/blog/bulk?author=Bot&action=spam")


def test_a_long_bulk_has_a_go_on_button(desk, mo):
    bots = [held(desk.storage, author="Bot", content=f"offer {n}") for n in range(PIECE + 130)]
    while desk.storage.queue_index.outdated("blog", 1):
        page(mo, "/review/blog")
    path = begun(mo, "author=Bot&action=spam")
    assert progress(desk, path) == BulkProgress(PIECE + 130, 130, PIECE)
    text = page(mo, path)
    assert "Go on with the next 130" in text
    steps = parse(text).find(".//section[@id='bulk-progress']").get("data-steps")
    assert mo.post_json(steps, {"n": 100}).json == {"total": PIECE + 130, "left": 30, "done": 600, "changed": 0}
    mo.client.post(path, data=fields(text, "bulk-buttons") | {"step": "go-on"})
    assert statuses(desk, bots) == ["spam"] * (PIECE + 130)


def test_a_bulk_that_broke_off_before_it_was_noted_goes_on_and_can_be_taken_back(desk, mo):
    """The process died after settling: the comments are settled, the list does not know."""
    comment = held(desk.storage)
    path = begun(mo, f"action=spam&item={comment.id}.{comment.version}&item={'z' * 26}.1")
    bulk_id = path.rpartition("/")[2]
    storage, kept = desk.storage.bulks, desk.storage.bulks.get("blog", path.rpartition("/")[2])
    storage.create("blog", kept, [(comment.id, comment.version)])
    mo.client.post(path, data={"csrf": mo.csrf, "step": "go-on"})
    assert (comment.id, comment.version + 1) in storage.done("blog", bulk_id)


def test_nothing_to_change_says_so(desk, mo):
    assert "There is nothing to change" in page(mo, "/review/blog/bulk?author=Nobody&action=spam")


@pytest.mark.parametrize(
    "query", ["action=undo", "action=hold", "action=spam&item=x", "action=spam&reason=tone", "action=remove&reason=no"]
)
def test_a_bulk_nobody_can_mean_is_refused(desk, mo, query):
    assert mo.get(f"/review/blog/bulk?{query}", headers=HTML).status_code == 422


def test_only_moderators_of_the_site_with_the_token_may(desk, mo):
    comment = held(desk.storage, author="Bot")
    other = held(desk.storage)
    path = begun(mo, f"action=spam&item={other.id}.{other.version}")
    data = {"action": "spam", "author": "Bot", "upto": 2**50}
    steps = f"/v1/sites/blog/review/bulk/{path.rpartition('/')[2]}/steps"
    for seat, status in ((desk.signed_in("vi", blog="viewer"), 403), (desk.signed_in("st", shop="owner"), 404)):
        assert seat.get("/review/blog/bulk?action=spam", headers=HTML).status_code == status
        assert seat.get(path, headers=HTML).status_code == status
        assert seat.post_form("/review/blog/bulk", **data).status_code == status
        assert seat.post_form(path, step="undo").status_code == status
        assert seat.post_json(steps, {}).status_code == status
    assert mo.client.post("/review/blog/bulk", data=data).status_code == 403
    assert mo.client.post(path, data={"step": "undo"}).status_code == 403
    assert mo.post_json(steps, {}, csrf="x").status_code == 403
    assert mo.get("/review/blog/bulk/missing", headers=HTML).status_code == 404
    assert desk.storage.comments.get("blog", comment.id).status is Status.HELD


def test_all_of_a_bulk_learns_and_is_told_like_single_steps(desk, mo):
    for n in range(3):
        held(desk.storage, author="Bot", content=f"offer {n}")
    told = desk.storage.outbox.length("blog")
    begun(mo, "author=Bot&action=spam")
    assert len(desk.storage.corpus.due("blog", 10)) == 3
    assert desk.storage.outbox.length("blog") == told + 3


def addresses(text: str) -> list[str]:
    return [a.get("href") for a in parse(text).iterfind(".//ul[@class='sites']/li/a")]


def test_over_all_sites_each_site_is_agreed_to(desk):
    both = desk.signed_in("both", blog="moderator", shop="owner")
    bots = [held(desk.storage, author="Bot", site=site) for site in ("blog", "blog", "shop")]
    held(desk.storage, author="Ines", site="shop")
    root = parse(page(both, "/review/all?author=Bot"))
    boxes = [box.get("value") for box in root.iterfind(".//article//input[@name='item']")]
    assert sorted(boxes) == sorted(f"{c.site}.{c.id}.{c.version}" for c in bots)
    forms = [form.get("action") for form in root.iterfind(".//main//form[@action='/review/all/bulk']")]
    assert len(forms) == 2  # those that are chosen, and all that are found
    by_hand = both.get("/review/all/bulk", query_string={"action": "spam", "item": boxes}, headers=HTML)
    narrowed = both.get("/review/all/bulk?author=Bot&action=spam", headers=HTML)
    for answer in (by_hand, narrowed):
        blog, shop = addresses(answer.text)
        assert "Mark 2 replies as spam?" in page(both, blog)
        assert "Mark 1 reply as spam?" in page(both, shop)
    assert statuses(desk, bots) == ["held"] * 3
    both.client.post("/review/blog/bulk", data=fields(page(both, blog)))
    assert statuses(desk, bots) == ["spam", "spam", "held"]
    last = both.get("/review/all/bulk?author=Bot&action=spam", headers=HTML)
    assert last.location == "/review/shop/bulk?action=spam&author=Bot"


def test_over_all_sites_nobody_is_led_where_they_do_not_decide(desk):
    viewer = desk.signed_in("vi", blog="viewer")
    comment = held(desk.storage)
    for query in ({"action": "spam"}, {"action": "spam", "item": [f"blog.{comment.id}.1", "shop.x.1"]}):
        assert "There is nothing to change" in viewer.get("/review/all/bulk", query_string=query, headers=HTML).text
    assert "/review/all/bulk" not in page(viewer, "/review/all")
