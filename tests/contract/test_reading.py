"""Read threads on every back end: only approved comments whose ancestors are all approved."""

from datetime import UTC, datetime, timedelta

import pytest

from comments.lifecycle import Action
from comments.model import Comment
from comments.storage.interfaces import Storage
from comments.storage.thread_tree import MAX_THREAD_DEPTH
from comments.storage.values import CommentChange
from tests.support.builders import NOW, accepted, decided, moderated, published, removed_with_replies
from tests.support.conversations import read_conversation

START = datetime(2026, 1, 1, tzinfo=UTC)


def _seen(storage: Storage, thread: str = "first-post") -> list[str]:
    return [c.id for c in read_conversation(storage.threads, "blog", thread)]


def _at(storage: Storage, minutes: int, parent: str = "") -> Comment:
    return published(storage, received=START + timedelta(minutes=minutes), parent=parent)


def test_only_approved_comments_are_read(storage: Storage) -> None:
    shown = published(storage)
    accepted(storage)
    for action in (Action.HOLD, Action.SPAM):
        decided(storage, accepted(storage), action)
    page = storage.threads.page("blog", "first-post", 9)
    assert ([c.id for c in page.rows], page.total) == ([shown.id], 1)


def test_replies_follow_their_parents(storage: Storage) -> None:
    a = _at(storage, 1)
    b = _at(storage, 2)
    a2 = _at(storage, 4, a.id)
    a1 = _at(storage, 3, a.id)
    a11 = _at(storage, 5, a1.id)
    assert _seen(storage) == [c.id for c in (a, a1, a11, a2, b)]


def test_newest_first_reverses_roots_but_not_replies(storage: Storage) -> None:
    a, b = _at(storage, 1), _at(storage, 2)
    b1, b2 = _at(storage, 3, b.id), _at(storage, 4, b.id)
    page = storage.threads.page("blog", "first-post", 9, newest=True)
    assert [c.id for c in page.rows] == [c.id for c in (b, b1, b2, a)]


def test_pages_count_comments(storage: Storage) -> None:
    roots = [_at(storage, i) for i in range(5)]
    reply = _at(storage, 9, roots[0].id)
    first = storage.threads.page("blog", "first-post", 3)
    assert [c.id for c in first.rows] == [roots[0].id, reply.id, roots[1].id]
    assert [c.replies for c in first.rows] == [1, 0, 0]
    second = storage.threads.page("blog", "first-post", 2, first.cursor)
    third = storage.threads.page("blog", "first-post", 2, second.cursor)
    assert [c.id for c in (*second.rows, *third.rows)] == [c.id for c in roots[2:]]
    assert (third.cursor, third.total) == ("", 6)


def test_comments_of_one_instant_are_paged_without_loss(storage: Storage) -> None:
    ids = {_at(storage, 0).id for _ in range(7)}
    seen, cursor = set(), ""
    while True:
        page = storage.threads.page("blog", "first-post", 3, cursor)
        seen |= {c.id for c in page.rows}
        if not (cursor := page.cursor):
            break
    assert seen == ids


@pytest.mark.parametrize("newest", [False, True])
def test_paging_continues_after_the_last_root_was_removed(storage: Storage, newest: bool) -> None:
    roots = [_at(storage, i) for i in range(4)]
    order = roots[::-1] if newest else roots
    first = storage.threads.page("blog", "first-post", 2, newest=newest)
    moderated(storage, order[1], Action.REMOVE)
    rest = storage.threads.page("blog", "first-post", 9, first.cursor, newest)
    assert [c.id for c in rest.rows] == [c.id for c in order[2:]]


def test_removing_a_comment_with_its_replies_hides_everything_below_it(storage: Storage) -> None:
    root, other = _at(storage, 1), _at(storage, 2)
    child = _at(storage, 3, root.id)
    _at(storage, 4, child.id)
    removed_with_replies(storage, root)
    assert _seen(storage) == [other.id]
    assert storage.threads.counts("blog", ["first-post"]) == [1]


