"""Everything from one author or network: what their pages show, and taking all of it down and back."""

import re
from datetime import timedelta

from comments.lifecycle import Action, Status
from comments.model import Comment
from service.review.source_removal import CHUNK
from tests.support.builders import NOW, a_site
from tests.support.desk import Desk, Seat, a_desk, held, judged, noted, page
from tests.support.markup import parse


def test_an_author_page_shows_everything_of_theirs_with_their_record(desk, mo):
    judged(desk.storage, Action.APPROVE, author="Ada L", content="the first of mine")
    judged(desk.storage, Action.SPAM, origin="elsewhere", content="the second of mine")
    held(desk.storage, identity="other", content="somebody else's")
    text = page(mo, "/sites/blog/authors/identity-of-ada")
    for shown in (
        "the first of mine",
        "the second of mine",
        "1 approved, 1 spam, first seen 20",
        "Ada L",
        "ada@example.org",
    ):
        assert shown in text
    assert "somebody else" not in text
    assert "/sites/blog/origins/elsewhere" in text


def test_a_network_page_shows_everything_from_there(desk, mo):
    held(desk.storage, author="One", identity="one", origin="there")
    held(desk.storage, author="Two", identity="two", origin="there")
    text = page(mo, "/sites/blog/origins/there")
    for shown in ("One", "Two", "/sites/blog/authors/one", "/sites/blog/authors/two"):
        assert shown in text


def test_a_long_list_goes_on(desk, mo):
    for n in range(23):
        held(desk.storage, content=f"reply number {n}.", received=NOW + timedelta(seconds=n))
    text = page(mo, "/sites/blog/authors/identity-of-ada")
    onward = parse(text).find(".//a[@rel='next']").get("href")
    rest = page(mo, onward)
    seen = [int(n) for n in re.findall(r"reply number (\d+)\.", text + rest)]
    assert seen == list(reversed(range(23)))
    assert "That is everything" in rest


def test_a_setting_hides_e_mails_from_moderators_but_not_from_owners(desk, mo, owner):
    comment = held(desk.storage)
    desk.storage.sites.put(a_site(hide_emails=True))
    for path in ("/sites/blog/authors/identity-of-ada", f"/review/blog/{comment.id}", "/review/blog"):
        fresh = a_desk(desk.storage, sites=())
        for seat, sees in ((mo, False), (owner, True)):
            client = fresh.stranger()
            client.set_cookie("replygate", seat.client.get_cookie("replygate").value)
            assert ("ada@example.org" in page(Seat(client, ""), path)) is sees, path


def test_viewers_see_no_e_mail(desk):
    held(desk.storage)
    assert "ada@example.org" not in page(desk.signed_in("vi", blog="viewer"), "/sites/blog/authors/identity-of-ada")


# Everything at once.


def hidden(text: str) -> dict[str, str]:
    """The fields of the page's last form that changes something."""
    form = [f for f in parse(text).iterfind(".//main//form") if f.get("method") == "post"][-1]
    return {i.get("name"): i.get("value") for i in form.iterfind(".//input") if i.get("type") == "hidden"}


AT = "/sites/blog/authors/identity-of-ada/removal"


def go_on(seat: Seat, path: str):
    """Press the page's button until the page says that it is over."""
    text, steps = page(seat, path), 0
    while "data-go-on" in text or not steps:
        answer = seat.client.post(AT, data=hidden(text))
        assert answer.status_code == 303
        text, steps = page(seat, answer.location), steps + 1
    return text, steps


def many(desk: Desk, n: int) -> list[Comment]:
    return [held(desk.storage, received=NOW + timedelta(seconds=i)) for i in range(n)]


def statuses(desk: Desk, comments: list[Comment]) -> set[Status]:
    return {c.status for c in desk.storage.comments.load("blog", [c.id for c in comments])}


def test_everything_of_an_author_goes_by_one_button_and_comes_back_by_another(desk, mo):
    mine = [*many(desk, 3), judged(desk.storage, Action.APPROVE)]
    spam, other = judged(desk.storage, Action.SPAM), held(desk.storage, identity="other")
    preview = page(mo, AT)
    assert "4 replies" in preview
    assert "1 published, 3 held" in preview
    assert statuses(desk, mine) == {Status.HELD, Status.APPROVED}
    text, _ = go_on(mo, AT)
    assert "4 replies removed" in text
    assert statuses(desk, mine) == {Status.REMOVED}
    assert statuses(desk, [spam, other]) == {Status.SPAM, Status.HELD}
    back = mo.client.post(AT, data=hidden(text))
    assert "4 replies taken back" in page(mo, back.location)
    assert [c.status for c in desk.storage.comments.load("blog", [c.id for c in mine])] == [c.status for c in mine]
    assert statuses(desk, [spam, other]) == {Status.SPAM, Status.HELD}
    assert [e[1] for e in noted(desk)] == [Action.REMOVE.row.audit] * 4 + [Action.UNDO.row.audit] * 4


def test_much_goes_in_chunks_that_say_how_far_they_are(desk, mo):
    mine = many(desk, CHUNK + 20)
    first = mo.client.post(AT, data=hidden(page(mo, AT)))
    text = page(mo, first.location)
    assert f"<strong>{CHUNK}</strong> removed so far" in text
    assert "go_on.js" in text
    desk.clock.pass_by(timedelta(seconds=9))
    last, _ = go_on(mo, first.location)
    assert f"{CHUNK + 20} replies removed" in last
    assert statuses(desk, mine) == {Status.REMOVED}


def test_undoing_a_removal_leaves_what_was_removed_otherwise(desk, mo):
    before, mine = held(desk.storage, received=NOW - timedelta(days=1)), many(desk, 2)
    mo.post_form(f"/review/blog/{before.id}", version=before.version, action="remove")
    desk.clock.pass_by(timedelta(minutes=1))
    text, _ = go_on(mo, AT)
    assert "2 replies removed" in text
    mo.client.post(AT, data=hidden(text))
    assert statuses(desk, mine) == {Status.HELD}
    assert statuses(desk, [before]) == {Status.REMOVED}


def test_a_removal_bears_no_time_of_somebodys_making(desk, mo):
    mine = many(desk, 1)
    for began in (1, int(NOW.timestamp() * 1000) + 60_000):
        answer = mo.post_form(AT, began=began, cursor="", n=0, undo=0)
        assert answer.status_code == 422
    assert statuses(desk, mine) == {Status.HELD}


def test_looking_at_a_removal_removes_nothing(desk, mo):
    mine = many(desk, 2)
    for query in ("", "?began=1700000000000", f"?began={int(NOW.timestamp() * 1000)}&n=3&undo=1"):
        page(mo, AT + query)
    assert statuses(desk, mine) == {Status.HELD}
