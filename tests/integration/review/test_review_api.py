"""The review API: queue, decisions on a version, bulk requests and undo."""

from dataclasses import replace

import pytest

from comments.job_queue import LEARN
from comments.lifecycle import Action, Status
from comments.model import Signal
from comments.storage.values import CommentChange
from tests.support.builders import accepted
from tests.support.web_app import SignedInClient, held, judged, open_web_app

QUEUE = "/v1/sites/blog/review/comments"
BULK = "/v1/sites/blog/review/decisions"


def decide(user: SignedInClient, comment, action="approve", version=None, csrf=None):
    body = {"action": action, "version": comment.version if version is None else version}
    return user.post_json(f"{QUEUE}/{comment.id}/decisions", body, csrf)


def undo(user: SignedInClient, id, version):
    return user.post_json(f"{QUEUE}/{id}/undo", {"version": version})


def test_the_queue_lists_held_comments_with_all_signals(web_app, mo):
    signals = (Signal("links.count", 1.0, "3 links", 3.0), Signal("trusted", 0.5, "1 before", -0.5))
    judged(web_app.storage, Action.HOLD, *signals, score=2.5, email="a@b.example")
    (row,) = mo.get(QUEUE).json["comments"]
    plain = {"tone": "warn", "clues": []}
    assert row["reasons"]["signals"] == [
        {"name": "links.count", "points": 3.0, "strength": 1.0, "evidence": "3 links", "holds": False}
        | {"title": "links.count", "sentence": "3 links."}
        | plain,
        {"name": "trusted", "points": -0.5, "strength": 0.5, "evidence": "1 before", "holds": False}
        | {"title": "trusted", "sentence": "1 before."}
        | plain,
    ]
    assert row["reasons"]["summary"] == [{"title": "links.count", "tone": "warn"}]
    assert (row["reasons"]["score"], row["reasons"]["hold_at"], row["reasons"]["spam_at"]) == (2.5, 3.0, 8.0)
    assert (row["reasons"]["policy"], row["decisions"][0]["by"]) == ("policy-1", "filters")
    assert (row["email"], row["actions"], row["undoable"]) == ("a@b.example", ["approve", "spam", "remove"], False)


@pytest.mark.parametrize(("log_odds", "probability"), [(0.0, None), (3.0, 0.9526), (-900.0, 0.0)])
def test_the_learned_score_is_a_probability(web_app, mo, log_odds, probability):
    judged(web_app.storage, Action.HOLD, log_odds=log_odds)
    (row,) = mo.get(QUEUE).json["comments"]
    assert row["reasons"]["probability"] == probability


def test_the_strongest_signal_comes_first(web_app, mo):
    judged(web_app.storage, Action.HOLD, *(Signal(f"s{p}", 1.0, "", p) for p in (-1.0, 2.0, 0.0, 5.0)), score=6.0)
    (row,) = mo.get(QUEUE).json["comments"]
    assert [s["points"] for s in row["reasons"]["signals"]] == [5.0, 2.0, 0.0, -1.0]


def test_the_queue_is_paged_and_counted(web_app, mo):
    ids = [held(web_app.storage).id for _ in range(5)]
    judged(web_app.storage, Action.SPAM)
    seen, cursor = [], ""
    while True:
        page = mo.get(f"{QUEUE}?limit=2&cursor={cursor}").json
        assert page["counts"] == {"held": 5, "approved": 0, "spam": 1, "removed": 0}
        seen += [c["id"] for c in page["comments"]]
        cursor = page["next"]
        if not cursor:
            break
    assert sorted(seen) == sorted(ids)


@pytest.mark.parametrize(
    "query", ["status=queued", "status=x", "order=x", "limit=0", "limit=101", "page=2", "cursor=%00"]
)
def test_an_invalid_query_is_refused(mo, query):
    assert mo.get(f"{QUEUE}?{query}").status_code == 422


