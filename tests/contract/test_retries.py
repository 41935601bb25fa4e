"""Judge comments again that the filters gave up, on every back end."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from comments.counted_events import HELD_CHANGE, count_events, hour_of
from comments.drafts import drafted, edited, queued_since, was_held_before_edit
from comments.errors import ActionNotAllowed
from comments.given_up import (
    RETRIES_AT_ONCE,
    given_up_ids,
    given_up_page,
    is_given_up,
    is_judged_again,
    queued_again,
    retry_given_up,
)
from comments.lifecycle import Action, Outcome, Status
from comments.queue_ranking import index_outdated
from comments.storage.interfaces import Storage
from comments.storage.values import CommentChange
from tests.support.builders import NOW, accepted, an_admission, decided, moderated, published
from tests.support.given_up_comments import given_up

SITE = "blog"


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def test_a_retry_puts_a_comment_into_the_queue_with_its_attempts_counted_from_the_start(storage: Storage) -> None:
    comment = accepted(storage)
    for _ in range(5):
        storage.queue.claim(SITE, "", 1, 0.0)
    given_up(storage, comment)
    assert storage.queue.claim(SITE, comment.id, 1, 30.0) == []
    at = now()
    assert retry_given_up(storage, SITE, [comment.id], "op", at) == [comment.id]
    queued = storage.comments.get(SITE, comment.id)
    assert (queued.status, queued.decisions[-1].by, queued_since(queued)) == (Status.QUEUED, "op", at)
    assert is_judged_again(queued)
    assert queued.outcome is Outcome.PENDING
    assert storage.queue.depth(SITE).oldest == at
    assert storage.queue.missing_wakeups(SITE, 1, 1, 30.0)
    assert [(claim.id, claim.attempts) for claim in storage.queue.claim(SITE, "t", 9, 30.0)] == [(comment.id, 1)]


def test_a_retried_comment_is_decided_like_any_other(storage: Storage) -> None:
    comment = given_up(storage)
    retry_given_up(storage, SITE, [comment.id], "op", now())
    decided(storage, storage.comments.get(SITE, comment.id), Action.APPROVE)
    assert [row.comment.id for row in storage.threads.page(SITE, comment.thread, 9).rows] == [comment.id]
    counters = storage.comments.counters(SITE)
    assert (counters.accepted, counters.decided) == (2, {"held": 1, "approved": 1})
    assert {status: n for status, n in counters.current.items() if n} == {"approved": 1}
    assert counters.moderated == {}, "a retry is no person's decision about the comment"
    assert sum(counters.review_seconds.values()) == 0
    events = storage.outbox.read(SITE, 9)
    assert [(e.before, e.after) for e in events] == [(Status.QUEUED, Status.HELD), (Status.QUEUED, Status.APPROVED)]


def test_the_wait_of_a_retried_comment_begins_with_the_retry(storage: Storage) -> None:
    comment = given_up(storage, received=datetime(2026, 1, 1, tzinfo=UTC))
    before = storage.comments.counters(SITE).wait_sum
    retry_given_up(storage, SITE, [comment.id], "op", datetime.now(UTC))
    decided(storage, storage.comments.get(SITE, comment.id), Action.APPROVE)
    assert storage.comments.counters(SITE).wait_sum - before < 60


@pytest.mark.parametrize("action", [Action.APPROVE, Action.SPAM, Action.REMOVE])
def test_a_comment_that_a_person_decided_is_not_judged_again(storage: Storage, action: Action) -> None:
    comment = given_up(storage)
    after = moderated(storage, comment, action)
    assert retry_given_up(storage, SITE, [comment.id], "op", now()) == []
    assert storage.comments.get(SITE, comment.id) == after
    assert storage.queue.claim(SITE, "t", 9, 30.0) == []


def test_an_undone_decision_still_keeps_a_comment_from_being_judged_again(storage: Storage) -> None:
    comment = moderated(storage, given_up(storage), Action.SPAM)
    undone = comment.with_undo("mo", NOW)
    assert storage.comments.decide(SITE, [CommentChange(comment, undone)]) == [True]
    assert undone.status is Status.HELD
    assert retry_given_up(storage, SITE, [comment.id], "op", now()) == []


def test_a_retry_loses_against_a_decision_that_came_between(storage: Storage) -> None:
    comment = given_up(storage)
    again = queued_again(comment, "op", now())
    approved = moderated(storage, comment, Action.APPROVE)
    assert storage.comments.decide(SITE, [CommentChange(comment, again)]) == [False]
    assert storage.comments.get(SITE, comment.id) == approved


def test_a_decision_loses_against_a_retry_that_came_between(storage: Storage) -> None:
    comment = given_up(storage)
    retry_given_up(storage, SITE, [comment.id], "op", now())
    with pytest.raises(AssertionError):
        moderated(storage, comment, Action.APPROVE)
    assert storage.comments.get(SITE, comment.id).status is Status.QUEUED


def test_a_held_comment_that_was_judged_is_not_judged_again(storage: Storage) -> None:
    held = decided(storage, accepted(storage), Action.HOLD)
    assert not is_given_up(held)
    with pytest.raises(ActionNotAllowed):
        queued_again(held, "op", NOW)


def test_a_comment_whose_text_was_deleted_is_not_judged_again(storage: Storage) -> None:
    assert not is_given_up(replace(given_up(storage), text_kept_days=30))


def test_the_index_lists_given_up_comments_until_they_are_judged_again(storage: Storage) -> None:
    comments = [given_up(storage) for _ in range(3)]
    index_outdated(storage, SITE, {})
    found = given_up_page(storage, SITE, 2)
    assert (len(found.comments), found.total) == (2, 3)
    assert sorted(given_up_ids(storage, SITE)) == sorted(c.id for c in comments)
    retry_given_up(storage, SITE, [comments[0].id], "op", now())
    assert sorted(given_up_ids(storage, SITE)) == sorted(c.id for c in comments[1:])
    index_outdated(storage, SITE, {})
    assert given_up_page(storage, SITE, 9).total == 2


def test_every_given_up_comment_is_listed_when_there_are_more_than_one_step_takes(storage: Storage) -> None:
    ids = sorted(given_up(storage).id for _ in range(RETRIES_AT_ONCE + 5))
    while index_outdated(storage, SITE, {}):
        pass
    assert sorted(given_up_ids(storage, SITE)) == ids
    assert sorted(retry_given_up(storage, SITE, ids, "op", now())) == ids
    assert storage.queue.depth(SITE).queued == len(ids)


def test_numbers_count_a_retry_as_one_comment_less_that_needs_review(storage: Storage) -> None:
    comment = given_up(storage)
    again = queued_again(comment, "op", NOW)
    counts = count_events(again)
    assert counts[hour_of(NOW), HELD_CHANGE] == (-1 if hour_of(comment.decisions[-1].at) != hour_of(NOW) else 0)
    assert not any(name.startswith(("p:", "w:", "pt:")) for _, name in counts)


def test_a_draft_that_was_given_up_is_judged_again_and_applied(storage: Storage) -> None:
    comment = published(storage, content="first words")
    draft = drafted(comment, "other words", now())
    storage.comments.accept(draft, an_admission())
    given_up(storage, draft)
    assert retry_given_up(storage, SITE, [draft.id], "op", now()) == [draft.id]
    decided(storage, storage.comments.get(SITE, draft.id), Action.APPROVE)
    assert storage.comments.get(SITE, comment.id).content == "other words"


def test_only_a_hold_by_the_filters_is_remembered_when_a_comment_is_judged_again(storage: Storage) -> None:
    comment = given_up(storage)
    assert was_held_before_edit(edited(comment, "other words", NOW))
    again = queued_again(comment, "op", NOW)
    assert not was_held_before_edit(again)
    assert not was_held_before_edit(edited(again, "other words", NOW))


def test_a_comment_that_was_held_before_its_edit_is_held_again_after_a_retry(storage: Storage) -> None:
    held = decided(storage, accepted(storage), Action.HOLD)
    after = edited(held, "other words", now())
    assert storage.comments.decide(SITE, [CommentChange(held, after)]) == [True]
    again = queued_again(given_up(storage, after), "op", NOW)
    assert was_held_before_edit(again)
