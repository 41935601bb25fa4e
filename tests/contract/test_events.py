"""Follow a site: changes of threads, versions and recent comments, on every back end."""

from datetime import UTC, datetime, timedelta

import pytest

from comments.lifecycle import Action
from comments.model import Comment
from comments.storage.interfaces import Storage
from comments.storage.values import CommentChange, ThreadChanges
from tests.support.builders import NOW, accepted, decided, moderated, published, removed_with_replies

START = datetime(2026, 1, 1, tzinfo=UTC)
THREAD = "first-post"


def _ids(*comments: Comment) -> list[str]:
    return [comment.id for comment in comments]


def _recent(storage: Storage, n: int = 9) -> list[str]:
    return [c.id for c in storage.threads.recent("blog", n)]


def _newest(storage: Storage, n: int = 9) -> list[str]:
    return [c.id for c in storage.threads.newest("blog", THREAD, n)]


def _since(storage: Storage, version: int) -> ThreadChanges:
    return storage.threads.changes("blog", THREAD, version)


def test_the_latest_published_comment_of_any_thread_comes_first(storage: Storage) -> None:
    a, b, c = published(storage), published(storage, thread="another"), published(storage)
    assert _recent(storage) == _ids(c, b, a)
    assert _recent(storage, 2) == _ids(c, b)
    assert storage.threads.recent("other", 9) == []


def test_a_comment_approved_late_is_recent(storage: Storage) -> None:
    held = decided(storage, accepted(storage, received=START), Action.HOLD)
    published(storage)
    moderated(storage, held, Action.APPROVE)
    assert _recent(storage)[0] == held.id
    assert _newest(storage)[-1] == held.id


def test_hidden_comments_and_their_replies_are_not_recent(storage: Storage) -> None:
    root = published(storage)
    child = published(storage, parent=root.id)
    published(storage, parent=child.id)
    other = published(storage)
    removed = removed_with_replies(storage, root)
    assert _recent(storage) == _newest(storage) == _ids(other)
    moderated(storage, removed, Action.APPROVE)
    assert len(_recent(storage)) == len(_newest(storage)) == 4


def test_invisible_comments_are_not_recent(storage: Storage) -> None:
    root = published(storage)
    reply = decided(storage, accepted(storage, parent=root.id), Action.HOLD)
    removed_with_replies(storage, root)
    moderated(storage, reply, Action.APPROVE)
    accepted(storage)
    assert _recent(storage) == _newest(storage) == []


def test_the_number_of_recent_comments_is_limited(storage: Storage) -> None:
    comments = [published(storage) for _ in range(203)]
    assert _recent(storage, 300) == _ids(*comments[:2:-1])


def test_the_newest_comments_of_a_thread_are_those_received_last(storage: Storage) -> None:
    late = published(storage, received=START + timedelta(hours=3))
    early = published(storage, received=START)
    reply = published(storage, parent=early.id, received=START + timedelta(hours=2))
    published(storage, thread="another")
    assert _newest(storage) == _ids(late, reply, early)
    assert _newest(storage, 2) == _ids(late, reply)


def test_at_least_the_newest_hundred_comments_of_a_thread_are_found(storage: Storage) -> None:
    comments = [published(storage, received=START + timedelta(minutes=n)) for n in range(101)]
    assert _newest(storage, 100) == _ids(*comments[:0:-1])


def test_changes_list_comments_that_appeared(storage: Storage) -> None:
    a = published(storage)
    version = storage.threads.version("blog", THREAD)
    b, c = published(storage), published(storage, parent=a.id)
    published(storage, thread="another")
    now = storage.threads.version("blog", THREAD)
    assert _since(storage, version) == ThreadChanges(now, True, (b.id, c.id), ())
    assert _since(storage, 0) == ThreadChanges(now, True, (a.id, b.id, c.id), ())
    assert _since(storage, now) == ThreadChanges(now)


def test_changes_list_comments_that_disappeared(storage: Storage) -> None:
    root = published(storage)
    child = published(storage, parent=root.id)
    version = storage.threads.version("blog", THREAD)
    removed = removed_with_replies(storage, root)
    thread_changes = _since(storage, version)
    assert (thread_changes.complete, thread_changes.appeared, thread_changes.disappeared) == (True, (), (root.id,))
    assert _since(storage, 0).appeared == (), "its answer went with it, and must not be named as there"
    moderated(storage, removed, Action.APPROVE)
    thread_changes = _since(storage, version)
    assert (thread_changes.appeared, thread_changes.disappeared) == ((root.id,), ())
    assert _since(storage, 0).appeared == (child.id, root.id)


def test_changes_list_a_comment_that_became_a_stub(storage: Storage) -> None:
    root = published(storage)
    child = published(storage, parent=root.id)
    version = storage.threads.version("blog", THREAD)
    moderated(storage, root, Action.REMOVE)
    assert _since(storage, version).appeared == (root.id,)
    assert _since(storage, version).disappeared == ()
    assert _recent(storage) == _newest(storage) == _ids(child), "feeds show no stubs"
    version = storage.threads.version("blog", THREAD)
    removed = moderated(storage, child, Action.REMOVE)
    assert _since(storage, version).disappeared == (root.id,), "the stub goes with the last reply"
    moderated(storage, removed, Action.APPROVE)
    assert _since(storage, version).disappeared == ()
    assert set(_since(storage, version).appeared) == {root.id, child.id}


def test_changes_list_undone_decisions(storage: Storage) -> None:
    held = decided(storage, accepted(storage), Action.HOLD)
    approved = moderated(storage, held, Action.APPROVE)
    version = storage.threads.version("blog", THREAD)
    storage.comments.decide("blog", [CommentChange(approved, approved.with_undo("mo", NOW))])
    assert _since(storage, version).disappeared == (held.id,)


def test_changes_since_an_unknown_version_are_incomplete(storage: Storage) -> None:
    assert _since(storage, 0) == ThreadChanges(0)
    assert not _since(storage, 7).complete
    published(storage)
    version = storage.threads.version("blog", THREAD)
    assert not _since(storage, version + 1).complete


def test_changes_since_a_forgotten_version_are_incomplete(storage: Storage) -> None:
    for thread in (THREAD, "another"):
        published(storage, thread=thread)
    versions = storage.threads.versions("blog", [THREAD, "another"])
    published(storage, thread="another")
    for n in range(1200):
        published(storage, thread=f"busy-{n % 50}")
    published(storage)
    assert _since(storage, versions[0]).complete  # its own last change still has that version
    assert not storage.threads.changes("blog", "another", versions[1]).complete


def test_versions_of_many_threads_are_read_together(storage: Storage) -> None:
    assert storage.threads.versions("blog", []) == []
    assert (storage.threads.versions("blog", [THREAD, "empty"]), storage.threads.site_version("blog")) == ([0, 0], 0)
    published(storage)
    assert storage.threads.versions("blog", [THREAD, "empty"]) == [storage.threads.version("blog", THREAD), 0]
    before = storage.threads.site_version("blog")
    published(storage, thread="another")
    assert storage.threads.site_version("blog") > before


@pytest.mark.parametrize("times", [3])
def test_versions_only_grow(storage: Storage, times: int) -> None:
    comment, seen = published(storage), []
    for _ in range(times):
        comment = moderated(storage, comment, Action.REMOVE)
        comment = moderated(storage, comment, Action.APPROVE)
        seen.append(storage.threads.version("blog", THREAD))
    assert seen == sorted(set(seen))
    assert seen[0] > 1_000_000_000_000, "a time, so that restored data repeats none"
