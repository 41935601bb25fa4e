"""Store edits and withdrawals, with their effects on readers, queue and counters, on every back end."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from comments.drafts import drafted, edited, withdrawn
from comments.errors import StaleVersion
from comments.lifecycle import Action, Role, Status
from comments.model import Comment
from comments.settings import Settings
from comments.storage.codec import draft_id
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.redis import connect
from comments.storage.values import CommentChange
from tests.support.builders import accepted, an_admission, decided, moderated, published, removed_with_replies

SITE = "blog"
THREAD = "first-post"


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def draft_of(storage: Storage, comment: Comment, content: str = "other words") -> Comment:
    draft = drafted(comment, content, now())
    storage.comments.accept(draft, an_admission())
    assert storage.comments.get(SITE, draft.id) == draft
    return draft


def read(storage: Storage, thread: str = THREAD) -> list[str]:
    return [row.comment.public_content for row in storage.threads.page(SITE, thread, 50).rows if not row.removed]


def change(storage: Storage, before: Comment, after: Comment) -> Comment:
    assert storage.comments.decide(SITE, [CommentChange(before, after)]) == [True]
    assert storage.comments.get(SITE, after.id) == after
    return after


def test_a_pending_draft_leaves_the_published_text(storage: Storage) -> None:
    comment = published(storage, content="first words")
    version = storage.threads.version(SITE, THREAD)
    draft = draft_of(storage, comment)
    assert [claim.id for claim in storage.queue.claim(SITE, "t", 9, 30)] == [draft.id]
    decided(storage, draft, Action.HOLD)
    assert read(storage) == ["first words"]
    assert storage.threads.version(SITE, THREAD) == version
    assert storage.threads.counts(SITE, [THREAD]) == [1]


def test_an_approved_draft_replaces_the_text(storage: Storage) -> None:
    comment = published(storage, content="first words")
    published(storage, parent=comment.id, content="an answer")
    version = storage.threads.version(SITE, THREAD)
    decided(storage, draft_of(storage, comment), Action.APPROVE)
    after = storage.comments.get(SITE, comment.id)
    assert read(storage) == ["other words", "an answer"]
    assert (after.status, after.version) == (Status.APPROVED, 2)
    assert storage.threads.version(SITE, THREAD) > version
    assert storage.threads.counts(SITE, [THREAD]) == [2]
    assert storage.threads.changes(SITE, THREAD, version).appeared == (comment.id,)
    assert [c.public_content for c in storage.threads.recent(SITE, 9)] == ["an answer", "other words"]


@pytest.mark.parametrize("newest", [False, True])
def test_a_page_may_end_with_a_draft(storage: Storage, newest: bool) -> None:
    drafts = [draft_of(storage, published(storage)) for _ in range(3)]
    found, cursor = [], ""
    for _ in drafts:
        page = storage.comments.by_status(SITE, Status.QUEUED, 1, cursor, newest)
        found += [c.id for c in page.rows]
        cursor = page.cursor
    assert (sorted(found), cursor) == (sorted(d.id for d in drafts), "")


def test_an_edit_is_not_counted_as_another_comment_of_its_author(storage: Storage) -> None:
    comment = published(storage)
    before = storage.comments.counters(SITE).current
    decided(storage, draft_of(storage, comment), Action.APPROVE)
    after = storage.comments.counters(SITE).current
    assert after["approved"] == before["approved"] == 1
    assert after["applied"] == 1


@pytest.mark.parametrize("action", [Action.SPAM, Action.HOLD])
def test_a_draft_that_is_not_approved_is_shown_nowhere(storage: Storage, action: Action) -> None:
    comment = published(storage, content="first words")
    version = storage.threads.version(SITE, THREAD)
    decided(storage, draft_of(storage, comment), action)
    assert read(storage) == ["first words"]
    assert storage.threads.version(SITE, THREAD) == version


def test_undoing_the_approval_restores_the_previous_text(storage: Storage) -> None:
    comment = published(storage, content="first words")
    draft = moderated(storage, decided(storage, draft_of(storage, comment), Action.HOLD), Action.APPROVE)
    assert read(storage) == ["other words"]
    version = storage.threads.version(SITE, THREAD)
    change(storage, draft, draft.with_undo("mo", now()))
    assert read(storage) == ["first words"]
    assert storage.threads.version(SITE, THREAD) > version


def test_a_moderator_who_saw_the_old_text_gets_a_conflict(storage: Storage) -> None:
    comment = published(storage)
    decided(storage, draft_of(storage, comment), Action.APPROVE)
    removed = comment.with_decision(replace(comment.decisions[-1], action=Action.REMOVE, role=Role.MODERATOR, by="mo"))
    assert storage.comments.decide(SITE, [CommentChange(comment, removed)]) == [False]


def test_a_draft_and_its_comment_change_together_or_not_at_all(storage: Storage) -> None:
    """The first change of a batch removes the comment, so the second one is stale."""
    comment = published(storage)
    draft = draft_of(storage, comment)
    removed = comment.with_decision(replace(comment.decisions[-1], action=Action.REMOVE, role=Role.MODERATOR, by="mo"))
    approved = draft.with_decision(replace(comment.decisions[-1]))
    changes = [CommentChange(comment, removed), CommentChange(draft, approved)]
    assert storage.comments.decide(SITE, changes) == [True, False]
    assert storage.comments.get(SITE, draft.id) == draft
    assert storage.comments.decide(SITE, [CommentChange(draft, approved)]) == [True]
    assert storage.comments.get(SITE, comment.id) == removed


def test_each_change_of_a_batch_has_its_own_result_although_a_draft_changes_two_comments(storage: Storage) -> None:
    comment, stale, fresh = published(storage), accepted(storage), accepted(storage)
    draft = draft_of(storage, comment)
    decided(storage, stale, Action.HOLD)
    changes = [CommentChange(c, c.with_decision(comment.decisions[-1])) for c in (draft, stale, fresh)]
    assert storage.comments.decide(SITE, changes) == [True, False, True]
    assert storage.comments.decide(SITE, changes) == [False, False, False]


def test_an_edit_of_a_hidden_comment_gives_no_version(storage: Storage) -> None:
    above = published(storage)
    draft = draft_of(storage, published(storage, parent=above.id))
    removed_with_replies(storage, above)
    version = storage.threads.version(SITE, THREAD)
    assert decided(storage, draft, Action.APPROVE).status is Status.APPLIED
    assert storage.threads.version(SITE, THREAD) == version
    assert read(storage) == []


def test_a_comment_has_at_most_one_draft(storage: Storage) -> None:
    comment = published(storage)
    draft = draft_of(storage, comment)
    with pytest.raises(StaleVersion):
        storage.comments.accept(drafted(comment, "words at the same moment", now()), an_admission())
    assert storage.comments.get(SITE, draft.id) == draft
    assert storage.comments.counters(SITE).accepted == 2


def test_an_edit_of_a_held_comment_queues_it_again(storage: Storage) -> None:
    held = decided(storage, accepted(storage, content="first words"), Action.HOLD)
    again = change(storage, held, edited(held, "other words", now()))
    assert [c.id for c in storage.comments.by_status(SITE, Status.QUEUED, 9).rows] == [held.id]
    assert storage.comments.by_status(SITE, Status.HELD, 9).rows == ()
    assert [(c.id, c.attempts) for c in storage.queue.claim(SITE, "t", 9, 30)] == [(held.id, 1)]
    decided(storage, again, Action.HOLD)
    counters = storage.comments.counters(SITE)
    assert (counters.accepted, sum(counters.decided.values())) == (2, 2)


def test_a_decision_about_the_previous_text_is_refused(storage: Storage) -> None:
    comment = accepted(storage)
    storage.queue.claim(SITE, "t", 9, 30)
    approved = comment.with_decision(replace(published(storage, thread="x").decisions[-1]))
    again = change(storage, comment, edited(comment, "other words", now()))
    assert storage.comments.decide(SITE, [CommentChange(comment, approved)]) == [False]
    assert [claim.id for claim in storage.queue.claim(SITE, "t", 9, 30)] == [again.id]


def test_an_edit_needs_a_job(storage: Storage) -> None:
    held = decided(storage, accepted(storage), Action.HOLD)
    assert storage.queue.claim(SITE, held.id, 9, 30) == []
    change(storage, held, edited(held, "other words", now()))
    assert len(storage.queue.missing_wakeups(SITE, 100, 2, 30)) == 1


def test_nothing_is_counted_as_pending_when_all_is_decided(redis_storage: Storage, valkey_settings: Settings) -> None:
    held = decided(redis_storage, accepted(redis_storage), Action.HOLD)
    longer = change(redis_storage, held, edited(held, "other words, and many more of them", now()))
    shorter = change(redis_storage, longer, edited(longer, "few", now()))
    comment = decided(redis_storage, shorter, Action.APPROVE)
    decided(redis_storage, draft_of(redis_storage, comment), Action.APPROVE)
    with connect(valkey_settings) as client:
        assert int(client.hget(Keys(valkey_settings.prefix).counters(SITE), "pending_bytes")) == 0


def test_a_withdrawn_comment_leaves_a_stub_above_its_replies(storage: Storage) -> None:
    above = published(storage)
    below = published(storage, parent=above.id, content="an answer")
    version = storage.threads.version(SITE, THREAD)
    change(storage, above, withdrawn(above, now()))
    assert read(storage) == ["an answer"]
    assert [(r.id, r.removed) for r in storage.threads.page(SITE, THREAD, 9).rows] == [
        (above.id, True),
        (below.id, False),
    ]
    assert storage.threads.counts(SITE, [THREAD]) == [1]
    assert [c.id for c in storage.threads.recent(SITE, 9)] == [below.id]
    assert storage.threads.changes(SITE, THREAD, version).appeared == (above.id,)


def test_a_withdrawn_comment_is_hidden_with_its_replies_where_the_owner_wants_that(storage: Storage) -> None:
    above = published(storage)
    below = published(storage, parent=above.id)
    version = storage.threads.version(SITE, THREAD)
    change(storage, above, withdrawn(above, now()).with_hidden_replies())
    assert read(storage) == []
    assert storage.threads.counts(SITE, [THREAD]) == [0]
    assert storage.threads.recent(SITE, 9) == []
    assert storage.threads.changes(SITE, THREAD, version).disappeared == (above.id,)
    assert storage.comments.get(SITE, below.id).status is Status.APPROVED


def test_a_queued_comment_can_be_withdrawn(storage: Storage) -> None:
    comment = accepted(storage)
    change(storage, comment, withdrawn(comment, now()))
    assert storage.queue.claim(SITE, "t", 9, 30) == []
    counters = storage.comments.counters(SITE)
    assert (counters.accepted, sum(counters.decided.values()), counters.current["withdrawn"]) == (1, 1, 1)


def test_a_draft_is_stored_next_to_its_comment(storage: Storage) -> None:
    comment = published(storage)
    assert storage.comments.load(SITE, [draft_id(comment.id)]) == [None]
    draft = draft_of(storage, comment)
    assert storage.comments.load(SITE, [comment.id, draft_id(comment.id)]) == [comment, draft]


def test_the_outbox_has_events_of_comments_and_none_of_drafts(storage: Storage) -> None:
    held = decided(storage, accepted(storage), Action.HOLD)
    comment = decided(storage, change(storage, held, edited(held, "other words", now())), Action.APPROVE)
    decided(storage, draft_of(storage, comment, "third words"), Action.APPROVE)
    comment = storage.comments.get(SITE, comment.id)
    change(storage, comment, withdrawn(comment, now()))
    outbox_events = [(e.comment, e.version, e.before, e.after) for e in storage.outbox.read(SITE, 9)]
    assert outbox_events == [
        (comment.id, 1, "queued", "held"),
        (comment.id, 3, "queued", "approved"),
        (comment.id, 4, "approved", "approved"),
        (comment.id, 5, "approved", "withdrawn"),
    ]
