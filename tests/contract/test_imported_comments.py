"""Store comments that come with their decisions, with every effect, on every back end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from comments.lifecycle import Action, Role, Status
from comments.model import STAFF, Comment, Decision
from comments.storage.interfaces import CoreStorage
from comments.storage.values import EvidenceQuery
from tests.support.builders import a_comment, accepted, decided, published

OLD = datetime(2014, 5, 6, 7, 8, 9, tzinfo=UTC)


def imported(status: Status = Status.APPROVED, action: Action = Action.IMPORT, **changes: object) -> Comment:
    comment = a_comment(**{"received": OLD, **changes})
    step = Decision(action, status, Role.IMPORT, "WordPress", comment.received)
    return replace(comment, status=status, version=1, decisions=(step,))


def test_readers_see_imported_comments_in_their_place(storage: CoreStorage) -> None:
    first, second = imported(), imported(received=OLD + timedelta(days=1))
    reply = imported(parent=first.id, received=OLD + timedelta(days=2))
    assert storage.comments.add_decided("blog", [first, second, reply]) == [True, True, True]
    page = storage.threads.page("blog", first.thread, 10)
    assert [(row.id, row.depth, row.replies) for row in page.rows] == [
        (first.id, 0, 1), (reply.id, 1, 0), (second.id, 0, 0),
    ]  # fmt: skip
    assert storage.threads.counts("blog", [first.thread]) == [3]
    assert storage.comments.get("blog", reply.id) == reply


def test_a_comment_whose_id_is_taken_is_not_overwritten(storage: CoreStorage) -> None:
    there = published(storage)
    twice = imported()
    answers = storage.comments.add_decided("blog", [replace(imported(), id=there.id, content="other"), twice, twice])
    assert answers == [False, True, False]
    assert storage.comments.get("blog", there.id) == there
    assert storage.threads.counts("blog", [there.thread]) == [2]


def test_imported_comments_cause_no_event_and_no_judging(storage: CoreStorage) -> None:
    storage.comments.add_decided("blog", [imported(), imported(Status.SPAM), imported(Status.HELD)])
    assert storage.outbox.length("blog") == 0
    assert storage.queue.depth("blog").queued == 0
    assert storage.queue.missing_wakeups("blog", 100, 2, 30) == []
    counters = storage.comments.counters("blog")
    assert (counters.accepted, dict(counters.decided), dict(counters.moderated)) == (0, {}, {})
    assert {s: n for s, n in counters.current.items() if n} == {"approved": 1, "spam": 1, "held": 1}


def test_old_comments_come_after_new_ones_in_the_feed_of_the_site(storage: CoreStorage) -> None:
    new = published(storage)
    older, old = imported(received=OLD - timedelta(days=9)), imported()
    storage.comments.add_decided("blog", [old, older])
    assert [c.id for c in storage.threads.recent("blog", 9)] == [new.id, old.id, older.id]


def test_an_imported_lesson_is_due_and_any_other_comment_is_not(storage: CoreStorage) -> None:
    spam, ham = imported(Status.SPAM, Action.SPAM), imported(Status.APPROVED, Action.APPROVE)
    storage.comments.add_decided("blog", [spam, ham, imported(), imported(Status.HELD)])
    assert sorted(storage.corpus.due("blog", 9)) == sorted([spam.id, ham.id])


def test_imported_comments_count_for_their_author(storage: CoreStorage) -> None:
    comment = imported(Status.SPAM, Action.SPAM)
    storage.comments.add_decided("blog", [imported(), comment])
    (found,) = storage.evidence.look_up("blog", [EvidenceQuery(author=comment.author_keys)])
    assert (found.approved[0], found.spam[0], found.first_seen) == (1, 1, OLD.date())


def test_a_thread_began_with_its_first_imported_comment(storage: CoreStorage) -> None:
    there = published(storage)
    storage.comments.add_decided("blog", [imported(received=OLD + timedelta(1)), imported(), imported(role=STAFF)])
    (found,) = storage.evidence.look_up("blog", [EvidenceQuery(thread=there.thread)])
    assert found.thread_opened == OLD
    assert found.staff_names == {"Ada"}
    assert there.thread in storage.thread_moves.known("blog", "", "", 9)


def test_moderators_take_imported_comments_down_and_undo_that(storage: CoreStorage) -> None:
    comment = imported()
    storage.comments.add_decided("blog", [comment])
    spam = decided(storage, comment, Action.SPAM, Role.MODERATOR, "mo")
    assert storage.threads.counts("blog", [comment.thread]) == [0]
    assert not comment.can_undo
    assert spam.can_undo


def test_replies_to_a_removed_comment_stay_below_its_stub(storage: CoreStorage) -> None:
    parent = imported(Status.WITHDRAWN, content="")
    reply = imported(parent=parent.id, received=OLD + timedelta(1))
    storage.comments.add_decided("blog", [parent, reply])
    page = storage.threads.page("blog", parent.thread, 10)
    assert [(row.id, row.removed) for row in page.rows] == [(parent.id, True), (reply.id, False)]


def test_readers_of_a_thread_learn_of_imported_comments(storage: CoreStorage) -> None:
    accepted(storage)
    before = storage.threads.version("blog", "first-post")
    comment = imported()
    storage.comments.add_decided("blog", [comment])
    assert storage.threads.changes("blog", "first-post", before).appeared == (comment.id,)
