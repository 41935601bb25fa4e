"""A comment's history, its status, its lesson and its public text."""

from dataclasses import replace

import pytest

from comments.errors import ActionNotAllowed
from comments.lifecycle import Action, Label, Role, Status
from comments.model import Comment, Signal
from tests.support.builders import NOW, a_comment, a_decision


def _by_filters(action: Action = Action.HOLD) -> Comment:
    return a_comment().with_decision(a_decision(action, signals=(Signal("links.count", 1.0, "5 links", 2.0),)))


def _by_person(comment: Comment, action: Action) -> Comment:
    return comment.with_decision(a_decision(action, Role.MODERATOR, "mo"))


def test_a_decision_moves_the_comment_and_counts_as_a_version() -> None:
    comment = _by_person(_by_filters(), Action.APPROVE)
    assert (comment.status, comment.version, len(comment.decisions)) == (Status.APPROVED, 2, 2)


def test_a_step_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ActionNotAllowed):
        a_comment().with_decision(a_decision(Action.APPROVE, Role.MODERATOR, "mo"))


def test_decisions_of_filters_are_no_lessons() -> None:
    assert [_by_filters(a).lesson for a in (Action.APPROVE, Action.HOLD, Action.SPAM)] == [None] * 3


def test_moderators_teach_ham_and_spam_but_a_removal_is_no_lesson() -> None:
    lessons = [_by_person(_by_filters(), a).lesson for a in (Action.APPROVE, Action.SPAM, Action.REMOVE)]
    assert lessons == [Label.HAM, Label.SPAM, None]


def test_undo_restores_the_previous_lesson() -> None:
    spam = _by_person(_by_person(_by_filters(), Action.APPROVE), Action.SPAM)
    once = spam.with_undo("mo", NOW)
    assert (once.status, once.lesson) == (Status.APPROVED, Label.HAM)
    twice = once.with_undo("mo", NOW)
    assert (twice.status, twice.lesson, twice.can_undo) == (Status.HELD, None, False)


def test_a_new_decision_after_undo_can_be_undone_itself() -> None:
    undone = _by_person(_by_filters(), Action.APPROVE).with_undo("mo", NOW)
    again = _by_person(undone, Action.SPAM)
    assert again.with_undo("mo", NOW).status is Status.HELD


def test_a_decision_of_the_filters_cannot_be_undone() -> None:
    with pytest.raises(ActionNotAllowed):
        _by_filters().with_undo("mo", NOW)


def test_signals_of_the_filters_stay_after_a_moderators_decision() -> None:
    verdict = _by_person(_by_filters(), Action.APPROVE).filter_decision
    assert verdict is not None
    assert verdict.signals[0].evidence == "5 links"


def test_readers_get_the_masked_text() -> None:
    assert a_comment().with_decision(a_decision(Action.APPROVE, masked="****")).public_content == "****"
    assert _by_filters(Action.APPROVE).public_content == a_comment().content


def test_an_author_without_an_email_has_no_identity() -> None:
    assert replace(a_comment(), identity="").author_keys == ()
    assert len(a_comment().author_keys) == 2
