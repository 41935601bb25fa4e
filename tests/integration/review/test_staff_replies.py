"""Moderators reply from the card of a comment: published at once, with the badge, by form and by API."""

import pytest

from comments.lifecycle import Action, Status
from comments.model import Comment
from comments.storage.values import EvidenceQuery
from tests.support.builders import accepted, decided, published
from tests.support.web_app import HTML, SignedInClient, WebApp, audit_log, held, judged, page

PUBLIC = "/v1/sites/blog/comments?thread=first-post"


def send(user: SignedInClient, parent: Comment, content: str = "Thank you, we fixed it.", **changes: object):
    path = f"/v1/sites/blog/review/comments/{parent.id}/replies"
    return user.post_json(path, {"content": content, "version": parent.version} | changes)


def send_form(user: SignedInClient, parent: Comment, content: str = "Thank you.", **fields: object):
    return user.post_form(f"/review/blog/{parent.id}/replies", content=content, version=parent.version, **fields)


def shown(web_app: WebApp) -> list[dict]:
    return web_app.anonymous().get(PUBLIC).json["comments"]


def test_a_reply_is_published_at_once_with_the_badge(web_app, mo):
    parent = published(web_app.storage)
    answer = send(mo, parent)
    assert (answer.status_code, answer.json["comment"]["status"]) == (201, "approved")
    _, reply = shown(web_app)
    assert (reply["parent"], reply["role"], reply["verified"]) == (parent.id, "staff", True)
    assert reply["content"] == "Thank you, we fixed it."


def test_the_sign_in_name_is_never_public(web_app, mo):
    send(mo, published(web_app.storage))
    assert shown(web_app)[1]["author"] == "The blog"
    assert mo.post_form("/account/name", display_name="  Maria O. ").status_code == 303
    send(mo, published(web_app.storage, thread="second-post"))
    answer = web_app.anonymous().get("/v1/sites/blog/comments?thread=second-post").json
    assert answer["comments"][1]["author"] == "Maria O."


def test_a_display_name_follows_the_rules_of_names(web_app, mo):
    answer = mo.post_form("/account/name", display_name="x" * 246)
    assert (answer.status_code, "x" * 246 in answer.text) == (422, True)
    assert web_app.storage.people.get("mo").display_name == ""
    mo.post_form("/account/name", display_name="Ma\u202eria\x00")
    assert web_app.storage.people.get("mo").display_name == "Maria"


def test_a_chosen_name_and_a_used_name_are_reserved(web_app, mo):
    mo.post_form("/account/name", display_name="Maria")
    send(mo, published(web_app.storage))
    (evidence,) = web_app.storage.evidence.look_up("blog", [EvidenceQuery()])
    assert evidence.staff_names == {"Maria"}
    (elsewhere,) = web_app.storage.evidence.look_up("shop", [EvidenceQuery()])
    assert elsewhere.staff_names == frozenset()


def test_the_reply_is_in_the_audit_log_and_teaches_nothing(web_app, mo):
    reply = send(mo, published(web_app.storage)).json["comment"]["id"]
    assert ("mo", "comment.reply", reply) in audit_log(web_app)
    assert web_app.storage.comments.get("blog", reply).lesson is None


def test_replying_to_a_held_comment_approves_it_first(web_app, mo):
    parent = held(web_app.storage)
    assert send(mo, parent).status_code == 201
    assert shown(web_app)[0]["id"] == parent.id
    assert ("mo", "comment.approve", parent.id) in audit_log(web_app)


def test_a_held_comment_that_changed_is_not_approved_by_a_reply(web_app, mo):
    parent = held(web_app.storage)
    answer = send(mo, parent, version=parent.version + 1)
    assert answer.status_code == 409
    assert shown(web_app) == []


@pytest.mark.parametrize("action", [Action.SPAM, None])
def test_only_a_published_or_held_comment_is_answered(web_app, mo, action):
    parent = judged(web_app.storage, action) if action else accepted(web_app.storage)
    assert send(mo, parent).status_code == 422
    assert shown(web_app) == []


@pytest.mark.parametrize("content", ["", " \n", "x" * 10_001])
def test_the_text_follows_the_rules_of_the_site(web_app, mo, content):
    answer = send(mo, published(web_app.storage), content)
    assert answer.status_code == 422
    assert [p["field"] for p in answer.json["problems"]] == ["content"]


