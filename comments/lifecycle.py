"""The states a comment can be in, who may move it between them, and what others are told.

queued ──filters──▶ approved | held | spam
approved ──filters, of what readers reported──▶ held
approved, held, spam, removed ──moderator──▶ approved | spam | removed, and back (undo)
queued, held, approved ──author──▶ withdrawn; queued, held ──author's edit──▶ queued

An edit of a published comment is a draft beside it, with a life of its own: applied where a comment would be approved,
and open to the next edit from there (see `comments.drafts`).
"""

from enum import StrEnum

from .errors import ActionNotAllowed


class Status(StrEnum):
    QUEUED = "queued"  # accepted over HTTP, not yet judged
    HELD = "held"  # a person has to look
    APPROVED = "approved"  # the only status readers ever see
    SPAM = "spam"
    REMOVED = "removed"  # taken down, but not spam: teaches nothing
    WITHDRAWN = "withdrawn"  # taken back by its author, for good
    APPLIED = "applied"  # a draft that was approved: what it says is what its comment says now


class Action(StrEnum):
    APPROVE = "approve"
    HOLD = "hold"
    SPAM = "spam"
    REMOVE = "remove"
    UNDO = "undo"  # take the last moderator's decision back
    EDIT = "edit"  # say it in other words
    WITHDRAW = "withdraw"


class Role(StrEnum):
    """Who decides: the filters, with readers' reports among what they see, or a person."""

    FILTERS = "filters"
    MODERATOR = "moderator"
    AUTHOR = "author"


class Outcome(StrEnum):
    """What the public API says about a comment; a spammer learns nothing from it."""

    PENDING = "pending"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Label(StrEnum):
    """What a comment teaches the learned filter."""

    HAM = "ham"
    SPAM = "spam"


RESULT = {
    Action.APPROVE: Status.APPROVED,
    Action.HOLD: Status.HELD,
    Action.SPAM: Status.SPAM,
    Action.REMOVE: Status.REMOVED,
    Action.EDIT: Status.QUEUED,
    Action.WITHDRAW: Status.WITHDRAWN,
}

OUTCOME = {
    Status.QUEUED: Outcome.PENDING,
    Status.HELD: Outcome.PENDING,
    Status.APPROVED: Outcome.PUBLISHED,
    Status.SPAM: Outcome.REFUSED,
    Status.REMOVED: Outcome.REFUSED,
    Status.WITHDRAWN: Outcome.WITHDRAWN,
    Status.APPLIED: Outcome.PUBLISHED,
}

LESSON = {Status.APPROVED: Label.HAM, Status.APPLIED: Label.HAM, Status.SPAM: Label.SPAM}

#: Moderators never see queued comments: the filters answer within moments, and undo needs a status to go back to.
ALLOWED: dict[Role, dict[Status, tuple[Action, ...]]] = {
    Role.FILTERS: {
        Status.QUEUED: (Action.APPROVE, Action.HOLD, Action.SPAM),
        Status.APPROVED: (Action.HOLD,),  # as many readers reported it: see `comments.reports`
    },
    Role.MODERATOR: {
        Status.HELD: (Action.APPROVE, Action.SPAM, Action.REMOVE),
        Status.APPROVED: (Action.SPAM, Action.REMOVE),
        Status.SPAM: (Action.APPROVE, Action.REMOVE),
        Status.REMOVED: (Action.APPROVE, Action.SPAM),
    },
    Role.AUTHOR: {
        Status.QUEUED: (Action.EDIT, Action.WITHDRAW),
        Status.HELD: (Action.EDIT, Action.WITHDRAW),
        Status.APPROVED: (Action.WITHDRAW,),
        Status.APPLIED: (Action.EDIT,),
    },
}


def actions_for(role: Role, status: Status) -> tuple[Action, ...]:
    """What `role` may do to a comment in `status`; the review page draws one button for each."""
    return ALLOWED[role].get(status, ())


def advance(status: Status, action: Action, role: Role) -> Status:
    """The status after `action`. Undo is not in the table: see `Comment.with_undo`.

    Raises ActionNotAllowed when the table above has no such step.
    """
    if action not in actions_for(role, status):
        raise ActionNotAllowed(f"{role} may not {action} a comment that is {status}")
    return RESULT[action]
