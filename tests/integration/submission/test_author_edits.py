"""PATCH and DELETE /v1/sites/{site}/comments/{id}: edits and withdrawals by authors."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from werkzeug.test import TestResponse

from comments.drafts import MAX_EDITS
from comments.job_queue import JUDGE
from comments.lifecycle import Action, Role, Status
from comments.model import Comment
from comments.settings import Settings
from comments.storage.codec import draft_id
from comments.storage.interfaces import Comments, Storage
from comments.storage.keys import Keys
from comments.storage.redis import connect
from comments.storage.values import CommentChange
from tests.support.author_requests import SITE, change, comment_url, judge, receipt
from tests.support.builders import a_decision, accepted, decided, moderated, published
from tests.support.public_app import PublicApp, open_public_app


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, SITE)


def withdraw(web: PublicApp, comment: Comment) -> TestResponse:
    return web.client.delete(comment_url(comment), headers=receipt(web, comment))


def shown(web: PublicApp) -> list[str]:
    answer = web.client.get("/v1/sites/blog/comments", query_string={"thread": "first-post"}).json
    return [c["content"] for c in answer["comments"]]


def rest(web: PublicApp, comment: Comment) -> None:
    """Use up the wake-up that the submission of `comment` issued."""
    assert web.storage.queue.claim("blog", comment.id, 9, 30) == []


def test_an_edit_of_a_published_comment_is_a_pending_draft(web: PublicApp) -> None:
    comment = published(web.storage, content="First words.")
    rest(web, comment)
    answer = change(web, comment)
    assert answer.status_code == 202
    answered = answer.json
    assert (answered["status"], answered["edit"], answered["content"]) == ("published", "pending", "Other words.")
    assert 890 < answered["seconds_to_edit"] <= 900
    assert shown(web) == ["First words."]
    assert (JUDGE, "blog", draft_id(comment.id)) in web.jobs.jobs
    judge(web, comment, Action.APPROVE)
    assert shown(web) == ["Other words."]
    assert web.client.get(comment_url(comment), headers=receipt(web, comment)).json["edit"] == "published"


def test_a_refused_edit_keeps_the_text_and_shares_the_reason(web: PublicApp) -> None:
    comment = published(web.storage, content="First words.")
    change(web, comment)
    judge(web, comment, Action.HOLD)
    judge(web, comment, Action.REMOVE, Role.MODERATOR, by="mo", reason="tone")
    answered = web.client.get(comment_url(comment), headers=receipt(web, comment)).json
    assert (answered["status"], answered["edit"], answered["content"]) == ("published", "refused", "First words.")
    assert answered["edit_reason"].startswith("Its tone does not")
    assert answered["seconds_to_edit"] == 0
    assert shown(web) == ["First words."]
    refused = change(web, comment, "Third words.")
    assert (refused.status_code, refused.json["type"]) == (422, "urn:replygate:action-not-allowed")
    assert "removed" not in refused.text


def test_an_edit_of_a_held_comment_replaces_it_and_never_publishes_it(web: PublicApp) -> None:
    comment = decided(web.storage, accepted(web.storage, content="First words."), Action.HOLD)
    rest(web, comment)
    answer = change(web, comment)
    assert (answer.status_code, answer.json["status"], answer.json["edit"]) == (202, "pending", "")
    now = web.comment(comment.id)
    assert (now.content, now.status) == ("Other words.", Status.QUEUED)
    assert [job[:2] for job in web.jobs.jobs] == [(JUDGE, "blog")]
    assert shown(web) == []


def test_repeating_an_edit_changes_nothing(web: PublicApp) -> None:
    comment = published(web.storage, content="First words.")
    answers = [change(web, comment) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202] * 3
    draft = web.comment(draft_id(comment.id))
    assert (draft.version, draft.content) == (1, "Other words.")
    assert change(web, published(web.storage, content="As it is."), "As it is.").json["edit"] == ""


def test_a_second_edit_replaces_the_first(web: PublicApp) -> None:
    comment = published(web.storage, content="First words.")
    for words in ("Other words.", "Third words."):
        assert change(web, comment, words).json["content"] == words
    judge(web, comment, Action.APPROVE)
    assert shown(web) == ["Third words."]
    assert change(web, comment, "Fourth words.").json["edit"] == "pending"
    assert shown(web) == ["Third words."]


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_wrong_receipt_is_answered_like_a_missing_comment(web: PublicApp, method: str) -> None:
    comment, other = published(web.storage), published(web.storage)
    missing = "a" * 26
    tries = [(comment.id, "guess"), (comment.id, ""), (comment.id, web.pseudonyms.receipt("blog", other.id))]
    tries += [(missing, web.pseudonyms.receipt("blog", missing)), (draft_id(comment.id), "guess")]
    for id, given in tries:
        answer = web.client.open(
            f"/v1/sites/blog/comments/{id}",
            method=method,
            headers={"Replygate-Receipt": given},
            json={"content": "x"} if method == "PATCH" else None,
        )
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert web.comment(comment.id) == comment


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "required"),
        (" \n", "required"),
        ("x" * 10_001, "too-long"),
        ("a" + "\u0301" * 20, "marks"),
        (7, "string_type"),
    ],
)
def test_an_invalid_text_is_refused(web: PublicApp, content: Any, code: str) -> None:
    comment = published(web.storage)
    answer = change(web, comment, content)
    assert answer.status_code == 422
    assert [(p["field"], p["code"]) for p in answer.json["problems"]] == [("content", code)]
    assert web.storage.comments.load("blog", [draft_id(comment.id)]) == [None]


def test_other_fields_cannot_be_changed(web: PublicApp) -> None:
    comment = published(web.storage)
    body = {"content": "Other words.", "author": "Somebody else"}
    answer = web.client.patch(comment_url(comment), json=body, headers=receipt(web, comment))
    assert (answer.status_code, answer.json["problems"][0]["field"]) == (422, "author")


def test_after_the_time_limit_a_comment_can_only_be_withdrawn(storage: Storage) -> None:
    web = open_public_app(storage, replace(SITE, edit_seconds=60))
    comment = published(storage, received=datetime.now(UTC) - timedelta(seconds=61))
    assert web.client.get(comment_url(comment), headers=receipt(web, comment)).json["seconds_to_edit"] == 0
    answer = change(web, comment)
    assert (answer.status_code, answer.json["type"]) == (409, "urn:replygate:too-late")
    assert withdraw(web, comment).json["status"] == "withdrawn"


def test_a_site_may_turn_edits_off(storage: Storage) -> None:
    web = open_public_app(storage, replace(SITE, edit_seconds=0))
    assert change(web, published(storage)).status_code == 409


def test_a_comment_in_a_closed_thread_cannot_be_edited(web: PublicApp) -> None:
    comment = published(web.storage)
    web.storage.threads.set_closed("blog", "first-post", True)
    assert change(web, comment).status_code == 409
    assert withdraw(web, comment).status_code == 200


def test_the_number_of_edits_of_a_comment_is_limited(web: PublicApp) -> None:
    comment = decided(web.storage, accepted(web.storage), Action.HOLD)
    answers = [change(web, comment, f"Words {n}.").status_code for n in range(MAX_EDITS + 1)]
    assert answers == [202] * MAX_EDITS + [409]


def test_first_edits_count_towards_the_rate_limit(storage: Storage) -> None:
    web = open_public_app(storage, replace(SITE, per_minute=1))
    comments = [published(storage, content=f"Words {n}.") for n in range(3)]
    answers = [change(web, comment) for comment in comments]
    assert [answer.status_code for answer in answers] == [202, 429, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_withdrawn_comment_and_its_draft_are_gone_for_good(web: PublicApp) -> None:
    comment = published(web.storage)
    published(web.storage, parent=comment.id, content="An answer.")
    change(web, comment)
    answer = withdraw(web, comment)
    assert (answer.status_code, answer.json["status"], answer.json["seconds_to_edit"]) == (200, "withdrawn", 0)
    assert shown(web) == ["", "An answer."]
    assert web.comment(draft_id(comment.id)).status is Status.WITHDRAWN
    assert withdraw(web, comment).json == answer.json
    assert change(web, comment, "Here again.").status_code == 422
    noted = [(entry.by, entry.action, entry.subject) for entry in web.storage.audit.all("blog")]
    assert noted == [("its author", "comment.withdraw", id) for id in (comment.id, draft_id(comment.id))]


def test_a_pending_comment_can_be_withdrawn(web: PublicApp) -> None:
    queued = accepted(web.storage)
    held = decided(web.storage, accepted(web.storage), Action.HOLD)
    assert [withdraw(web, c).json["status"] for c in (queued, held)] == ["withdrawn"] * 2


def test_a_refused_comment_can_be_neither_edited_nor_withdrawn(web: PublicApp) -> None:
    spam = decided(web.storage, accepted(web.storage), Action.SPAM)
    removed = moderated(web.storage, published(web.storage), Action.REMOVE)
    for comment in (spam, removed):
        for answer in (change(web, comment), withdraw(web, comment)):
            assert answer.status_code == 422
            assert "spam" not in answer.text


def test_pages_of_the_site_may_edit_and_withdraw(web: PublicApp) -> None:
    comment = published(web.storage)
    headers = {"Origin": "https://blog.example", "Access-Control-Request-Method": "PATCH"}
    answer = web.client.options(comment_url(comment), headers=headers)
    assert {"PATCH", "DELETE"} <= {m.strip() for m in answer.headers["Access-Control-Allow-Methods"].split(",")}
    assert "Replygate-Receipt" in answer.headers["Access-Control-Allow-Headers"]
    stranger = web.client.options(comment_url(comment), headers=headers | {"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in stranger.headers


@dataclass(frozen=True)
class Hasty:
    """Judges each comment once, just before a request about it is applied."""

    comments: Comments
    action: Action
    seen: set[str] = field(default_factory=set)

    def decide(self, site: str, changes: Sequence[CommentChange]) -> list[bool]:
        for step in changes:
            if step.before.id not in self.seen:
                self.seen.add(step.before.id)
                after = step.before.with_decision(a_decision(self.action))
                assert self.comments.decide(site, [CommentChange(step.before, after)]) == [True]
        return self.comments.decide(site, changes)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.comments, name)


@pytest.mark.parametrize("action", [Action.APPROVE, Action.HOLD])
def test_an_edit_at_the_moment_of_the_decision_is_not_lost(storage: Storage, action: Action) -> None:
    comments: Any = Hasty(storage.comments, action)
    web = open_public_app(replace(storage, comments=comments), SITE)
    comment = accepted(storage, content="First words.")
    answer = change(web, comment)
    assert (answer.status_code, answer.json["content"]) == (202, "Other words.")
    assert answer.json["edit"] == ("pending" if action is Action.APPROVE else "")
    comment = accepted(storage, content="More words.")
    assert withdraw(web, comment).json["status"] == "withdrawn"


def test_concurrent_edits_during_judging_leave_one_text(redis_storage: Storage, valkey_settings: Settings) -> None:
    """Eight browsers edit one comment twice each, and the filters approve every version."""
    web = open_public_app(redis_storage, replace(SITE, per_minute=0))
    comment = accepted(redis_storage, content="First words.")
    over = Event()

    def judging() -> None:
        while not over.is_set() or redis_storage.queue.depth("blog").queued:
            waits = redis_storage.comments.by_status("blog", Status.QUEUED, 9).rows
            redis_storage.comments.decide(
                "blog", [CommentChange(c, c.with_decision(a_decision(Action.APPROVE))) for c in waits]
            )

    def changing(n: int) -> list[int]:
        return [change(web, comment, f"Words {n} {again}.").status_code for again in range(2)]

    with ThreadPoolExecutor(9) as threads:
        judge = threads.submit(judging)
        statuses = [status for answered in threads.map(changing, range(8)) for status in answered]
        over.set()
        judge.result()
    assert set(statuses) <= {202, 409}
    now, draft = redis_storage.comments.load("blog", [comment.id, draft_id(comment.id)])
    assert now
    assert now.content.startswith("Words ")
    assert shown(web) == [now.content]
    assert draft is None or (draft.status, draft.content) == (Status.APPLIED, now.content)
    counters = redis_storage.comments.counters("blog")
    assert counters.accepted == sum(counters.decided.values())
    with connect(valkey_settings) as client:
        assert int(client.hget(Keys(valkey_settings.prefix).counters("blog"), "pending_bytes")) == 0


def test_a_reply_below_a_stub_can_be_edited(web: PublicApp) -> None:
    parent = published(web.storage)
    reply = published(web.storage, parent=parent.id)
    moderated(web.storage, parent, Action.REMOVE)
    assert change(web, reply, "Other words.").status_code == 202
