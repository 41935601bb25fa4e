"""Rules for edits and withdrawals by authors."""

from datetime import timedelta
from typing import Any

import pytest

from comments.drafts import (
    before_last_edit,
    comment_after_draft,
    count_edits,
    drafted,
    edited,
    queued_since,
    was_held_before_edit,
    withdrawn,
)
from comments.errors import ActionNotAllowed
from comments.lifecycle import Action, Label, Role, Status
from comments.model import Comment
from comments.storage.codec import draft_id
from tests.support.builders import NOW, a_comment, a_decision

LATER = NOW + timedelta(minutes=3)


def by_filters(comment: Comment, action: Action, masked: str = "") -> Comment:
    return comment.with_decision(a_decision(action, masked=masked))


def by_person(comment: Comment, action: Action) -> Comment:
    return comment.with_decision(a_decision(action, Role.MODERATOR, "mo"))


def published(**changes: Any) -> Comment:
    return by_filters(a_comment(content="first words", **changes), Action.APPROVE)


def applied(comment: Comment, draft: Comment) -> tuple[Comment, Comment]:
    """Both after the filters approved the draft."""
    approved = by_filters(draft, Action.APPROVE)
    after = comment_after_draft(comment, draft, approved)
    assert after is not None
    return after, approved


def test_an_edit_of_a_pending_comment_is_judged_again() -> None:
    for comment in (a_comment(), by_filters(a_comment(), Action.HOLD)):
        after = edited(comment, "other words", LATER)
        assert (after.status, after.content, after.version) == (Status.QUEUED, "other words", comment.version + 1)
        assert queued_since(after) == LATER


def test_a_held_comment_is_recorded_as_held_after_an_edit() -> None:
    held = by_filters(a_comment(), Action.HOLD)
    assert not was_held_before_edit(held)
    assert was_held_before_edit(edited(held, "other words", LATER))
    assert was_held_before_edit(edited(edited(held, "other words", LATER), "yet others", LATER))
    assert not was_held_before_edit(edited(a_comment(), "other words", LATER))


@pytest.mark.parametrize("action", [Action.SPAM, Action.REMOVE])
def test_a_refused_comment_is_neither_edited_nor_withdrawn(action: Action) -> None:
    refused = by_person(by_filters(a_comment(), Action.HOLD), action)
    for step in (lambda: edited(refused, "other words", LATER), lambda: withdrawn(refused, LATER)):
        with pytest.raises(ActionNotAllowed):
            step()


def test_an_edit_of_a_published_comment_is_a_draft() -> None:
    with pytest.raises(ActionNotAllowed):
        edited(published(), "other words", LATER)


def test_a_draft_has_its_own_form_evidence() -> None:
    draft = drafted(published(form_token="valid", form_seconds=1, form_proof="missing"), "other words", LATER)
    assert (draft.form_token, draft.form_seconds, draft.form_proof) == ("valid", -1, "")


def test_an_edit_keeps_the_form_evidence_of_the_first_text() -> None:
    assert edited(a_comment(form_seconds=1), "other words", LATER).form_seconds == 1


def test_a_draft_inherits_everything_but_the_content() -> None:
    comment = published(parent="p" * 26, thread="a page")
    draft = drafted(comment, "other words", LATER)
    assert (draft.id, draft.draft_of, draft.status, draft.received) == (
        draft_id(comment.id), comment.id, Status.QUEUED, LATER,
    )  # fmt: skip
    public = ("thread", "parent", "author", "email", "origin", "identity")
    assert [getattr(draft, name) for name in public] == [getattr(comment, name) for name in public]
    assert comment.draft_of == ""
    earlier = before_last_edit(draft)
    assert earlier is not None
    assert earlier.content == "first words"


def test_an_approved_draft_replaces_the_comments_text() -> None:
    comment = published()
    after, approved = applied(comment, drafted(comment, "other words", LATER))
    assert (approved.status, after.status, after.version) == (Status.APPLIED, Status.APPROVED, 2)
    assert (after.content, after.public_content) == ("other words", "other words")
    assert after.decisions[-1].replaced == "first words"


