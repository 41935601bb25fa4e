"""Statuses, and the one table of actions: who may take each, from which status, and how pages, API and audit name it.

queued ──filters──▶ approved | held | spam; approved ──filters, after reports by readers──▶ held
approved, held, spam, removed ──moderator──▶ approved | spam | removed, and back (undo)
queued ──moderator who replies──▶ approved
queued, held, approved ──author──▶ withdrawn; queued, held ──author's edit──▶ queued; held ──operator──▶ queued

An edit of a published comment is a draft with a life cycle of its own: it is applied once it is approved, and can be
edited again after that (see `comments.drafts`).

To add an action, add a row to `Action`. The buttons, keys, API, form, bulk actions, audit and docs read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from .errors import ActionNotAllowed


class Status(StrEnum):
    QUEUED = "queued"  # accepted over HTTP, not judged yet
    HELD = "held"  # waits for a moderator
    APPROVED = "approved"  # the only status that readers see
    SPAM = "spam"
    REMOVED = "removed"  # taken down, but not spam: teaches nothing
    WITHDRAWN = "withdrawn"  # by its author, for good
    APPLIED = "applied"  # an approved draft: its text is now the text of its comment

    @property
    def label(self) -> str:
        """The name on pages."""
        return STATUS_LABELS[self]


STATUS_LABELS: Mapping[Status, str] = {
    Status.QUEUED: "Pending",
    Status.HELD: "Needs review",
    Status.APPROVED: "Published",
    Status.SPAM: "Spam",
    Status.REMOVED: "Removed",
    Status.WITHDRAWN: "Withdrawn",
    Status.APPLIED: "Published",
}


class Role(StrEnum):
    """Maker of a decision: the filters, which see readers' reports too, or a person."""

    FILTERS = "filters"
    MODERATOR = "moderator"
    STAFF = "staff"  # a moderator who writes a comment
    AUTHOR = "author"
    OPERATOR = "operator"  # has a comment judged again: see `comments.given_up`
    IMPORT = "import"  # another program, whose comments were imported


class Outcome(StrEnum):
    """A comment's public status. It does not let a spammer learn how the filters work."""

    PENDING = "pending"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Label(StrEnum):
    """Label of a lesson of the site's model."""

    HAM = "ham"
    SPAM = "spam"


@dataclass(frozen=True, slots=True)
class ActionRow:
    """Everything about one action. `{}` in a phrase stands for its comments, such as "14 comments"."""

    past: str  # "Approved", in histories and confirmations
    result: Status | None  # None for undo, which returns to the status before, and if the status stays
    allowed: Mapping[Role, tuple[Status, ...]] = field(default_factory=dict)  # from which statuses, for each role
    label: str = ""  # of its button; "" for an action without one
    key: str = ""  # keyboard shortcut
    tone: str = "warn"  # CSS class of its button and confirmation: "good", "warn" or "bad"
    bulk: str = ""  # heading and button for many comments: "Mark {} as spam"; by default the label and {}
    bulk_done: str = ""  # confirmation: "Marked {} as spam"; by default `past` and {}
    help: str = ""  # its effect, for the list of shortcuts; by default the label
    audit: str = ""  # name in the audit log; "" for an action that only the comment's history records
    lesson: Label | None = None  # taught to the site's model when a moderator takes it
    takes_reason: bool = False  # the moderator may choose a reason, which the author reads

    def __post_init__(self) -> None:
        """Derive missing texts of an action with a button from its label."""
        defaults = {
            "bulk": f"{self.label} {{}}",
            "bulk_done": f"{self.past} {{}}",
            "help": f"{self.label.lower()} the comment",
        }
        for name, text in defaults.items() if self.label else ():
            object.__setattr__(self, name, getattr(self, name) or text)


