"""Live updates of review pages over HTTP: presence, new comments and decisions of others, and who may get them."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from comments.lifecycle import Action
from comments.model import Comment
from comments.storage.codec import draft_id
from service.review.presence_updates import OpenPage, PresenceNotifier, activity_fingerprint
from service.web.event_streams import END, Subscriber
from tests.support.builders import NOW, moderated
from tests.support.web_app import SignedInClient, WebApp, held

BASE = "/v1/sites/blog/review"


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(found) for found in re.findall(r"^event: room\ndata: (.*)$", text, re.MULTILINE)]


def updates(user: SignedInClient, *comments: Comment, **query: object) -> dict[str, Any]:
    answer = user.get(f"{BASE}/events", query_string={"cards": ",".join(c.id for c in comments), **query})
    assert answer.status_code == 200
    assert answer.mimetype == "text/event-stream"
    (update,) = events(answer.text)
    return update


def set_presence(user: SignedInClient, comment: Comment) -> Any:
    return user.client.post(f"{BASE}/comments/{comment.id}/look", headers={"X-CSRF-Token": user.csrf})


def test_others_see_which_comment_a_moderator_has_open(web_app: WebApp) -> None:
    comment = held(web_app.storage)
    mo, bo = web_app.signed_in("Mo", blog="moderator"), web_app.signed_in("Bo", blog="moderator")
    assert set_presence(mo, comment).json == {"looks": []}
    assert set_presence(bo, comment).json == {"looks": [{"comment": comment.id, "by": "Mo"}]}
    assert updates(bo, comment)["looks"] == [{"comment": comment.id, "by": "Mo"}], "one knows of oneself"


def test_updates_can_be_polled(web_app: WebApp) -> None:
    comment = held(web_app.storage)
    update = updates(web_app.signed_in("Mo", blog="moderator"), comment, once="true")
    assert (update["held"], [card["id"] for card in update["cards"]]) == (1, [comment.id])


def test_presence_locks_no_comment(web_app: WebApp) -> None:
    comment = held(web_app.storage)
    mo, bo = web_app.signed_in("Mo", blog="moderator"), web_app.signed_in("Bo", blog="moderator")
    set_presence(mo, comment)
    decided = bo.post_json(f"{BASE}/comments/{comment.id}/decisions", {"action": "spam", "version": comment.version})
    assert decided.status_code == 200
    late = mo.post_json(f"{BASE}/comments/{comment.id}/decisions", {"action": "approve", "version": comment.version})
    assert late.status_code == 409


def test_a_decision_ends_presence(web_app: WebApp) -> None:
    comment, other = held(web_app.storage), held(web_app.storage)
    mo, bo = web_app.signed_in("Mo", blog="moderator"), web_app.signed_in("Bo", blog="moderator")
    set_presence(mo, comment)
    set_presence(bo, other)
    for user in (mo, bo):
        user.post_json(f"{BASE}/comments/{comment.id}/decisions", {"action": "spam", "version": comment.version})
    assert [(seen.by, seen.comment) for seen in web_app.storage.presence.viewers("blog")] == [("Bo", other.id)]


def test_leaving_ends_presence(web_app: WebApp) -> None:
    comment, mo = held(web_app.storage), web_app.signed_in("Mo", blog="moderator")
    bo = web_app.signed_in("Bo", blog="viewer")
    set_presence(mo, comment)
    assert updates(bo)["looks"]
    assert mo.client.post(f"{BASE}/leave", headers={"X-CSRF-Token": mo.csrf}).status_code == 204
    assert updates(bo)["looks"] == []


def test_updates_have_the_state_of_the_shown_cards(web_app: WebApp) -> None:
    first, second, other = (held(web_app.storage) for _ in range(3))
    moderated(web_app.storage, second, Action.SPAM)
    update = updates(web_app.signed_in("Bo", blog="viewer"), first, second)
    assert updates(web_app.signed_in("mo", blog="viewer"), second)["cards"][0]["mine"]
    assert update["held"] == 2
    assert update["cards"] == [
        {"id": first.id, "status": "held", "version": 1, "by": "", "mine": False},
        {"id": second.id, "status": "spam", "version": 2, "by": "mo", "mine": False},
    ]
    assert other.id not in str(update)


def test_updates_include_cards_of_edits(web_app: WebApp) -> None:
    edit = held(web_app.storage, id=draft_id("a" * 26))
    (card,) = updates(web_app.signed_in("Bo", blog="viewer"), edit)["cards"]
    assert (card["id"], card["status"]) == (edit.id, "held")


def test_new_comments_are_counted_since_the_page_was_requested(web_app: WebApp) -> None:
    for minutes in (1, 3):
        then = NOW - timedelta(minutes=minutes)
        held(web_app.storage, received=then, at=then)
    mo = web_app.signed_in("Mo", blog="viewer")
    assert updates(mo)["arrived"] == 0
    assert updates(mo, age=2 * 60_000)["arrived"] == 1
    answer = mo.get(f"{BASE}/events?age=120000")
    (id,) = re.findall(r"^id: (\d+)$", answer.text, re.MULTILINE)
    web_app.clock.advance(timedelta(hours=1))
    again = mo.get(f"{BASE}/events?age=120000", headers={"Last-Event-ID": id})
    assert events(again.text)[0]["arrived"] == 1, "taken up again, it counts from the same moment"


def test_comments_held_since_the_request_are_new_unless_on_the_page(web_app: WebApp) -> None:
    late, again = (held(web_app.storage, received=NOW - timedelta(minutes=3)) for _ in range(2))
    mo = web_app.signed_in("Mo", blog="viewer")
    assert updates(mo, again, age=60_000)["arrived"] == 1
    assert updates(mo, late, again, age=60_000)["arrived"] == 0


def test_updates_contain_only_the_moderators_sites(web_app: WebApp) -> None:
    comment = held(web_app.storage)
    anonymous_user, guest = web_app.anonymous(), web_app.signed_in("Gus", shop="owner")
    for address in (f"{BASE}/events", f"{BASE}/comments/{comment.id}/look", f"{BASE}/leave"):
        method = "get" if address.endswith("events") else "post"
        assert getattr(anonymous_user, method)(address, headers={"Accept": "application/json"}).status_code == 401
        headers = {"Accept": "application/json", "X-CSRF-Token": guest.csrf}
        assert getattr(guest.client, method)(address, headers=headers).status_code == 404


def test_presence_needs_a_moderator_and_the_csrf_token(web_app: WebApp) -> None:
    comment = held(web_app.storage)
    viv, mo = web_app.signed_in("Viv", blog="viewer"), web_app.signed_in("Mo", blog="moderator")
    assert set_presence(viv, comment).status_code == 403
    assert set_presence(SignedInClient(mo.client, "forged"), comment).status_code == 403
    assert mo.client.post(f"{BASE}/leave").status_code == 403
    assert mo.post_json(f"{BASE}/comments/{'a' * 26}/look", None).status_code == 404
    assert web_app.storage.presence.viewers("blog") == []


def test_bad_requests_are_refused(web_app: WebApp) -> None:
    mo = web_app.signed_in("Mo", blog="viewer")
    for query in ("age=-1", "age=x", "cards=" + "a" * 3000, "more=1"):
        assert mo.get(f"{BASE}/events?{query}").status_code == 422
    assert updates(mo, cards="nonsense,<script>")["cards"] == []


@pytest.fixture
def open_page(web_app: WebApp) -> "Screen":
    """A review page of Mo's with an open event stream."""
    comment = held(web_app.storage)
    web_app.signed_in("Mo", blog="moderator")
    (session,) = web_app.storage.people.sessions("Mo")
    working = OpenPage("Mo", session, (comment.id,), NOW, activity_fingerprint(web_app.storage, "blog"))
    return web_app, Subscriber("blog", working, lambda piece: None)