def test_a_judge_is_woken_only_after_the_reply_is_published(web_app, mo, monkeypatch):
    parent = published(web_app.storage)
    web_app.storage.queue.claim("blog", parent.id, 1, 1.0)  # so that the reply starts a job of its own
    waiting = []
    monkeypatch.setattr(web_app.jobs, "enqueue", lambda *_: waiting.append(web_app.storage.queue.depth("blog").queued))
    assert send(mo, parent).json["comment"]["decisions"][-1]["action"] == "reply"
    assert set(waiting) == {0}


@pytest.mark.parametrize("action", [Action.HOLD, Action.SPAM])
def test_a_reply_that_the_filters_decided_first_is_published_all_the_same(web_app, mo, monkeypatch, action):
    parent, comments = published(web_app.storage), web_app.storage.comments
    accept = comments.accept

    def accept_and_judge(comment, admission):
        found = accept(comment, admission)
        decided(web_app.storage, comments.get("blog", found.id), action)
        return found

    monkeypatch.setattr(comments, "accept", accept_and_judge)
    answer = send(mo, parent)
    assert (answer.status_code, answer.json["comment"]["status"]) == (201, "approved")
    assert [row["content"] for row in shown(web_app)][1:] == ["Thank you, we fixed it."]


def test_sending_a_reply_twice_stores_it_once(web_app, mo):
    parent = published(web_app.storage)
    first, second = (send(mo, parent).json["comment"]["id"] for _ in range(2))
    assert first == second
    assert len(shown(web_app)) == 2


def test_strangers_viewers_and_moderators_of_other_sites_cannot_reply(web_app):
    parent = published(web_app.storage)
    path = f"/v1/sites/blog/review/comments/{parent.id}/replies"
    assert web_app.anonymous().post(path, json={"content": "x", "version": 1}).status_code == 401
    viewer = web_app.signed_in("vi", blog="viewer")
    elsewhere = web_app.signed_in("el", shop="owner")
    assert [send(user, parent).status_code for user in (viewer, elsewhere)] == [403, 404]
    assert send_form(viewer, parent).status_code == 403
    forged = web_app.signed_in("fo", blog="moderator")
    forged.csrf = "guess"
    assert (send(forged, parent).status_code, send_form(forged, parent).status_code) == (403, 403)
    assert len(shown(web_app)) == 1


def test_the_form_on_a_card_works_without_scripts(web_app, mo):
    parent = held(web_app.storage)
    card = page(mo, "/review/blog")
    assert f'action="/review/blog/{parent.id}/replies"' in card
    assert "Approve and reply" in card
    answer = send_form(mo, parent)
    assert answer.status_code == 303
    assert "Replied" in page(mo, answer.headers["Location"])
    assert len(shown(web_app)) == 2


def test_a_form_with_a_problem_keeps_the_text(web_app, mo):
    parent = held(web_app.storage)
    late = mo.post_form(f"/review/blog/{parent.id}/replies", content="My long answer", version=0)
    assert late.status_code == 409
    assert "My long answer" in late.text
    wrong = send_form(mo, published(web_app.storage, thread="t"), "x" * 10_001)
    assert wrong.status_code == 422
    assert "x" * 10_001 in wrong.text


def test_the_badge_is_on_the_fragment_the_feed_and_the_card(web_app, mo):
    send(mo, published(web_app.storage))
    reader = web_app.anonymous()
    fragment = reader.get("/v1/sites/blog/comments.html?thread=first-post").text
    assert 'class="rg-comment rg-verified rg-staff"' in fragment
    assert '<span class="rg-badge">Staff</span>' in fragment
    assert "<name>The blog (staff)</name>" in reader.get("/v1/sites/blog/feed.atom?thread=first-post").text
    assert '<span class="badge good">Staff</span>' in page(mo, "/review/blog?status=approved")


def test_an_avatar_is_in_the_fragment_and_on_no_page_of_moderators(web_app, mo):
    picture = "https://blog.example/42.png"
    published(web_app.storage, user="u", avatar=picture)
    published(web_app.storage, avatar="https://tracker.example/1.png", content="Without a signed user.")
    fragment = web_app.anonymous().get("/v1/sites/blog/comments.html?thread=first-post").text
    assert f'<img class="rg-avatar" src="{picture}" alt=""' in fragment
    assert "tracker.example" not in fragment
    review = mo.get("/review/blog?status=approved", headers=HTML)
    assert "42.png" not in review.text
    assert "img-src 'self' data:" in review.headers["Content-Security-Policy"]


def test_a_reply_is_an_event_for_email_and_webhooks(web_app, mo):
    parent = published(web_app.storage, notify="replies")
    reply = send(mo, parent).json["comment"]["id"]
    last = web_app.storage.outbox.read("blog", 10)[-1]
    assert (last.comment, last.before, last.after) == (reply, Status.QUEUED, Status.APPROVED)