class Action(StrEnum):
    """The table of actions. The order is that of the buttons."""

    APPROVE = (
        "approve",
        ActionRow(
            past="Approved",
            result=Status.APPROVED,
            allowed={Role.FILTERS: (Status.QUEUED,), Role.MODERATOR: (Status.HELD, Status.SPAM, Status.REMOVED)},
            label="Approve",
            key="a",
            tone="good",
            bulk="Approve {}",
            bulk_done="Approved {}",
            help="publish, and teach the filter that this is not spam",
            audit="comment.approve",
            lesson=Label.HAM,
        ),
    )
    SPAM = (
        "spam",
        ActionRow(
            past="Marked as spam",
            result=Status.SPAM,
            allowed={Role.FILTERS: (Status.QUEUED,), Role.MODERATOR: (Status.HELD, Status.APPROVED, Status.REMOVED)},
            label="Spam",
            key="s",
            tone="bad",
            bulk="Mark {} as spam",
            bulk_done="Marked {} as spam",
            help="take down, and teach the filter that this is spam",
            audit="comment.spam",
            lesson=Label.SPAM,
        ),
    )
    REMOVE = (
        "remove",
        ActionRow(
            past="Removed",
            result=Status.REMOVED,
            allowed={Role.MODERATOR: (Status.HELD, Status.APPROVED, Status.SPAM)},
            label="Remove",
            key="r",
            bulk="Remove {}",
            bulk_done="Removed {}",
            help="take down, and teach the filter nothing",
            audit="comment.remove",
            takes_reason=True,
        ),
    )
    UNDO = (
        "undo",
        ActionRow(
            past="Undone",
            result=None,  # takes back the last moderator's decision: see `Comment.undone`
            label="Undo",
            key="u",
            bulk="Restore {}",
            bulk_done="Restored {}",
            help="undo the last action",
            audit="comment.undo",
        ),
    )
    SHOW_REPLIES = ("show-replies", ActionRow("Showed replies again", None, audit="comment.show_replies"))
    HOLD = (
        "hold",
        ActionRow(
            past="Sent to review",
            result=Status.HELD,
            # A published one after enough reports by readers: see `comments.report_rules`.
            allowed={Role.FILTERS: (Status.QUEUED, Status.APPROVED)},
            audit="comment.hold",
        ),
    )
    REPLY = (
        "reply",
        ActionRow("Replied", Status.APPROVED, {Role.STAFF: (Status.QUEUED,)}, tone="good", audit="comment.reply"),
    )
    EDIT = ("edit", ActionRow("Edited", Status.QUEUED, {Role.AUTHOR: (Status.QUEUED, Status.HELD, Status.APPLIED)}))
    RETRY = ("retry", ActionRow("Judged again", Status.QUEUED, {Role.OPERATOR: (Status.HELD,)}))
    IMPORT = ("import", ActionRow("Imported", None))  # with the status it had there; teaches nothing
    WITHDRAW = (
        "withdraw",
        ActionRow(
            past="Withdrawn",
            result=Status.WITHDRAWN,
            allowed={Role.AUTHOR: (Status.QUEUED, Status.HELD, Status.APPROVED)},
            audit="comment.withdraw",
        ),
    )

    row: ActionRow

    def __new__(cls, name: str, *row: ActionRow) -> Self:
        """Make a member from its name and row; `Action("spam")` looks one up by name alone."""
        action = str.__new__(cls, name)
        action._value_ = name
        (action.row,) = row
        return action


#: Actions with a button, in the order of the buttons.
BUTTONS = tuple(action for action in Action if action.row.label)
#: Actions that a moderator takes from some status; undo takes one of them back.
MODERATOR_ACTIONS = tuple(action for action in Action if Role.MODERATOR in action.row.allowed)
RESULT: Mapping[Action, Status] = {action: action.row.result for action in Action if action.row.result}
#: Moderators do not act on queued comments: the filters answer within moments, and undo needs a status to return to.
ALLOWED: Mapping[Role, Mapping[Status, tuple[Action, ...]]] = {
    role: {
        status: actions
        for status in Status
        if (actions := tuple(a for a in Action if status in a.row.allowed.get(role, ())))
    }
    for role in Role
}
#: Statuses in which moderators find comments, in the order of the tabs.
REVIEWED = tuple(ALLOWED[Role.MODERATOR])

OUTCOME: Mapping[Status, Outcome] = {
    Status.QUEUED: Outcome.PENDING,
    Status.HELD: Outcome.PENDING,
    Status.APPROVED: Outcome.PUBLISHED,
    Status.SPAM: Outcome.REFUSED,
    Status.REMOVED: Outcome.REFUSED,
    Status.WITHDRAWN: Outcome.WITHDRAWN,
    Status.APPLIED: Outcome.PUBLISHED,
}

#: What a comment in a status teaches, if a moderator put it there.
LESSON: Mapping[Status, Label] = {
    Status.APPLIED: Label.HAM,
    **{action.row.result: action.row.lesson for action in Action if action.row.result and action.row.lesson},
}


def actions_for(role: Role, status: Status) -> tuple[Action, ...]:
    """The actions that `role` may take on a comment in `status`, in the order of the buttons."""
    return ALLOWED[role].get(status, ())


def advance(status: Status, action: Action, role: Role) -> Status:
    """The status after `action`. Undo depends on the history instead: see `Comment.with_undo`.

    Raises ActionNotAllowed for a transition that is not in the table.
    """
    if action not in actions_for(role, status):
        raise ActionNotAllowed(f"The action {action} is not possible for a comment with the status {status.label}.")
    return RESULT[action]
