"""Near-copies in the queue are one row, with a preview for all of them."""

from dataclasses import replace

import pytest

from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Decision
from comments.storage.values import CommentChange
from tests.support.builders import NOW, accepted, moderated
from tests.support.web_app import SignedInClient, WebApp

WAVE = "0badf00d"


def hold_in_wave(web_app: WebApp, n: int, wave: str = WAVE, **changes: object) -> list[Comment]:
    """Hold `n` comments that the judge found to be near-copies."""
    found = []
    for k in range(n):
        comment = accepted(web_app.storage, **{"site": "blog", "content": f"Buy my bread {k}", **changes})
        decision = Decision(Action.HOLD, comment.status, Role.FILTERS, "filters", NOW, score=4.0)
        after = comment.with_decision(replace(decision, wave=wave))
        assert web_app.storage.comments.decide("blog", [CommentChange(comment, after)]) == [True]
        found.append(after)
    return found


@pytest.fixture
def mo(web_app: WebApp) -> SignedInClient:
    return web_app.signed_in("mo", blog="moderator")


def shown(user: SignedInClient, path: str) -> str:
    answer = user.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    return answer.text


def test_near_copies_are_one_row_that_counts_threads_and_networks(web_app: WebApp, mo: SignedInClient) -> None:
    hold_in_wave(web_app, 3, thread="/a", origin="net-1")
    hold_in_wave(web_app, 2, thread="/b", origin="net-2")
    (other,) = hold_in_wave(web_app, 1, wave="other")
    text = shown(mo, "/review/blog")
    assert text.count("<article") == 2
    assert "5 near-copies" in text
    assert "2 threads · 2 networks" in text
    assert f'id="c-{other.id}"' in text


def test_comments_with_one_advertised_name_are_one_row_that_says_so(web_app: WebApp, mo: SignedInClient) -> None:
    hold_in_wave(web_app, 3, wave="n" + WAVE)
    text = shown(mo, "/review/blog")
    assert text.count("<article") == 1
    assert "3 comments with the same name in the text" in text
    assert "All 3 comments" in text
    assert shown(mo, f"/review/blog?wave=n{WAVE}").count("<article") == 3


def test_two_near_copies_stay_rows_of_their_own(web_app: WebApp, mo: SignedInClient) -> None:
    hold_in_wave(web_app, 2)
    assert "near-copies" not in shown(mo, "/review/blog")


def test_near_copies_in_other_lists_stay_rows_of_their_own(web_app: WebApp, mo: SignedInClient) -> None:
    for comment in hold_in_wave(web_app, 4):
        moderated(web_app.storage, comment, Action.SPAM)
    text = shown(mo, "/review/blog?status=spam")
    assert (text.count("<article"), "near-copies" in text) == (4, False)


def test_who_may_not_decide_sees_each_near_copy(web_app: WebApp) -> None:
    hold_in_wave(web_app, 4)
    text = shown(web_app.signed_in("viv", blog="viewer"), "/review/blog")
    assert (text.count("<article"), "near-copies" in text) == (4, False)


def test_a_wave_is_opened_as_a_list(web_app: WebApp, mo: SignedInClient) -> None:
    hold_in_wave(web_app, 4)
    hold_in_wave(web_app, 1, wave="other")
    assert shown(mo, f"/review/blog?wave={WAVE}").count("<article") == 4


def test_a_page_is_filled_with_other_comments(web_app: WebApp, mo: SignedInClient) -> None:
    hold_in_wave(web_app, 25)
    others = [hold_in_wave(web_app, 1, wave=f"w{n}", content=f"Question {n}")[0] for n in range(5)]
    text = shown(mo, "/review/blog?order=oldest")
    assert text.count("<article") == 6
    assert all(f'id="c-{other.id}"' in text for other in others)
    assert 'rel="next"' not in text


def test_the_preview_is_about_the_whole_wave(web_app: WebApp, mo: SignedInClient) -> None:
    wave, (other,) = hold_in_wave(web_app, 4), hold_in_wave(web_app, 1, wave="other")
    text = shown(mo, f"/review/blog/bulk?wave={WAVE}&action=spam")
    assert "Mark 4 comments as spam?" in text
    until = text.partition('name="until" value="')[2].partition('"')[0]
    mo.client.post("/review/blog/bulk", data={"csrf": mo.csrf, "action": "spam", "wave": WAVE, "until": until})
    found = [web_app.storage.comments.get("blog", comment.id).status for comment in [*wave, other]]
    assert found == [Status.SPAM] * 4 + [Status.HELD]
