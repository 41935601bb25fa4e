"""The table of lifecycle steps, cell by cell."""

import pytest

from comments.errors import ActionNotAllowed
from comments.lifecycle import ALLOWED, OUTCOME, RESULT, Action, ActionRow, Outcome, Role, Status, actions_for, advance

STEPS = {
    (Role.FILTERS, Status.QUEUED): {Action.APPROVE, Action.HOLD, Action.SPAM},
    (Role.FILTERS, Status.APPROVED): {Action.HOLD},
    (Role.MODERATOR, Status.HELD): {Action.APPROVE, Action.SPAM, Action.REMOVE},
    (Role.MODERATOR, Status.APPROVED): {Action.SPAM, Action.REMOVE},
    (Role.MODERATOR, Status.SPAM): {Action.APPROVE, Action.REMOVE},
    (Role.MODERATOR, Status.REMOVED): {Action.APPROVE, Action.SPAM},
    (Role.STAFF, Status.QUEUED): {Action.REPLY},
    (Role.AUTHOR, Status.QUEUED): {Action.EDIT, Action.WITHDRAW},
    (Role.AUTHOR, Status.HELD): {Action.EDIT, Action.WITHDRAW},
    (Role.AUTHOR, Status.APPROVED): {Action.WITHDRAW},
    (Role.AUTHOR, Status.APPLIED): {Action.EDIT},
    (Role.OPERATOR, Status.HELD): {Action.RETRY},
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("action", Action)
def test_each_step_is_allowed_or_refused(role: Role, status: Status, action: Action) -> None:
    if action in STEPS.get((role, status), set()):
        assert advance(status, action, role) == RESULT[action]
    else:
        with pytest.raises(ActionNotAllowed):
            advance(status, action, role)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("status", Status)
def test_buttons_are_drawn_from_the_table(role: Role, status: Status) -> None:
    assert set(actions_for(role, status)) == STEPS.get((role, status), set())


def test_no_step_leads_to_the_current_status() -> None:
    """Except one: a pending comment is pending again after each edit."""
    steps = {(status, a) for rows in ALLOWED.values() for status, actions in rows.items() for a in actions}
    assert {step for step in steps if RESULT[step[1]] is step[0]} == {(Status.QUEUED, Action.EDIT)}


def test_only_the_author_withdraws_a_comment_and_no_step_restores_it() -> None:
    assert {role for role, rows in ALLOWED.items() for actions in rows.values() if Action.WITHDRAW in actions} == {
        Role.AUTHOR
    }
    assert [role for role in Role if actions_for(role, Status.WITHDRAWN)] == []


def test_readers_see_only_four_statuses() -> None:
    published = {status for status, outcome in OUTCOME.items() if outcome is Outcome.PUBLISHED}
    assert published == {Status.APPROVED, Status.APPLIED}
    assert {status for status, outcome in OUTCOME.items() if outcome is Outcome.WITHDRAWN} == {Status.WITHDRAWN}
    assert OUTCOME[Status.SPAM] is OUTCOME[Status.REMOVED] is Outcome.REFUSED
    assert OUTCOME[Status.HELD] is OUTCOME[Status.QUEUED] is Outcome.PENDING


def test_texts_of_an_action_default_to_its_label():
    row = ActionRow(past="Escalated", result=Status.HELD, label="Escalate")
    assert (row.bulk, row.bulk_done, row.help) == ("Escalate {}", "Escalated {}", "escalate the comment")
    assert ActionRow(past="Seen", result=Status.HELD).bulk == ""