@pytest.mark.parametrize(("action", "status"), [("approve", "approved"), ("spam", "spam"), ("remove", "removed")])
def test_a_decision_changes_the_status_and_is_learned(web_app, mo, action, status):
    comment = held(web_app.storage)
    answer = decide(mo, comment, action)
    assert answer.status_code == 200
    shown = answer.json["comment"]
    assert (shown["status"], shown["version"], shown["undoable"]) == (status, comment.version + 1, True)
    last = web_app.storage.comments.get("blog", comment.id).decisions[-1]
    assert (last.status, last.by, last.role) == (status, "mo", "moderator")
    assert web_app.jobs.enqueued == [(LEARN, "blog")]


def test_one_comment_is_shown_with_its_history(web_app, mo):
    comment = held(web_app.storage)
    decide(mo, comment, "spam")
    shown = mo.get(f"{QUEUE}/{comment.id}").json["comment"]
    assert [(d["before"], d["status"], d["by"]) for d in shown["decisions"]] == [
        ("queued", "held", "filters"),
        ("held", "spam", "mo"),
    ]


def test_the_second_moderator_gets_a_conflict_with_the_new_state(web_app, mo):
    comment = held(web_app.storage)
    bo = web_app.signed_in("bo", blog="owner")
    decide(bo, comment, "approve")
    late = decide(mo, comment, "spam")
    assert (late.status_code, late.mimetype) == (409, "application/problem+json")
    assert late.json["type"] == "urn:replygate:stale-version"
    assert (late.json["comment"]["status"], late.json["comment"]["decisions"][-1]["by"]) == ("approved", "bo")
    assert web_app.storage.comments.get("blog", comment.id).status is Status.APPROVED
    assert len(web_app.jobs.enqueued) == 1


def test_a_decision_between_reading_and_writing_gives_a_conflict_too(web_app, mo, storage):
    comment = held(storage)

    class Overtaken:
        """Apply another moderator's decision just before ours."""

        def __init__(self, kept):
            self._kept = kept

        def __getattr__(self, name):
            return getattr(self._kept, name)

        def decide(self, site, changes: list[CommentChange]):
            decide(mo, comment, "approve")
            return self._kept.decide(site, changes)

    slow = open_web_app(replace(storage, comments=Overtaken(storage.comments))).signed_in("bo", blog="moderator")
    answer = decide(slow, comment, "spam")
    assert (answer.status_code, answer.json["comment"]["status"]) == (409, "approved")


def test_the_same_click_twice_decides_once(web_app, mo):
    comment = held(web_app.storage)
    assert [decide(mo, comment).status_code for _ in range(2)] == [200, 409]
    assert len(web_app.storage.comments.get("blog", comment.id).decisions) == 2


def test_an_action_that_the_lifecycle_forbids_is_refused(web_app, mo):
    comment = judged(web_app.storage, Action.APPROVE)
    assert decide(mo, comment, "approve").status_code == 422
    waiting = accepted(web_app.storage)
    assert decide(mo, waiting, "approve").status_code == 422
    assert undo(mo, comment.id, comment.version).status_code == 422
    assert web_app.jobs.enqueued == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": "approve"},
        {"version": 1},
        {"action": "hold", "version": 1},
        {"action": "undo", "version": 1},
        {"action": "approve", "version": "1"},
        {"action": "approve", "version": -1},
        {"action": "approve", "version": 1, "by": "root"},
        {"action": "approve", "version": 1, "status": "approved"},
        {"action": ["approve"], "version": 1},
    ],
)
def test_an_invalid_decision_is_refused_field_by_field(web_app, mo, body):
    comment = held(web_app.storage)
    answer = mo.post_json(f"{QUEUE}/{comment.id}/decisions", body)
    assert answer.status_code == 422
    assert answer.json["problems"]
    assert web_app.storage.comments.get("blog", comment.id) == comment


def test_undo_reverts_the_decision_and_its_lesson(web_app, mo):
    comment = held(web_app.storage)
    version = decide(mo, comment, "spam").json["comment"]["version"]
    answer = undo(mo, comment.id, version)
    assert (answer.status_code, answer.json["comment"]["status"]) == (200, "held")
    assert answer.json["comment"]["actions"] == ["approve", "spam", "remove"]
    assert web_app.storage.comments.get("blog", comment.id).lesson is None
    assert web_app.jobs.enqueued == [(LEARN, "blog")] * 2