Screen = tuple[WebApp, Subscriber[OpenPage]]


def next_pieces(web_app: WebApp, subscriber: Subscriber[OpenPage]) -> list[bytes]:
    return [piece for _, piece in PresenceNotifier(web_app.storage)("blog", [subscriber])]


def test_a_stream_sends_changes_only(open_page: Screen) -> None:
    web_app, subscriber = open_page
    assert next_pieces(web_app, subscriber) == []
    web_app.storage.presence.set("blog", "Bo", subscriber.subscription.cards[0], 60)
    (piece,) = next_pieces(web_app, subscriber)
    assert events(piece.decode())[0]["looks"] == [{"comment": subscriber.subscription.cards[0], "by": "Bo"}]
    assert next_pieces(web_app, subscriber) == []
    held(web_app.storage)
    assert events(next_pieces(web_app, subscriber)[0].decode())[0]["held"] == 2


def test_a_stream_ends_with_the_session(open_page: Screen) -> None:
    web_app, subscriber = open_page
    web_app.storage.people.close_session(subscriber.subscription.session)
    held(web_app.storage)
    assert next_pieces(web_app, subscriber) == [END]


def test_a_stream_ends_with_the_role(open_page: Screen) -> None:
    web_app, subscriber = open_page
    web_app.add_account("Mo", shop="owner")
    held(web_app.storage)
    assert next_pieces(web_app, subscriber) == [END]