def test_readers_get_the_masked_text_of_the_draft() -> None:
    comment = by_filters(a_comment(content="damn"), Action.APPROVE, masked="d**n")
    draft = drafted(comment, "darn", LATER)
    after, _ = applied(comment, draft)
    assert after.public_content == "darn"
    masked = by_filters(draft, Action.APPROVE, masked="d**n it")
    again = comment_after_draft(comment, draft, masked)
    assert again is not None
    assert again.public_content == "d**n it"


@pytest.mark.parametrize("action", [Action.HOLD, Action.SPAM])
def test_a_draft_that_is_not_approved_changes_nothing(action: Action) -> None:
    comment = published()
    draft = drafted(comment, "other words", LATER)
    assert comment_after_draft(comment, draft, by_filters(draft, action)) is None


def test_undoing_an_approval_restores_the_text() -> None:
    comment = by_filters(a_comment(content="damn"), Action.APPROVE, masked="d**n")
    held = by_filters(drafted(comment, "other words", LATER), Action.HOLD)
    approved = by_person(held, Action.APPROVE)
    after = comment_after_draft(comment, held, approved)
    assert after is not None
    undone = approved.with_undo("mo", LATER)
    back = comment_after_draft(after, approved, undone)
    assert back is not None
    assert (undone.status, back.content, back.public_content, back.status) == (
        Status.HELD,
        "damn",
        "d**n",
        Status.APPROVED,
    )
    assert back.current_decision == comment.current_decision
    assert comment_after_draft(back, approved, undone) is None


def test_an_unpublished_comment_keeps_its_text() -> None:
    comment = published()
    draft = drafted(comment, "other words", LATER)
    removed = by_person(comment, Action.REMOVE)
    assert comment_after_draft(removed, draft, by_filters(draft, Action.APPROVE)) is None


def test_a_draft_can_be_edited_again_once_it_was_applied_but_not_once_it_was_refused() -> None:
    comment = published()
    after, approved = applied(comment, drafted(comment, "other words", LATER))
    again = edited(approved, "third words", LATER)
    assert again.status is Status.QUEUED
    assert not again.can_undo
    assert comment_after_draft(after, approved, again) is None
    third, _ = applied(after, again)
    assert third.content == "third words"
    assert [d.replaced for d in third.decisions] == ["", "", "other words"]
    with pytest.raises(ActionNotAllowed):
        edited(by_filters(again, Action.SPAM), "fourth words", LATER)


def test_edits_of_the_author_are_counted() -> None:
    comment = published()
    after, approved = applied(comment, drafted(comment, "other words", LATER))
    assert count_edits(after, edited(approved, "third words", LATER)) == 2


def test_a_moderator_cannot_restore_a_withdrawn_comment() -> None:
    gone = withdrawn(by_person(by_filters(a_comment(), Action.HOLD), Action.APPROVE), LATER)
    assert not gone.can_undo
    with pytest.raises(ActionNotAllowed):
        gone.with_undo("mo", LATER)
    with pytest.raises(ActionNotAllowed):
        by_person(gone, Action.APPROVE)
    with pytest.raises(ActionNotAllowed):
        withdrawn(gone, LATER)


def test_withdrawing_a_comment_changes_no_lesson() -> None:
    held = by_filters(a_comment(), Action.HOLD)
    assert withdrawn(by_person(held, Action.APPROVE), LATER).lesson is Label.HAM
    assert withdrawn(published(), LATER).lesson is None


def test_only_texts_decided_by_a_moderator_are_lessons() -> None:
    comment = by_person(by_filters(a_comment(), Action.HOLD), Action.APPROVE)
    draft = drafted(comment, "other words", LATER)
    after, approved = applied(comment, draft)
    assert (after.lesson, approved.lesson) == (None, None)
    assert by_person(by_filters(draft, Action.HOLD), Action.APPROVE).lesson is Label.HAM
    assert by_person(by_filters(draft, Action.HOLD), Action.SPAM).lesson is Label.SPAM


def test_a_comment_without_edits_has_no_earlier_text() -> None:
    assert before_last_edit(published()) is None
    assert count_edits(published()) == 0
