"""Programs with a person's key: what they may read and do, and what they propose."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments.audit import AuditQuery
from comments.lifecycle import Action, Status
from comments.model import Comment
from comments.storage.interfaces import Storage
from service.accounts.person_keys import new_person_key
from tests.support.builders import a_site
from tests.support.web_app import HTML, SignedInClient, WebApp, audit_log, held, judged, page

REVIEW = "/v1/sites/blog/review/comments"


class Program:
    """A client that sends a person's key."""

    def __init__(self, client: FlaskClient, key: str) -> None:
        self.client, self.headers = client, {"Authorization": f"Bearer {key}"}

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers={**self.headers, **headers})

    def post(self, path: str, **body: object) -> TestResponse:
        return self.client.post(path, json=body, headers=self.headers)

    def decide(self, comment: Comment, action: str = "spam", version: int | None = None) -> TestResponse:
        of = comment.version if version is None else version
        return self.post(f"{REVIEW}/{comment.id}/decisions", action=action, version=of)

    def propose(self, comment: Comment, action: str = "spam", text: str = "It sells pills.") -> TestResponse:
        return self.post(f"{REVIEW}/{comment.id}/proposals", action=action, version=comment.version, text=text)


def program(web_app: WebApp, name: str = "helper", key: str = "", **roles: str) -> Program:
    person = web_app.add_account(name, password="", **roles)
    kept, whole = new_person_key(name)
    web_app.storage.people.put(person.__class__(name, roles, api_keys=(kept,)))
    return Program(web_app.anonymous(), key or whole)


@pytest.fixture
def helper(web_app: WebApp) -> Program:
    return program(web_app, blog="assistant")


def allow(web_app: WebApp, n: int) -> None:
    web_app.storage.sites.put(a_site(id="blog", name="The blog", assistant_actions=n))
    web_app.clock.advance(timedelta(seconds=30))


def test_a_key_has_the_roles_of_its_person(web_app: WebApp, storage: Storage) -> None:
    comment = held(storage)
    moderator = program(web_app, "mo", blog="moderator")
    assert moderator.get(f"{REVIEW}/{comment.id}").json["comment"]["email"] == "ada@example.org"
    assert moderator.decide(comment).status_code == 200
    assert moderator.get("/v1/sites/shop/review/comments").status_code == 404
    (entry,) = storage.audit.page("blog", AuditQuery(action="comment"), 5).rows
    assert (entry.by, entry.action, entry.via) == ("mo", "comment.spam", "api")


@pytest.mark.parametrize("key", ["rgp_", "rgp_zz_1_2", "rgp_ff_1_2", "rgp_6d6f_0_0", "rgp_6d6f", "rgp_" + "ab" * 5000])
def test_a_wrong_key_is_refused(web_app: WebApp, key: str) -> None:
    web_app.add_account("mo", blog="moderator")
    assert Program(web_app.anonymous(), key).get(REVIEW).status_code == 401


def test_a_key_of_another_person_is_refused(web_app: WebApp) -> None:
    key = program(web_app, blog="owner").headers["Authorization"].removeprefix("Bearer ")
    web_app.add_account("mo", blog="owner")
    assert Program(web_app.anonymous(), key.replace(b"helper".hex(), b"mo".hex())).get(REVIEW).status_code == 401


def test_a_key_opens_no_pages(helper: Program) -> None:
    assert helper.get("/review/blog", **HTML).status_code in (302, 303, 401)
    assert helper.get("/account", **HTML).status_code in (302, 303, 401)


def test_an_assistant_reads_without_email_addresses(helper: Program, storage: Storage) -> None:
    comment = held(storage)
    (listed,) = helper.get(REVIEW).json["comments"]
    assert (listed["id"], listed["email"], listed["actions"]) == (comment.id, "", [])


def test_an_assistant_proposes_and_a_moderator_accepts(
    web_app: WebApp, helper: Program, mo: SignedInClient, storage: Storage
) -> None:
    comment = held(storage)
    first, again = helper.propose(comment), helper.propose(comment)
    assert (first.status_code, first.json) == (201, again.json)
    assert (first.json["by"], first.json["action"], first.json["version"]) == ("helper", "spam", 1)
    shown = page(mo, "/review/blog")
    assert "Proposed by <bdi>helper</bdi>" in shown
    assert '<button class="accept" name="action" value="spam">Accept: spam' in shown
    assert storage.comments.get("blog", comment.id).status is Status.HELD
    mo.post_form(f"/review/blog/{comment.id}", version=1, action="spam")
    assert audit_log(web_app) == [
        ("helper", "comment.propose", comment.id),
        ("mo", "comment.spam", comment.id),
    ]
    log = page(mo, "/sites/blog/audit")
    assert f', as <a href="/review/blog/{comment.id}#notes"><bdi>helper proposed</bdi></a>' in log
    assert "It sells pills." in page(mo, f"/review/blog/{comment.id}")


