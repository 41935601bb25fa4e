"""Bulk actions: preview, progress and undo, for every kind of selection."""

import pytest

from comments.lifecycle import Action, Status
from comments.storage.notes_and_bulks import BulkProgress
from service.review.bulk_actions import COMMENTS_PER_CLICK
from tests.support.builders import a_site, moderated
from tests.support.markup import parse
from tests.support.web_app import HTML, SignedInClient, WebApp, held, page


def fields(text: str, form: str = "panel begin") -> dict[str, str]:
    found = parse(text).find(f".//form[@class='{form}']")
    return {i.get("name"): i.get("value") for i in found.iterfind(".//input")}


def statuses(web_app: WebApp, comments) -> list[str]:
    return [web_app.storage.comments.get(c.site, c.id).status for c in comments]


def begun(mo: SignedInClient, query: str) -> str:
    """Confirm the preview and return the address of the bulk action."""
    text = page(mo, f"/review/blog/bulk?{query}")
    answer = mo.client.post("/review/blog/bulk", data=fields(text))
    assert answer.status_code == 303
    return answer.location


def progress(web_app: WebApp, path: str) -> BulkProgress:
    return web_app.storage.bulks.progress("blog", path.rpartition("/")[2])


def test_a_preview_shows_what_would_change_and_changes_nothing(web_app, mo):
    bots = [held(web_app.storage, author="Bot", content=f"offer {n}") for n in range(3)]
    held(web_app.storage, author="Ines")
    text = page(mo, "/review/blog/bulk?author=Bot&action=spam")
    assert "Mark 3 comments as spam?" in text
    assert "Author: Bot" in text
    assert "offer 2" in text
    assert statuses(web_app, bots) == ["held"] * 3


@pytest.mark.parametrize(
    ("narrowed", "action", "status"),
    [("author=Bot", "spam", "spam"), ("identity=i", "remove", "removed"), ("origin=o", "approve", "approved"),
     ("signal=author.first", "spam", "spam"), ("q=offer", "remove", "removed")],
)  # fmt: skip
def test_by_author_origin_facet_and_search(web_app, mo, narrowed, action, status):
    bots = [held(web_app.storage, author="Bot", identity="i", origin="o", content=f"offer {n}") for n in range(3)]
    other = held(web_app.storage, author="Ines", identity="j", origin="p", content="bread")
    path = begun(mo, f"{narrowed}&action={action}")
    expected = ["held"] if narrowed != "signal=author.first" else [status]
    assert statuses(web_app, [*bots, other]) == [status] * 3 + expected
    assert progress(web_app, path).left == 0


def test_a_site_that_hides_emails_cannot_be_searched_for_them(web_app, mo, owner):
    """Neither by the queue, nor by the API, nor by the preview or the start of a bulk action."""
    web_app.storage.sites.put(a_site(hide_emails=True))
    comment = held(web_app.storage, author="Ines", email="ines@example.org")
    queue, listed = "/review/blog?q=ines@example.org", "/v1/sites/blog/review/comments?q=ines@example.org"
    preview, start = "/review/blog/bulk?q=ines@example.org&action=spam", {"q": "ines@example.org", "action": "spam"}
    assert comment.id not in page(mo, queue)
    assert mo.get(listed).json["total"] == 0
    assert "Mark 1 comment" not in page(mo, preview)
    path = mo.post_form("/review/blog/bulk", **start, until=2**53).location
    assert progress(web_app, path).total == 0
    assert statuses(web_app, [comment]) == ["held"]
    assert comment.id in page(owner, queue)
    assert owner.get(listed).json["total"] == 1
    assert "Mark 1 comment" in page(owner, preview)


def test_undo_restores_every_comment_of_a_bulk_action(web_app, mo):
    bots = [held(web_app.storage, author="Bot", content=f"offer {n}") for n in range(3)]
    path = begun(mo, "author=Bot&action=spam")
    taken = fields(page(mo, path), "bulk-buttons")
    back = mo.client.post(path, data=taken | {"step": "undo"})
    assert statuses(web_app, bots) == ["held"] * 3
    assert "Restored 3 comments" in page(mo, back.location)
    assert progress(web_app, back.location) == BulkProgress(3, 0, 3)


def test_selected_comments_are_previewed(web_app, mo):
    comments = [held(web_app.storage, content=f"c{n}") for n in range(3)]
    items = "&".join(f"item={c.id}.{c.version}" for c in comments[:2])
    path = f"/review/blog/bulk?action=remove&{items}"
    text = page(mo, path)
    assert "Remove 2 comments?" in text
    inputs = parse(text).find(".//form[@class='panel begin']").iterfind(".//input")
    pairs = [(i.get("name"), i.get("value")) for i in inputs]
    data = {name: [v for n, v in pairs if n == name] for name, _ in pairs} | {"reason": "tone"}
    mo.client.post("/review/blog/bulk", data=data)
    assert statuses(web_app, comments) == ["removed", "removed", "held"]
    assert web_app.storage.comments.get("blog", comments[0].id).decisions[-1].reason == "tone"


