"""The moderators' room over HTTP: who looks at what, what arrived, what others settled; and who may not hear of it."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from comments.lifecycle import Action
from comments.model import Comment
from comments.storage.codec import draft_id
from service.review import presence
from service.review.presence import OpenPage, PresenceNotifier
from service.web.event_streams import END, Subscriber
from tests.support.builders import NOW, moderated
from tests.support.desk import Desk, Seat, held

BASE = "/v1/sites/blog/review"


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(found) for found in re.findall(r"^event: room\ndata: (.*)$", text, re.MULTILINE)]


def heard(seat: Seat, *comments: Comment, **query: object) -> dict[str, Any]:
    answer = seat.get(f"{BASE}/events", query_string={"cards": ",".join(c.id for c in comments), **query})
    assert answer.status_code == 200
    assert answer.mimetype == "text/event-stream"
    (told,) = events(answer.text)
    return told


def look(seat: Seat, comment: Comment) -> Any:
    return seat.client.post(f"{BASE}/comments/{comment.id}/look", headers={"X-CSRF-Token": seat.csrf})


def test_others_see_who_looks_at_what(desk: Desk) -> None:
    comment = held(desk.storage)
    mo, bo = desk.signed_in("Mo", blog="moderator"), desk.signed_in("Bo", blog="moderator")
    assert look(mo, comment).json == {"looks": []}
    assert look(bo, comment).json == {"looks": [{"comment": comment.id, "by": "Mo"}]}
    assert heard(bo, comment)["looks"] == [{"comment": comment.id, "by": "Mo"}], "one knows of oneself"


def test_who_cannot_follow_asks_once_and_again(desk: Desk) -> None:
    comment = held(desk.storage)
    told = heard(desk.signed_in("Mo", blog="moderator"), comment, once="true")
    assert (told["held"], [card["id"] for card in told["cards"]]) == (1, [comment.id])


def test_a_look_keeps_nobody_from_deciding(desk: Desk) -> None:
    comment = held(desk.storage)
    mo, bo = desk.signed_in("Mo", blog="moderator"), desk.signed_in("Bo", blog="moderator")
    look(mo, comment)
    decided = bo.post_json(f"{BASE}/comments/{comment.id}/decisions", {"action": "spam", "version": comment.version})
    assert decided.status_code == 200
    late = mo.post_json(f"{BASE}/comments/{comment.id}/decisions", {"action": "approve", "version": comment.version})
    assert late.status_code == 409


def test_who_settles_a_comment_looks_at_it_no_more(desk: Desk) -> None:
    comment, other = held(desk.storage), held(desk.storage)
    mo, bo = desk.signed_in("Mo", blog="moderator"), desk.signed_in("Bo", blog="moderator")
    look(mo, comment)
    look(bo, other)
    for seat in (mo, bo):
        seat.post_json(f"{BASE}/comments/{comment.id}/decisions", {"action": "spam", "version": comment.version})
    assert [(look.by, look.comment) for look in desk.storage.presence.viewers("blog")] == [("Bo", other.id)]


def test_who_leaves_is_seen_no_more(desk: Desk) -> None:
    comment, mo = held(desk.storage), desk.signed_in("Mo", blog="moderator")
    bo = desk.signed_in("Bo", blog="viewer")
    look(mo, comment)
    assert heard(bo)["looks"]
    assert mo.client.post(f"{BASE}/leave", headers={"X-CSRF-Token": mo.csrf}).status_code == 204
    assert heard(bo)["looks"] == []


def test_it_tells_how_the_cards_on_a_screen_stand(desk: Desk) -> None:
    first, second, other = (held(desk.storage) for _ in range(3))
    moderated(desk.storage, second, Action.SPAM)
    told = heard(desk.signed_in("Bo", blog="viewer"), first, second)
    assert heard(desk.signed_in("mo", blog="viewer"), second)["cards"][0]["mine"]
    assert told["held"] == 2
    assert told["cards"] == [
        {"id": first.id, "status": "held", "version": 1, "by": "", "mine": False},
        {"id": second.id, "status": "spam", "version": 2, "by": "mo", "mine": False},
    ]
    assert other.id not in str(told)


def test_the_card_of_an_edit_is_one_of_them(desk: Desk) -> None:
    edit = held(desk.storage, id=draft_id("a" * 26))
    (card,) = heard(desk.signed_in("Bo", blog="viewer"), edit)["cards"]
    assert (card["id"], card["status"]) == (edit.id, "held")


def test_arrivals_count_from_when_the_page_was_asked_for(desk: Desk) -> None:
    for minutes in (1, 3):
        then = NOW - timedelta(minutes=minutes)
        held(desk.storage, received=then, at=then)
    mo = desk.signed_in("Mo", blog="viewer")
    assert heard(mo)["arrived"] == 0
    assert heard(mo, age=2 * 60_000)["arrived"] == 1
    answer = mo.get(f"{BASE}/events?age=120000")
    (id,) = re.findall(r"^id: (\d+)$", answer.text, re.MULTILINE)
    desk.clock.pass_by(timedelta(hours=1))
    again = mo.get(f"{BASE}/events?age=120000", headers={"Last-Event-ID": id})
    assert events(again.text)[0]["arrived"] == 1, "taken up again, it counts from the same moment"


def test_what_came_before_and_was_held_since_is_new_but_on_the_page_itself(desk: Desk) -> None:
    late, again = (held(desk.storage, received=NOW - timedelta(minutes=3)) for _ in range(2))
    mo = desk.signed_in("Mo", blog="viewer")
    assert heard(mo, again, age=60_000)["arrived"] == 1
    assert heard(mo, late, again, age=60_000)["arrived"] == 0


def test_nobody_hears_of_a_site_that_is_not_theirs(desk: Desk) -> None:
    comment = held(desk.storage)
    stranger, guest = desk.stranger(), desk.signed_in("Gus", shop="owner")
    for address in (f"{BASE}/events", f"{BASE}/comments/{comment.id}/look", f"{BASE}/leave"):
        method = "get" if address.endswith("events") else "post"
        assert getattr(stranger, method)(address, headers={"Accept": "application/json"}).status_code == 401
        headers = {"Accept": "application/json", "X-CSRF-Token": guest.csrf}
        assert getattr(guest.client, method)(address, headers=headers).status_code == 404


def test_to_look_takes_a_moderator_and_their_token(desk: Desk) -> None:
    comment = held(desk.storage)
    viv, mo = desk.signed_in("Viv", blog="viewer"), desk.signed_in("Mo", blog="moderator")
    assert look(viv, comment).status_code == 403
    assert look(Seat(mo.client, "forged"), comment).status_code == 403
    assert mo.client.post(f"{BASE}/leave").status_code == 403
    assert mo.post_json(f"{BASE}/comments/{'a' * 26}/look", None).status_code == 404
    assert desk.storage.presence.viewers("blog") == []


def test_bad_questions_are_refused(desk: Desk) -> None:
    mo = desk.signed_in("Mo", blog="viewer")
    for query in ("age=-1", "age=x", "cards=" + "a" * 3000, "more=1"):
        assert mo.get(f"{BASE}/events?{query}").status_code == 422
    assert heard(mo, cards="nonsense,<script>")["cards"] == []


@pytest.fixture
def screen(desk: Desk) -> "Screen":
    """Mo's, with a stream open."""
    comment = held(desk.storage)
    desk.signed_in("Mo", blog="moderator")
    (session,) = desk.storage.people.sessions("Mo")
    working = OpenPage("Mo", session, (comment.id,), NOW, presence.activity_fingerprint(desk.storage, "blog"))
    return desk, Subscriber("blog", working, lambda piece: None)


