"""Reports: summaries, holding a comment, and protection by an approval."""

from collections.abc import Mapping

import pytest

from comments.drafts import comment_after_draft, drafted
from comments.errors import ActionNotAllowed
from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Signal
from comments.report_rules import (
    DECIDED_BY_READERS,
    REPORTED,
    held_for_reports,
    is_approved_by_moderator,
    report_summary,
)
from tests.support.builders import NOW, a_comment, a_decision
from workers.learning.lesson_quotas import lesson_quotas

LINKS = Signal("links.some", 1.0, "a link", 1.0)


def approved(comment: Comment, role: Role = Role.FILTERS) -> Comment:
    return comment.with_decision(a_decision(Action.APPROVE, role, "mo" if role is Role.MODERATOR else "filters"))


def published() -> Comment:
    decision = a_decision(Action.APPROVE, score=1.0, signals=(LINKS,), policy="p1", log_odds=-2.5, masked="***")
    return a_comment().with_decision(decision)


@pytest.mark.parametrize(
    ("tally", "said"),
    [
        ({}, ""),
        ({"spam": 1}, "reported by 1 reader as spam"),
        ({"other": 2}, "reported by 2 readers"),
        ({"other": 2, "spam": 1, "abuse": 2}, "reported by 5 readers as abuse and spam"),
    ],
)
def test_reports_are_summarized_in_words(tally: Mapping[str, int], said: str) -> None:
    assert report_summary(tally) == said


def test_a_comment_held_for_reports_keeps_its_signals() -> None:
    before = published()
    after = held_for_reports(before, {"spam": 3}, NOW)
    told = after.filter_decision
    assert told is not None
    assert (after.status, told.by, told.role, told.before) == (
        Status.HELD,
        DECIDED_BY_READERS,
        Role.FILTERS,
        Status.APPROVED,
    )
    assert told.signals == (LINKS, Signal(REPORTED, 1.0, "reported by 3 readers as spam", holds=True))
    assert (told.score, told.policy, told.log_odds, after.public_content) == (1.0, "p1", -2.5, "***")
    assert (after.lesson, after.can_undo) == (None, False)


def test_a_lesson_is_compared_with_the_filters_decision() -> None:
    spam = a_decision(Action.SPAM, Role.MODERATOR, "mo")
    assert lesson_quotas(held_for_reports(published(), {"spam": 3}, NOW).with_decision(spam)) == lesson_quotas(
        published().with_decision(spam)
    )


def test_a_second_hold_shows_the_latest_reports_only() -> None:
    back = approved(held_for_reports(published(), {"spam": 3}, NOW), Role.MODERATOR)
    again = held_for_reports(back, {"abuse": 4}, NOW).filter_decision
    assert again is not None
    assert [s.evidence for s in again.signals] == ["a link", "reported by 4 readers as abuse"]


def test_only_published_comments_can_be_held_for_reports() -> None:
    with pytest.raises(ActionNotAllowed):
        held_for_reports(held_for_reports(published(), {"spam": 3}, NOW), {"spam": 4}, NOW)


def test_an_approval_protects_the_comment_until_it_is_undone() -> None:
    assert not is_approved_by_moderator(published(), None)
    back = approved(held_for_reports(published(), {"spam": 3}, NOW), Role.MODERATOR)
    assert is_approved_by_moderator(back, None)
    assert back.with_undo("mo", NOW).status is Status.HELD


@pytest.mark.parametrize("role", [Role.FILTERS, Role.MODERATOR])
def test_approving_an_edit_protects_the_edited_comment(role: Role) -> None:
    comment = approved(a_comment().with_decision(a_decision(Action.HOLD)), Role.MODERATOR)
    waits = drafted(comment, "Buy my pills.", NOW)
    if role is Role.MODERATOR:
        waits = waits.with_decision(a_decision(Action.HOLD))
    draft = approved(waits, role)
    edited = comment_after_draft(comment, waits, draft)
    assert edited is not None
    assert is_approved_by_moderator(edited, draft) is (role is Role.MODERATOR)
