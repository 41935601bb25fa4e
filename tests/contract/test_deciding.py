"""Decide about comments, with every effect, on every back end."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from comments.errors import ActionNotAllowed, Invalid
from comments.lifecycle import Action, Role, Status
from comments.model import Signal
from comments.signals import PUBLISHED_UNSEEN
from comments.storage.interfaces import Storage
from comments.storage.values import WAIT_BUCKETS, CommentChange, EvidenceQuery
from tests.support.builders import NOW, a_comment, a_decision, accepted, an_admission, decided, moderated, published


def _undone(storage: Storage, comment_id: str) -> None:
    comment = storage.comments.get("blog", comment_id)
    assert storage.comments.decide("blog", [CommentChange(comment, comment.with_undo("mo", NOW))]) == [True]


def test_a_decision_is_stored_with_its_signals(storage: Storage) -> None:
    comment = accepted(storage)
    signals = (Signal("links.count", 0.5, "3 links", 1.5), Signal("author.known", 1.0, "2 approved", -2.0))
    after = comment.with_decision(a_decision(Action.HOLD, policy="p1", score=-0.5, signals=signals))
    storage.comments.decide("blog", [CommentChange(comment, after)])
    kept = storage.comments.get("blog", comment.id)
    assert kept == after
    assert kept.filter_decision is not None
    assert (kept.status, kept.version, kept.filter_decision.signals) == (Status.HELD, 1, signals)


def test_the_second_of_two_decisions_gets_a_conflict(storage: Storage) -> None:
    comment = accepted(storage)
    changes = [CommentChange(comment, comment.with_decision(a_decision(a))) for a in (Action.APPROVE, Action.SPAM)]
    assert storage.comments.decide("blog", changes) == [True, False]
    assert storage.comments.get("blog", comment.id).status is Status.APPROVED


def test_each_comment_is_decided_by_one_of_four_threads(storage: Storage) -> None:
    comments = [accepted(storage) for _ in range(40)]

    def decide(_: int) -> int:
        changes = [CommentChange(c, c.with_decision(a_decision(Action.APPROVE))) for c in comments]
        return sum(storage.comments.decide("blog", changes))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(decide, range(4))) == 40
    assert storage.comments.counters("blog").decided == {"approved": 40}
    assert storage.outbox.length("blog") == 40


def test_every_comment_is_listed_in_one_status(storage: Storage) -> None:
    for action in (Action.APPROVE, Action.HOLD, Action.SPAM):
        decided(storage, accepted(storage), action)
    accepted(storage)
    standing = storage.comments.counters("blog").current
    assert {status for status, n in standing.items() if n == 1} == {"queued", "held", "approved", "spam"}
    assert sum(standing.values()) == 4


def test_a_decided_comment_is_no_longer_queued(storage: Storage) -> None:
    decided(storage, accepted(storage), Action.HOLD)
    assert storage.queue.depth("blog").queued == 0
    assert storage.queue.claim("blog", "t", 10, lease=1) == []


def test_comments_of_a_status_are_listed_oldest_or_newest_first(storage: Storage) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    ids = [decided(storage, accepted(storage, received=start + timedelta(minutes=i)), Action.HOLD).id for i in range(5)]
    oldest = storage.comments.by_status("blog", Status.HELD, limit=2)
    rest = storage.comments.by_status("blog", Status.HELD, limit=9, cursor=oldest.cursor)
    assert [c.id for c in (*oldest.rows, *rest.rows)] == ids
    assert rest.cursor == ""
    assert [c.id for c in storage.comments.by_status("blog", Status.HELD, 9, newest=True).rows] == ids[::-1]


def test_a_cursor_survives_the_decision_on_its_comment(storage: Storage) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    held = [decided(storage, accepted(storage, received=start + timedelta(minutes=i)), Action.HOLD) for i in range(4)]
    first = storage.comments.by_status("blog", Status.HELD, limit=2)
    for comment in held[:2]:
        moderated(storage, comment, Action.APPROVE)
    rest = storage.comments.by_status("blog", Status.HELD, limit=9, cursor=first.cursor)
    assert [c.id for c in rest.rows] == [c.id for c in held[2:]]


def test_an_invalid_cursor_is_refused(storage: Storage) -> None:
    with pytest.raises(Invalid):
        storage.comments.by_status("blog", Status.HELD, limit=2, cursor="x; DROP")


def test_the_time_to_the_first_decision_is_counted(storage: Storage) -> None:
    decided(storage, accepted(storage, received=datetime.now(UTC) - timedelta(seconds=4)), Action.HOLD)
    counters = storage.comments.counters("blog")
    assert counters.wait_seconds[5.0] == counters.wait_seconds[float("inf")] == 1
    assert counters.wait_seconds[2.5] == 0
    assert tuple(counters.wait_seconds) == WAIT_BUCKETS
    assert 4 <= counters.wait_sum < 60


def test_a_backdated_comment_waited_until_its_decision(storage: Storage) -> None:
    past = datetime.now(UTC) - timedelta(days=3)
    comment = accepted(storage, received=past)
    after = comment.with_decision(a_decision(Action.APPROVE, at=past + timedelta(seconds=2)))
    assert storage.comments.decide("blog", [CommentChange(comment, after)]) == [True]
    counters = storage.comments.counters("blog")
    assert (counters.wait_seconds[1.0], counters.wait_seconds[5.0]) == (0, 1)
    assert 1.9 < counters.wait_sum < 4  # the clocks of Redis and of this test may differ


def test_comments_of_an_author_are_counted_by_status(storage: Storage) -> None:
    kept, dropped = published(storage), published(storage)
    moderated(storage, dropped, Action.SPAM)
    (answer,) = storage.evidence.look_up("blog", [EvidenceQuery(thread="first-post", author=kept.author_keys)])
    assert (answer.approved, answer.spam) == ((1, 1), (1, 1))


def test_the_first_day_of_an_author_is_kept(storage: Storage) -> None:
    def first_seen() -> date | None:
        (answer,) = storage.evidence.look_up("blog", [EvidenceQuery(author=comment.author_keys)])
        assert (sum(answer.approved[:1]), sum(answer.spam[:1])) == counted
        return answer.first_seen

    counted = (0, 0)
    comment = decided(storage, accepted(storage, received=NOW - timedelta(days=9)), Action.HOLD)
    assert first_seen() is None
    counted = (1, 0)
    approved = moderated(storage, comment, Action.APPROVE)
    assert first_seen() == (NOW - timedelta(days=9)).date()
    counted = (1, 1)
    later = decided(storage, accepted(storage, received=NOW), Action.SPAM)
    assert first_seen() == (NOW - timedelta(days=9)).date()
    counted = (0, 1)
    moderated(storage, approved, Action.REMOVE)
    assert first_seen() == NOW.date()
    counted = (0, 0)
    moderated(storage, later, Action.REMOVE)
    assert first_seen() is None


def test_undo_restores_status_and_lists(storage: Storage) -> None:
    held = decided(storage, accepted(storage), Action.HOLD)
    moderated(storage, held, Action.APPROVE)
    _undone(storage, held.id)
    assert storage.comments.get("blog", held.id).status is Status.HELD
    assert storage.threads.page("blog", "first-post", 9).rows == ()
    assert storage.comments.counters("blog").current["held"] == 1


def test_undo_reaches_back_one_decision_at_a_time(storage: Storage) -> None:
    held = decided(storage, accepted(storage), Action.HOLD)
    moderated(storage, moderated(storage, held, Action.SPAM), Action.APPROVE)
    _undone(storage, held.id)
    assert storage.comments.get("blog", held.id).status is Status.SPAM
    _undone(storage, held.id)
    comment = storage.comments.get("blog", held.id)
    assert comment.status is Status.HELD
    with pytest.raises(ActionNotAllowed):
        comment.with_undo("mo", NOW)


def test_only_decisions_of_moderators_are_lessons(storage: Storage) -> None:
    published(storage)
    assert storage.corpus.due("blog", 9) == []
    comment = moderated(storage, decided(storage, accepted(storage), Action.HOLD), Action.SPAM)
    assert storage.corpus.due("blog", 9) == [comment.id]


def test_a_batch_applies_the_changes_that_are_not_stale(storage: Storage) -> None:
    fresh, gone = accepted(storage), accepted(storage)
    decided(storage, gone, Action.SPAM)
    changes = [CommentChange(c, c.with_decision(a_decision(Action.APPROVE))) for c in (gone, fresh)]
    assert storage.comments.decide("blog", changes) == [False, True]


def test_a_comment_that_was_never_accepted_cannot_be_decided(storage: Storage) -> None:
    comment = a_comment()
    assert storage.comments.decide(
        "blog", [CommentChange(comment, comment.with_decision(a_decision(Action.APPROVE)))]
    ) == [False]


def test_a_decision_cannot_change_the_submission(redis_storage: Storage) -> None:
    comment = a_comment()
    redis_storage.comments.accept(comment, an_admission())
    after = replace(comment.with_decision(a_decision(Action.APPROVE, Role.FILTERS)), content="something else")
    redis_storage.comments.decide("blog", [CommentChange(comment, after)])
    assert redis_storage.comments.get("blog", comment.id).content == comment.content


def test_comments_of_new_authors_that_are_published_unseen_are_counted(storage: Storage) -> None:
    def judged_by_filters(action: Action, *names: str) -> None:
        signals = tuple(Signal(name, 1.0, "") for name in names)
        comment = accepted(storage)
        after = comment.with_decision(a_decision(action, signals=signals))
        storage.comments.decide("blog", [CommentChange(comment, after)])

    judged_by_filters(Action.APPROVE, PUBLISHED_UNSEEN)
    judged_by_filters(Action.APPROVE, PUBLISHED_UNSEEN, "links.some")
    judged_by_filters(Action.HOLD, PUBLISHED_UNSEEN)
    judged_by_filters(Action.APPROVE)
    assert storage.comments.counters("blog").published_unseen == 2


def test_two_changes_of_a_comment_in_one_call_are_applied_in_their_order(storage: Storage) -> None:
    queued = accepted(storage)
    held = queued.with_decision(a_decision(Action.HOLD))
    spam = held.with_decision(a_decision(Action.SPAM, Role.MODERATOR))
    assert storage.comments.decide("blog", [CommentChange(queued, held), CommentChange(held, spam)]) == [True, True]
    found = {status: [c.id for c in storage.comments.by_status("blog", status, 10).rows] for status in Status}
    assert found == {status: [queued.id] if status is Status.SPAM else [] for status in Status}