def test_approving_a_comment_again_shows_its_replies(storage: Storage) -> None:
    root = _at(storage, 1)
    child = _at(storage, 2, root.id)
    grandchild = _at(storage, 3, child.id)
    removed = removed_with_replies(storage, root)
    moderated(storage, removed, Action.APPROVE)
    assert _seen(storage) == [root.id, child.id, grandchild.id]
    assert storage.threads.counts("blog", ["first-post"]) == [3]


def test_removed_replies_stay_hidden(storage: Storage) -> None:
    root = _at(storage, 1)
    child = _at(storage, 2, root.id)
    _at(storage, 3, child.id)
    removed_with_replies(storage, child)
    removed = removed_with_replies(storage, root)
    moderated(storage, removed, Action.APPROVE)
    assert _seen(storage) == [root.id]
    assert storage.threads.counts("blog", ["first-post"]) == [1]


def test_a_reply_approved_under_a_parent_that_hides_its_replies_is_hidden(storage: Storage) -> None:
    root = _at(storage, 1)
    reply = decided(storage, accepted(storage, parent=root.id), Action.HOLD)
    removed = removed_with_replies(storage, root)
    moderated(storage, reply, Action.APPROVE)
    assert _seen(storage) == []
    moderated(storage, removed, Action.APPROVE)
    assert _seen(storage) == [root.id, reply.id]


def test_undoing_an_approval_hides_it_again(storage: Storage) -> None:
    held = decided(storage, accepted(storage), Action.HOLD)
    approved = moderated(storage, held, Action.APPROVE)
    storage.comments.decide("blog", [CommentChange(approved, approved.with_undo("mo", NOW))])
    assert _seen(storage) == []


def test_the_version_changes_only_with_visible_changes(storage: Storage) -> None:
    versions = [storage.threads.version("blog", "first-post")]

    def noted() -> int:
        versions.append(storage.threads.version("blog", "first-post"))
        return versions[-1] - versions[-2]

    held = decided(storage, accepted(storage), Action.HOLD)
    assert noted() == 0
    moderated(storage, held, Action.APPROVE)
    assert noted() != 0


def test_counts_of_many_threads_come_in_the_order_asked_for(storage: Storage) -> None:
    published(storage)
    published(storage, thread="another")
    published(storage, thread="another")
    assert storage.threads.counts("blog", ["another", "empty", "first-post"]) == [2, 0, 1]
    assert storage.threads.counts("blog", []) == []


def test_sites_do_not_see_each_other(storage: Storage) -> None:
    published(storage)
    assert storage.threads.page("other", "first-post", 9).rows == ()
    assert storage.threads.counts("other", ["first-post"]) == [0]


def test_a_thread_may_be_as_deep_as_allowed(storage: Storage) -> None:
    parent, ids = "", []
    for _ in range(MAX_THREAD_DEPTH):
        comment = published(storage, parent=parent, received=START)
        ids.append(comment.id)
        parent = comment.id
        if len(ids) == 1:
            root = comment
        if storage.threads.__class__.__name__.startswith("Memory") and len(ids) == 60:
            break  # the memory back end walks up for every comment
    assert _seen(storage) == ids
    removed_with_replies(storage, root)
    assert _seen(storage) == []


def test_a_closed_thread_is_marked_closed(storage: Storage) -> None:
    assert not storage.threads.is_closed("blog", "first-post")
    storage.threads.set_closed("blog", "first-post", True)
    assert storage.threads.is_closed("blog", "first-post")


def test_comments_held_since_a_time_are_counted(storage: Storage) -> None:
    start = datetime.now(UTC).replace(microsecond=0)
    for minutes in (1, 2, 3):
        decided(storage, accepted(storage, received=start + timedelta(minutes=minutes)), Action.HOLD)
    published(storage, received=start + timedelta(minutes=4))
    assert storage.comments.held_since("blog", start) == 3
    assert storage.comments.held_since("blog", start + timedelta(minutes=2)) == 1
    assert storage.comments.held_since("blog", start + timedelta(minutes=3)) == 0