def test_comments_that_arrive_after_the_preview_are_not_affected(web_app, mo):
    first = held(web_app.storage, author="Bot", received=web_app.clock.at)
    text = page(mo, "/review/blog/bulk?author=Bot&action=spam")
    later = held(web_app.storage, author="Bot", received=web_app.clock.at.replace(year=2027))
    mo.client.post("/review/blog/bulk", data=fields(text))
    assert statuses(web_app, [first, later]) == ["spam", "held"]


def test_comments_that_someone_else_changed_are_skipped(web_app, mo):
    bots = [held(web_app.storage, author="Bot", content=f"offer {n}") for n in range(3)]
    items = [(c.id, c.version) for c in bots]
    moderated(web_app.storage, bots[1], Action.APPROVE)
    chosen = "&".join(f"item={id}.{version}" for id, version in items)
    text = page(mo, f"/review/blog/bulk?action=spam&{chosen}")
    data = fields(text) | {"item": [f"{id}.{version}" for id, version in items]}
    path = mo.client.post("/review/blog/bulk", data=data).location
    assert statuses(web_app, bots) == ["spam", "approved", "spam"]
    done = progress(web_app, path)
    assert (done.done, done.changed) == (2, 1)
    assert "1</span> because someone else changed them first" in page(mo, path)


def test_the_preview_mentions_comments_that_cannot_be_searched_yet(web_app, mo):
    for n in range(130):
        held(web_app.storage, author="Bot", content=f"offer {n}")
    assert "30 comments arrived a moment ago" in page(mo, "/review/blog/bulk?author=Bot&action=spam")


def test_a_long_bulk_action_has_a_continue_button(web_app, mo):
    bots = [held(web_app.storage, author="Bot", content=f"offer {n}") for n in range(COMMENTS_PER_CLICK + 130)]
    while web_app.storage.queue_index.outdated("blog", 1):
        page(mo, "/review/blog")
    path = begun(mo, "author=Bot&action=spam")
    assert progress(web_app, path) == BulkProgress(COMMENTS_PER_CLICK + 130, 130, COMMENTS_PER_CLICK)
    text = page(mo, path)
    assert ">Continue</button>" in text
    steps = parse(text).find(".//section[@id='bulk-progress']").get("data-steps")
    assert mo.post_json(steps, {"n": 100}).json == {
        "total": COMMENTS_PER_CLICK + 130,
        "left": 30,
        "done": 600,
        "changed": 0,
        "searching": False,
    }
    mo.client.post(path, data=fields(text, "bulk-buttons") | {"step": "continue"})
    assert statuses(web_app, bots) == ["spam"] * (COMMENTS_PER_CLICK + 130)


def test_a_bulk_action_whose_process_died_before_check_off_continues_and_can_be_undone(web_app, mo):
    """The comments are decided, but still on the list."""
    comment = held(web_app.storage)
    path = begun(mo, f"action=spam&item={comment.id}.{comment.version}&item={'z' * 26}.1")
    bulk_id = path.rpartition("/")[2]
    storage, kept = web_app.storage.bulks, web_app.storage.bulks.get("blog", path.rpartition("/")[2])
    storage.create("blog", kept, [(comment.id, comment.version)])
    mo.client.post(path, data={"csrf": mo.csrf, "step": "continue"})
    assert (comment.id, comment.version + 1) in storage.done("blog", bulk_id)


def test_an_empty_selection_is_explained(web_app, mo):
    assert "No matching comments" in page(mo, "/review/blog/bulk?author=Nobody&action=spam")


@pytest.mark.parametrize(
    "query",
    ["action=undo", "action=hold", "action=spam&item=x", "action=spam&reason=tone", "action=remove&reason=no",
     "action=spam&scope=everything", "action=spam&scope=everything&author=Bot",
     "action=spam&scope=everything&identity=i&origin=o", "action=spam&scope=all"],
)  # fmt: skip
def test_an_invalid_bulk_action_is_refused(web_app, mo, query):
    assert mo.get(f"/review/blog/bulk?{query}", headers=HTML).status_code == 422


def test_only_moderators_of_the_site_with_the_token_may(web_app, mo):
    comment = held(web_app.storage, author="Bot")
    other = held(web_app.storage)
    path = begun(mo, f"action=spam&item={other.id}.{other.version}")
    data = {"action": "spam", "author": "Bot", "until": 2**50}
    steps = f"/v1/sites/blog/review/bulk/{path.rpartition('/')[2]}/steps"
    for user, status in ((web_app.signed_in("vi", blog="viewer"), 403), (web_app.signed_in("st", shop="owner"), 404)):
        assert user.get("/review/blog/bulk?action=spam", headers=HTML).status_code == status
        assert user.get(path, headers=HTML).status_code == status
        assert user.post_form("/review/blog/bulk", **data).status_code == status
        assert user.post_form(path, step="undo").status_code == status
        assert user.post_json(steps, {}).status_code == status
    assert mo.client.post("/review/blog/bulk", data=data).status_code == 403
    assert mo.client.post(path, data={"step": "undo"}).status_code == 403
    assert mo.post_json(steps, {}, csrf="x").status_code == 403
    assert mo.get("/review/blog/bulk/missing", headers=HTML).status_code == 404
    assert web_app.storage.comments.get("blog", comment.id).status is Status.HELD