def test_undo_goes_back_step_by_step_to_the_filters_decision(web_app, mo):
    comment = held(web_app.storage)
    shown = decide(mo, comment, "spam").json["comment"]
    shown = mo.post_json(f"{QUEUE}/{comment.id}/decisions", {"action": "approve", "version": shown["version"]}).json[
        "comment"
    ]
    statuses = []
    while shown["undoable"]:
        shown = undo(mo, comment.id, shown["version"]).json["comment"]
        statuses.append(shown["status"])
    assert statuses == ["spam", "held"]


def test_a_stale_undo_gets_a_conflict_with_the_new_state(web_app, mo):
    comment = held(web_app.storage)
    version = decide(mo, comment, "spam").json["comment"]["version"]
    undo(mo, comment.id, version)
    late = undo(mo, comment.id, version)
    assert (late.status_code, late.json["comment"]["status"]) == (409, "held")


def test_a_bulk_request_decides_each_comment_separately(web_app, mo):
    fine, stale, wrong = held(web_app.storage), held(web_app.storage), judged(web_app.storage, Action.APPROVE)
    foreign = held(web_app.storage, site="shop")
    decide(mo, stale, "remove")
    rows = [(fine, "spam"), (stale, "spam"), (wrong, "approve"), (foreign, "spam"), (fine, "approve")]
    body = {"decisions": [{"id": c.id, "version": c.version, "action": a} for c, a in rows]}
    body["decisions"].append({"id": "missing", "version": 1, "action": "spam"})
    answer = mo.post_json(BULK, body)
    assert answer.status_code == 200
    results = answer.json["results"]
    assert [r["id"] for r in results] == [d["id"] for d in body["decisions"]]
    assert [r["status"] for r in results] == [200, 409, 422, 404, 409, 404]
    assert [r["comment"] and r["comment"]["status"] for r in results] == ["spam", "removed", None, None, "spam", None]
    assert web_app.storage.comments.get("shop", foreign.id).status is Status.HELD


def test_a_bulk_request_enqueues_learning_once(web_app, mo):
    rows = [held(web_app.storage) for _ in range(5)]
    mo.post_json(BULK, {"decisions": [{"id": c.id, "version": c.version, "action": "spam"} for c in rows]})
    assert web_app.jobs.enqueued == [(LEARN, "blog")]
    assert web_app.storage.comments.counters("blog").current["spam"] == 5


def test_a_bulk_request_can_undo(web_app, mo):
    rows = [held(web_app.storage) for _ in range(3)]
    done = [decide(mo, c, "spam").json["comment"] for c in rows]
    body = {"decisions": [{"id": c["id"], "version": c["version"], "action": "undo"} for c in done]}
    assert {r["comment"]["status"] for r in mo.post_json(BULK, body).json["results"]} == {"held"}


def test_a_bulk_request_has_one_to_a_hundred_comments(mo):
    row = {"id": "x", "version": 1, "action": "spam"}
    assert mo.post_json(BULK, {"decisions": []}).status_code == 422
    assert mo.post_json(BULK, {"decisions": [row] * 101}).status_code == 422


def test_viewers_see_no_addresses_and_no_buttons(web_app):
    comment = held(web_app.storage, email="secret@example.org")
    viewer = web_app.signed_in("vi", blog="viewer")
    answer = viewer.get(QUEUE)
    assert "secret@example.org" not in answer.text
    (row,) = answer.json["comments"]
    assert (row["actions"], row["undoable"]) == ([], False)
    assert decide(viewer, comment).status_code == 403
    assert "secret@example.org" not in viewer.get(f"/review/blog/{comment.id}").text


def test_forms_of_other_pages_are_refused(web_app, mo):
    comment = held(web_app.storage)
    answer = mo.client.post(
        f"{QUEUE}/{comment.id}/decisions",
        data='{"action": "approve", "version": 1}',
        content_type="text/plain",
        headers={"X-CSRF-Token": mo.csrf},
    )
    assert answer.status_code == 415
