"""Pin comments on every back end: they come first in their thread, once, on pages of any size and in any order."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from comments.errors import Invalid
from comments.lifecycle import Action
from comments.model import Comment
from comments.storage.interfaces import Storage
from tests.support.builders import accepted, moderated, published, removed_with_replies
from tests.support.wait import wait_until

START = datetime(2026, 1, 1, tzinfo=UTC)
THREAD, OTHER = "first-post", "second-post"


def at(storage: Storage, minutes: int, parent: str = "", thread: str = THREAD) -> Comment:
    return published(storage, received=START + timedelta(minutes=minutes), parent=parent, thread=thread)


def pin(storage: Storage, *comments: Comment) -> None:
    for comment in comments:
        assert storage.threads.set_pinned(comment, True)
        now = time.time_ns() // 10**6
        wait_until(lambda now=now: time.time_ns() // 10**6 > now)  # the order of pins is that of their milliseconds


def seen(storage: Storage, limit: int = 50, newest: bool = False, thread: str = THREAD) -> list[str]:
    """Read all pages of a thread."""
    found, cursor = list[str](), ""
    while True:
        page = storage.threads.page("blog", thread, limit, cursor, newest)
        assert len(page.rows) <= limit
        found += [row.id for row in page.rows]
        cursor = page.cursor
        if not cursor:
            return found


def refusal(storage: Storage, comment: Comment) -> str:
    with pytest.raises(Invalid) as refused:
        storage.threads.set_pinned(comment, True)
    return refused.value.problems[0].code


@pytest.mark.parametrize("newest", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 3, 4, 50])
def test_pinned_comments_come_first_and_once_on_pages_of_any_size(storage: Storage, limit: int, newest: bool) -> None:
    comments = [at(storage, n) for n in range(7)]
    pin(storage, comments[1], comments[5])
    others = [comments[n] for n in (0, 2, 3, 4, 6)]
    wanted = [comments[5], comments[1], *(reversed(others) if newest else others)]
    assert seen(storage, limit, newest) == [c.id for c in wanted]


def test_replies_stay_below_a_pinned_comment(storage: Storage) -> None:
    a, b = at(storage, 1), at(storage, 2)
    b1 = at(storage, 3, b.id)
    pin(storage, b)
    page = storage.threads.page("blog", THREAD, 9)
    assert [(row.id, row.pinned) for row in page.rows] == [(b.id, True), (b1.id, False), (a.id, False)]
    assert page.total == 3


def test_a_cursor_from_before_the_pin_leads_to_the_rest(storage: Storage) -> None:
    comments = [at(storage, n) for n in range(6)]
    before = storage.threads.page("blog", THREAD, 3)
    pin(storage, comments[0], comments[4])
    after = storage.threads.page("blog", THREAD, 3, before.cursor)
    assert [row.id for row in after.rows] == [comments[3].id, comments[5].id]


def test_a_cursor_after_a_comment_that_is_no_longer_pinned_misses_nothing(storage: Storage) -> None:
    comments = [at(storage, n) for n in range(4)]
    pin(storage, comments[2], comments[3])
    cursor = storage.threads.page("blog", THREAD, 1).cursor
    storage.threads.set_pinned(comments[3], False)
    found = storage.threads.page("blog", THREAD, 9, cursor)
    assert [row.id for row in found.rows] == [comments[n].id for n in (2, 0, 1, 3)]
    storage.threads.set_pinned(comments[2], False)
    found = storage.threads.page("blog", THREAD, 9, cursor, newest=True)
    assert [row.id for row in found.rows] == [comments[n].id for n in (3, 2, 1, 0)]


def test_pinning_and_unpinning_give_the_thread_a_new_version(storage: Storage) -> None:
    comment = at(storage, 1)
    before = storage.threads.version("blog", THREAD)
    pin(storage, comment)
    pinned = storage.threads.version("blog", THREAD)
    assert not storage.threads.set_pinned(comment, True)
    assert storage.threads.version("blog", THREAD) == pinned > before
    assert not storage.threads.changes("blog", THREAD, before).complete
    assert storage.threads.set_pinned(comment, False)
    assert not storage.threads.set_pinned(comment, False)
    assert storage.threads.version("blog", THREAD) > pinned
    assert not storage.threads.page("blog", THREAD, 9).rows[0].pinned


def test_a_pinned_comment_that_is_taken_down_loses_its_place_until_it_is_published_again(storage: Storage) -> None:
    a, b = at(storage, 1), at(storage, 2)
    pin(storage, b)
    removed = moderated(storage, storage.comments.get("blog", b.id), Action.REMOVE)
    assert (seen(storage), storage.threads.counts("blog", [THREAD])) == ([a.id], [1])
    assert storage.threads.are_pinned("blog", [removed]) == [False]
    again = moderated(storage, removed, Action.APPROVE)
    assert (seen(storage), storage.threads.counts("blog", [THREAD])) == ([b.id, a.id], [2])
    assert storage.threads.are_pinned("blog", [a, again]) == [False, True]


def test_the_stub_of_a_pinned_comment_is_in_its_own_place(storage: Storage) -> None:
    a, b = at(storage, 1), at(storage, 2)
    b1 = at(storage, 3, b.id)
    pin(storage, b)
    moderated(storage, storage.comments.get("blog", b.id), Action.REMOVE)
    page = storage.threads.page("blog", THREAD, 9)
    assert [(row.id, row.removed, row.pinned) for row in page.rows] == [
        (a.id, False, False), (b.id, True, False), (b1.id, False, False),
    ]  # fmt: skip


def test_a_pinned_comment_that_hides_its_replies_is_not_shown(storage: Storage) -> None:
    a, b = at(storage, 1), at(storage, 2)
    at(storage, 3, b.id)
    pin(storage, b)
    removed_with_replies(storage, storage.comments.get("blog", b.id))
    assert seen(storage) == [a.id]


def test_a_fourth_pin_is_refused_until_there_is_room(storage: Storage) -> None:
    comments = [at(storage, n) for n in range(5)]
    pin(storage, *comments[:3])
    assert refusal(storage, comments[3]) == "full"
    moderated(storage, storage.comments.get("blog", comments[1].id), Action.REMOVE)
    pin(storage, comments[3])
    assert seen(storage)[:3] == [comments[n].id for n in (3, 2, 0)]
    assert refusal(storage, comments[4]) == "full"


def test_replies_and_unpublished_comments_are_not_pinned(storage: Storage) -> None:
    root = at(storage, 1)
    assert refusal(storage, at(storage, 2, root.id)) == "reply"
    assert refusal(storage, accepted(storage)) == "unpublished"
    assert seen(storage)[0] == root.id


def test_feeds_do_not_change(storage: Storage) -> None:
    a, b = at(storage, 1), at(storage, 2)
    pin(storage, a)
    assert [c.id for c in storage.threads.newest("blog", THREAD, 9)] == [b.id, a.id]


def test_pins_move_with_their_thread(storage: Storage) -> None:
    a, b = at(storage, 1), at(storage, 2)
    pin(storage, b)
    storage.thread_moves.move("blog", THREAD, "moved")
    assert seen(storage, thread="moved") == [b.id, a.id]
    assert storage.threads.set_pinned(b, False)
    assert seen(storage, thread="moved") == [a.id, b.id]


def test_the_three_newest_pins_stay_when_threads_are_merged(storage: Storage) -> None:
    mine, others = [at(storage, n) for n in range(3)], [at(storage, n, thread=OTHER) for n in range(3, 6)]
    pin(storage, mine[0], others[0], mine[1], others[1])
    storage.thread_moves.move("blog", THREAD, OTHER)
    found = seen(storage, thread=OTHER)
    assert found[:3] == [others[1].id, mine[1].id, others[0].id]
    assert sorted(found) == sorted(c.id for c in (*mine, *others))
