"""Parts of a thread for Isso's client, where pages of storage end within branches."""

from datetime import timedelta
from random import Random

import pytest

from comments.lifecycle import Action
from comments.model import Comment
from comments.storage.interfaces import Storage
from service.compat.isso_threads import CommentSlice, find_comment, number_of, read_branches, read_replies
from tests.support.builders import NOW, moderated, published

SITE, THREAD = "blog", "long"


@pytest.fixture
def comments(storage: Storage) -> list[Comment]:
    """A thread of 60 comments at random places, of which every seventh was removed."""
    random, made = Random(7), list[Comment]()
    for n in range(60):
        parent = random.choice(made).id if made and n % 5 else ""
        at = NOW + timedelta(seconds=n)
        made.append(published(storage, thread=THREAD, parent=parent, received=at, content=f"Comment {n}."))
    for n, comment in enumerate(made):
        if n % 7 == 3:
            made[n] = moderated(storage, comment, Action.REMOVE)
    return made


@pytest.mark.parametrize("most", [2, 3, 5, 9, 1000])
@pytest.mark.parametrize("newest", [False, True])
def test_all_parts_together_give_every_published_comment_once(
    storage: Storage, comments: list[Comment], most: int, newest: bool
) -> None:
    found: list[str] = []
    offset, hidden = 0, 1
    while hidden:
        part = CommentSlice(limit=4, offset=offset, nested_limit=2, newest=newest, most=most)
        answer = read_branches(storage.threads, SITE, THREAD, part)
        hidden, offset = answer.hidden, offset + len(answer.branches)
        for branch in answer.branches:
            found += [] if branch.top.removed else [branch.top.id]
            replies = [row.id for row in branch.replies]
            assert len(replies) <= 2
            while len(replies) < branch.top.replies:
                more = CommentSlice(limit=3, offset=len(replies), most=most)
                rows = read_replies(storage.threads, SITE, THREAD, branch.top, more)
                assert rows, "the client would ask without end"
                assert not any(row.removed for row in rows)
                replies += [row.id for row in rows]
            found += replies
    assert len(found) == len(set(found))
    assert set(found) == {comment.id for comment in comments if comment.status.value == "approved"}


def test_every_comment_that_readers_see_is_found_by_its_number(storage: Storage, comments: list[Comment]) -> None:
    for comment in comments:
        row = find_comment(storage, SITE, THREAD, number_of(comment))
        if comment.status.value == "approved":
            assert row is not None
            assert row.id == comment.id
        else:
            assert row is None or row.removed
    assert find_comment(storage, SITE, "another", number_of(comments[0])) is None


def test_a_pinned_comment_comes_first_and_is_found_by_its_number(storage: Storage, comments: list[Comment]) -> None:
    pinned = comments[40]
    assert storage.threads.set_pinned(pinned, True)
    for newest in (False, True):
        first = read_branches(storage.threads, SITE, THREAD, CommentSlice(limit=1, newest=newest)).branches[0]
        assert first.top.id == pinned.id
    row = find_comment(storage, SITE, THREAD, number_of(pinned))
    assert row is not None
    assert row.id == pinned.id


def test_a_part_says_how_much_is_hidden(storage: Storage, comments: list[Comment]) -> None:
    everything = read_branches(storage.threads, SITE, THREAD, CommentSlice())
    n = len(everything.branches)
    assert (n, everything.hidden) == (10, 0)
    for offset, limit in ((0, 0), (0, 5), (5, 5), (8, 5), (n, 5), (10**30, 5)):
        part = read_branches(storage.threads, SITE, THREAD, CommentSlice(limit=limit, offset=offset))
        assert part.total == everything.total == sum(c.status.value == "approved" for c in comments)
        assert len(part.branches) == max(0, min(limit, n - offset))
        assert part.hidden == max(0, n - offset - limit)
    after = NOW + timedelta(seconds=30)
    later = read_branches(storage.threads, SITE, THREAD, CommentSlice(after=after.timestamp())).branches
    assert [b.top for b in later] == [b.top for b in everything.branches if b.top.comment.received > after]
