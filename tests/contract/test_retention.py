"""Delete the texts and the details of comments whose time is over, on every back end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from comments.drafts import edited, withdrawn
from comments.errors import ActionNotAllowed
from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Signal
from comments.storage.interfaces import CoreStorage
from comments.storage.retention import RetentionClass
from comments.storage.values import CommentChange
from comments.text_deletion import KeptLesson, loses_text, without_details, without_text
from tests.support.builders import a_decision, accepted, decided, moderated, published

SITE = "blog"
REFUSED, WITHDRAWN, DETAILS = RetentionClass.REFUSED, RetentionClass.WITHDRAWN, RetentionClass.DETAILS


def later(days: float = 1) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def delete_text(comment: Comment) -> Comment | None:
    return without_text(comment, 30, "fingerprint", KeptLesson()) if loses_text(comment, REFUSED) else None


def due(storage: CoreStorage, kind: RetentionClass, before: datetime | None = None) -> list[str]:
    return storage.retention.due(SITE, kind, before or later(), 100)


def test_a_refused_comment_is_listed_from_its_decision_on(storage: CoreStorage) -> None:
    began = datetime.now(UTC) - timedelta(seconds=1)
    spam = decided(storage, accepted(storage, received=began - timedelta(days=90)), Action.SPAM)
    held = decided(storage, accepted(storage), Action.HOLD)
    removed = moderated(storage, held, Action.REMOVE)
    assert due(storage, REFUSED, began) == []
    assert set(due(storage, REFUSED)) == {spam.id, removed.id}
    assert storage.retention.counts(SITE, [(REFUSED, later()), (REFUSED, began), (WITHDRAWN, later())]) == [2, 0, 0]


def test_an_approved_comment_leaves_the_list(storage: CoreStorage) -> None:
    spam = decided(storage, accepted(storage), Action.SPAM)
    moderated(storage, spam, Action.APPROVE)
    assert due(storage, REFUSED) == []


def test_a_withdrawn_comment_has_a_list_of_its_own(storage: CoreStorage) -> None:
    comment = published(storage)
    after = withdrawn(comment, datetime.now(UTC))
    assert storage.comments.decide(SITE, [CommentChange(comment, after)]) == [True]
    assert (due(storage, WITHDRAWN), due(storage, REFUSED)) == ([comment.id], [])


def test_the_details_of_every_decided_comment_are_listed_from_its_arrival_on(storage: CoreStorage) -> None:
    old = published(storage, received=datetime.now(UTC) - timedelta(days=40))
    held = decided(storage, accepted(storage), Action.HOLD)
    accepted(storage)
    assert due(storage, DETAILS, later(-30)) == [old.id]
    assert due(storage, DETAILS) == [old.id, held.id]


def test_comments_are_due_the_earliest_first_and_only_so_many(storage: CoreStorage) -> None:
    ids = [published(storage, received=later(-n)).id for n in (1, 3, 2)]
    assert storage.retention.due(SITE, DETAILS, later(), 2) == [ids[1], ids[2]]


def test_imported_comments_are_listed_too(storage: CoreStorage) -> None:
    spam = replace(accepted(storage, site="another"), site=SITE, id="a" * 26)
    storage.comments.add_decided(SITE, [spam.with_decision(a_decision(Action.SPAM))])
    assert (due(storage, REFUSED), due(storage, DETAILS)) == ([spam.id], [spam.id])


def test_the_text_is_deleted_and_id_decisions_and_fingerprint_stay(storage: CoreStorage) -> None:
    spam = moderated(storage, published(storage, url="https://shop.example"), Action.SPAM)
    assert storage.retention.rewrite(SITE, [spam.id], delete_text, [REFUSED, DETAILS]) == 1
    after = storage.comments.get(SITE, spam.id)
    assert (after.author, after.email, after.url, after.content, after.origin) == ("", "", "", "", "")
    assert (after.id, after.thread, after.received, after.identity) == (
        spam.id,
        spam.thread,
        spam.received,
        spam.identity,
    )
    assert (after.status, after.version, after.fingerprint) == (Status.SPAM, 2, "fingerprint")
    assert [d.action for d in after.decisions] == [Action.APPROVE, Action.SPAM]
    assert (due(storage, REFUSED), due(storage, DETAILS)) == ([], [])
    assert storage.comments.counters(SITE).current["spam"] == 1


def test_evidence_that_quotes_the_text_is_deleted_with_it(storage: CoreStorage) -> None:
    comment, other = accepted(storage, content="buy cheap pills"), decided(storage, accepted(storage), Action.SPAM)
    signals = (Signal("words.spam", 1.0, "cheap pills", 9.0),)
    decision = a_decision(Action.SPAM, masked="b** cheap pills", replaced="buy pills", signals=signals)
    assert storage.comments.decide(SITE, [CommentChange(comment, comment.with_decision(decision))]) == [True]
    storage.retention.rewrite(SITE, [comment.id], delete_text, [REFUSED])
    (kept,) = storage.comments.get(SITE, comment.id).decisions
    assert (kept.masked, kept.replaced, kept.signals) == ("", "", (Signal("words.spam", 1.0, "", 9.0),))
    assert storage.comments.get(SITE, other.id) == other


def test_nobody_can_decide_about_a_deleted_text(storage: CoreStorage) -> None:
    spam = moderated(storage, decided(storage, accepted(storage), Action.HOLD), Action.SPAM)
    storage.retention.rewrite(SITE, [spam.id], delete_text, [REFUSED])
    after = storage.comments.get(SITE, spam.id)
    with pytest.raises(ActionNotAllowed, match="Text deleted after 30 days"):
        after.with_undo("mo", datetime.now(UTC))
    with pytest.raises(ActionNotAllowed, match="Text deleted after 30 days"):
        after.with_decision(a_decision(Action.APPROVE, Role.MODERATOR, "mo"))
    assert not after.can_undo


def test_a_decision_made_before_the_deletion_is_not_applied_after_it(storage: CoreStorage) -> None:
    spam = decided(storage, accepted(storage), Action.SPAM)
    late = spam.with_decision(a_decision(Action.APPROVE, Role.MODERATOR, "mo"))
    storage.retention.rewrite(SITE, [spam.id], delete_text, [REFUSED])
    assert storage.comments.decide(SITE, [CommentChange(spam, late)]) == [False]
    assert storage.threads.counts(SITE, [spam.thread]) == [0]


def test_browser_and_network_are_deleted_from_published_comments(storage: CoreStorage) -> None:
    comment = published(storage, user_agent="Firefox", referrer="https://search.example/", network_56="n56")
    assert storage.retention.rewrite(SITE, [comment.id], without_details, [DETAILS]) == 1
    after = storage.comments.get(SITE, comment.id)
    assert (after.user_agent, after.referrer, after.networks) == ("", "", ())
    assert after.content == comment.content
    assert [row.comment.content for row in storage.threads.page(SITE, comment.thread, 9).rows] == [comment.content]


def test_a_comment_that_waits_for_the_filters_keeps_its_details(storage: CoreStorage) -> None:
    comment = accepted(storage)
    assert storage.retention.rewrite(SITE, [comment.id], without_details, [DETAILS]) == 0
    assert storage.comments.get(SITE, comment.id) == comment


def test_an_edit_lists_the_details_again(storage: CoreStorage) -> None:
    comment = decided(storage, accepted(storage), Action.HOLD)
    storage.retention.rewrite(SITE, [comment.id], without_details, [DETAILS])
    before = storage.comments.get(SITE, comment.id)
    after = edited(before, "other words", datetime.now(UTC))
    assert storage.comments.decide(SITE, [CommentChange(before, after)]) == [True]
    assert due(storage, DETAILS) == [comment.id]


def test_a_missing_comment_only_leaves_the_list(storage: CoreStorage) -> None:
    storage.retention.start(SITE, Status.SPAM, ["c" * 26], datetime.now(UTC))
    assert storage.retention.rewrite(SITE, ["c" * 26], delete_text, [REFUSED, DETAILS]) == 0
    assert (due(storage, REFUSED), due(storage, DETAILS)) == ([], [])


def test_the_time_of_a_listed_comment_does_not_begin_again(storage: CoreStorage) -> None:
    spam = decided(storage, accepted(storage), Action.SPAM)
    storage.retention.start(SITE, Status.SPAM, [spam.id], later(5))
    assert due(storage, REFUSED) == [spam.id]


def test_of_many_sites_those_with_something_to_delete_are_found(storage: CoreStorage) -> None:
    decided(storage, accepted(storage), Action.SPAM)
    decided(storage, accepted(storage, site="other"), Action.HOLD)
    limits = {REFUSED: later(1)}
    assert storage.retention.with_due({SITE: limits, "other": limits, "none": {}}) == {SITE}
    assert storage.retention.with_due(
        {SITE: {REFUSED: later(-9999)}, "other": {REFUSED: later(1), DETAILS: later(1)}}
    ) == {"other"}
    assert storage.retention.with_due({}) == set()