def test_each_comment_of_a_bulk_action_is_learned_and_delivered(web_app, mo):
    for n in range(3):
        held(web_app.storage, author="Bot", content=f"offer {n}")
    events = web_app.storage.outbox.length("blog")
    begun(mo, "author=Bot&action=spam")
    assert len(web_app.storage.corpus.due("blog", 10)) == 3
    assert web_app.storage.outbox.length("blog") == events + 3


def addresses(text: str) -> list[str]:
    return [a.get("href") for a in parse(text).iterfind(".//ul[@class='sites']/li/a")]


def test_a_selection_over_all_sites_has_a_preview_for_each_site(web_app):
    both = web_app.signed_in("both", blog="moderator", shop="owner")
    bots = [held(web_app.storage, author="Bot", site=site) for site in ("blog", "blog", "shop")]
    held(web_app.storage, author="Ines", site="shop")
    root = parse(page(both, "/review/all?author=Bot"))
    boxes = [box.get("value") for box in root.iterfind(".//article//input[@name='item']")]
    assert sorted(boxes) == sorted(f"{c.site}.{c.id}.{c.version}" for c in bots)
    forms = [form.get("action") for form in root.iterfind(".//main//form[@action='/review/all/bulk']")]
    assert len(forms) == 2  # the selected comments, and all results of a search
    by_hand = both.get("/review/all/bulk", query_string={"action": "spam", "item": boxes}, headers=HTML)
    narrowed = both.get("/review/all/bulk?author=Bot&action=spam", headers=HTML)
    for answer in (by_hand, narrowed):
        blog, shop = addresses(answer.text)
        assert "Mark 2 comments as spam?" in page(both, blog)
        assert "Mark 1 comment as spam?" in page(both, shop)
    assert statuses(web_app, bots) == ["held"] * 3
    both.client.post("/review/blog/bulk", data=fields(page(both, blog)))
    assert statuses(web_app, bots) == ["spam", "spam", "held"]
    last = both.get("/review/all/bulk?author=Bot&action=spam", headers=HTML)
    assert last.location == "/review/shop/bulk?action=spam&author=Bot"


def test_a_selection_over_all_sites_leaves_out_sites_without_permission(web_app):
    viewer = web_app.signed_in("vi", blog="viewer")
    comment = held(web_app.storage)
    for query in ({"action": "spam"}, {"action": "spam", "item": [f"blog.{comment.id}.1", "shop.x.1"]}):
        assert "No matching comments" in viewer.get("/review/all/bulk", query_string=query, headers=HTML).text
    assert "/review/all/bulk" not in page(viewer, "/review/all")


def test_the_api_starts_and_undoes_a_bulk_action_on_selected_comments(web_app, mo):
    comments = [held(web_app.storage, content=f"c{n}") for n in range(3)]
    moderated(web_app.storage, comments[1], Action.APPROVE)
    chosen = [{"id": c.id, "version": c.version} for c in comments]
    begun = mo.post_json("/v1/sites/blog/review/bulk", {"action": "remove", "reason": "tone", "comments": chosen}).json
    assert [(r["id"], r["status"], r["comment"]["status"]) for r in begun["results"]] == [
        (comments[0].id, 200, "removed"), (comments[1].id, 409, "approved"), (comments[2].id, 200, "removed"),
    ]  # fmt: skip
    assert (begun["total"], begun["left"], begun["done"], begun["changed"]) == (3, 0, 2, 1)
    assert web_app.storage.comments.get("blog", comments[0].id).decisions[-1].reason == "tone"
    assert "Removed 2 comments" in page(mo, f"/review/blog/bulk/{begun['id']}")
    undone = mo.post_json(f"/v1/sites/blog/review/bulk/{begun['id']}/undo", {}).json
    assert [r["comment"]["status"] for r in undone["results"]] == ["held", "held"]
    assert statuses(web_app, comments) == ["held", "approved", "held"]


@pytest.mark.parametrize(
    "body",
    [{"action": "undo"}, {"action": "spam", "reason": "tone"}, {"action": "remove", "reason": "no"},
     {"action": "spam", "comments": []}],
)  # fmt: skip
def test_the_api_refuses_an_invalid_bulk_action(web_app, mo, body):
    comment = held(web_app.storage)
    valid = {"comments": [{"id": comment.id, "version": comment.version}]}
    assert mo.post_json("/v1/sites/blog/review/bulk", valid | body).status_code == 422
    assert statuses(web_app, [comment]) == ["held"]


def test_the_preview_shows_the_meaning_of_a_signal(web_app, mo):
    held(web_app.storage)
    preview = page(mo, "/review/blog/bulk?action=spam&signal=author.first")
    assert "Reason: First comment" in preview