Screen = tuple[Desk, Subscriber[OpenPage]]


def tell(desk: Desk, subscriber: Subscriber[OpenPage]) -> list[bytes]:
    return [piece for _, piece in PresenceNotifier(desk.storage)("blog", [subscriber])]


def test_a_stream_is_silent_until_something_happens(screen: Screen) -> None:
    desk, subscriber = screen
    assert tell(desk, subscriber) == []
    desk.storage.presence.set("blog", "Bo", subscriber.subscription.cards[0], 60)
    (piece,) = tell(desk, subscriber)
    assert events(piece.decode())[0]["looks"] == [{"comment": subscriber.subscription.cards[0], "by": "Bo"}]
    assert tell(desk, subscriber) == []
    held(desk.storage)
    assert events(tell(desk, subscriber)[0].decode())[0]["held"] == 2


def test_a_stream_ends_with_the_session(screen: Screen) -> None:
    desk, subscriber = screen
    desk.storage.people.close_session(subscriber.subscription.session)
    held(desk.storage)
    assert tell(desk, subscriber) == [END]


def test_a_stream_ends_with_the_role(screen: Screen) -> None:
    desk, subscriber = screen
    desk.employ("Mo", shop="owner")
    held(desk.storage)
    assert tell(desk, subscriber) == [END]