def test_only_the_proposal_of_that_decision_is_named_in_the_audit_log(
    web_app: WebApp, helper: Program, mo: SignedInClient, storage: Storage
) -> None:
    comment = held(storage)
    helper.propose(comment)
    mo.post_form(f"/review/blog/{comment.id}", version=1, action="approve")
    web_app.clock.advance(timedelta(minutes=1))
    mo.post_form(f"/review/blog/{comment.id}", version=2, action="spam")
    assert [entry.action for entry in storage.audit.all("blog")][-1] == "comment.spam"
    assert "helper proposed</bdi>" not in page(mo, "/sites/blog/audit")


def test_a_proposal_for_an_earlier_version_is_no_longer_shown(
    helper: Program, mo: SignedInClient, storage: Storage
) -> None:
    comment = held(storage)
    helper.propose(comment)
    mo.post_form(f"/review/blog/{comment.id}", version=1, action="approve")
    assert "Accept:" not in page(mo, f"/review/blog/{comment.id}")
    assert helper.propose(comment).status_code == 409


def test_the_text_of_a_proposal_is_no_markup(helper: Program, mo: SignedInClient, storage: Storage) -> None:
    helper.propose(held(storage), text="<script>alert(1)</script>")
    assert "<script>alert(1)" not in page(mo, "/review/blog")


def test_an_impossible_action_cannot_be_proposed(helper: Program, storage: Storage) -> None:
    comment = held(storage)
    assert helper.propose(comment, "undo").status_code == 422
    assert helper.propose(comment, "spam", "").status_code == 422
    assert helper.post(f"{REVIEW}/nothing/proposals", action="spam", version=1, text="x").status_code == 404


def test_an_assistant_only_proposes_unless_the_site_allows_more(helper: Program, storage: Storage) -> None:
    comment = held(storage)
    assert helper.decide(comment).status_code == 403
    assert storage.comments.get("blog", comment.id).status is Status.HELD


def test_an_assistant_decides_within_its_limit_and_undoes(web_app: WebApp, helper: Program, storage: Storage) -> None:
    allow(web_app, 3)
    comment, other = held(storage), held(storage, thread="other")
    assert helper.decide(comment).json["comment"]["status"] == "spam"
    undone = helper.post(f"{REVIEW}/{comment.id}/undo", version=2)
    assert undone.json["comment"]["status"] == "held"
    assert helper.decide(other).status_code == 200
    last = helper.decide(comment, version=3)
    assert (last.status_code, last.headers["Retry-After"]) == (429, "3600")
    assert [(e.by, e.via) for e in storage.audit.all("blog")] == [("helper", "api")] * 3


def test_an_assistant_leaves_decisions_of_people_alone(
    web_app: WebApp, helper: Program, mo: SignedInClient, storage: Storage
) -> None:
    allow(web_app, 10)
    comment = held(storage)
    mo.post_form(f"/review/blog/{comment.id}", version=1, action="spam")
    assert helper.post(f"{REVIEW}/{comment.id}/undo", version=2).status_code == 403
    assert helper.decide(comment, "approve", version=2).status_code == 403
    assert helper.propose(storage.comments.get("blog", comment.id), "approve").status_code == 201


def test_an_assistant_decides_only_about_comments_that_need_review(
    web_app: WebApp, helper: Program, storage: Storage
) -> None:
    allow(web_app, 10)
    published = judged(storage, Action.APPROVE)
    assert helper.decide(published, "spam").status_code == 403
    assert helper.propose(published, "spam").status_code == 201


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/decisions", {"decisions": [{"id": "x", "action": "spam", "version": 1}]}),
        ("/bulk", {"action": "spam", "comments": [{"id": "x", "version": 1}]}),
        ("/comments/x/replies", {"content": "Hello.", "version": 1}),
        ("/comments/x/notes", {"text": "look"}),
    ],
)
def test_an_assistant_cannot_do_what_has_no_limit(
    web_app: WebApp, helper: Program, path: str, body: dict[str, object]
) -> None:
    allow(web_app, 10)
    assert helper.post(f"/v1/sites/blog/review{path}", **body).status_code == 403


def test_notes_are_part_of_a_comment(helper: Program, mo: SignedInClient, storage: Storage) -> None:
    comment = held(storage)
    mo.post_json(f"{REVIEW}/{comment.id}/notes", {"text": "Ask Ines."})
    helper.propose(comment, "remove", "Off topic.")
    notes = helper.get(f"{REVIEW}/{comment.id}").json["notes"]
    assert [(n["by"], n["action"], n["text"]) for n in notes] == [
        ("mo", "", "Ask Ines."),
        ("helper", Action.REMOVE, "Off topic."),
    ]
