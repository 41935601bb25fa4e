"""Values that every moderators' page needs: the table of actions and shortcuts, the clock, links."""

from collections.abc import Mapping
from functools import partial

from comments.lifecycle import BUTTONS, MODERATOR_ACTIONS, Action, Status
from comments.signals import signal_title
from comments.text_notes import deletion_note
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web.reasons import spam_percentage

from .canned_replies import canned_replies
from .presenter import thread_link, web_link
from .reason_line import reason_line

#: Keys that do not act on comments: name, key and help text. Keys of actions are in the table of actions.
SHORTCUTS = (
    ("next", "j", "next comment"),
    ("previous", "k", "previous comment"),
    ("select", "x", "select a comment; actions then apply to all selected comments"),
    ("note", "n", "add a note for the team"),
    ("reply", "c", "reply as the team"),
    ("accept", "y", "take the decision that is proposed"),
    ("open", "o", "open the comment's page"),
    ("expand", "e", "show the whole text"),
    ("search", "/", "search"),
    ("help", "?", "show this list"),
)

#: Text and colour that announce a new status, for statuses that no moderator action leads to.
CHANGES: Mapping[Status, tuple[str, str]] = {
    Status.HELD: ("Back in review", "warn"),
    Status.QUEUED: ("Edited by its author", "warn"),
    Status.WITHDRAWN: ("Withdrawn by its author", "warn"),
    Status.APPLIED: (Action.APPROVE.row.past, Action.APPROVE.row.tone),
}


def page_context(signed: SignedIn) -> dict[str, object]:
    return {
        "signed": signed,
        "percent": spam_percentage,
        "now": deps().now(),
        "buttons": BUTTONS,
        "undo": Action.UNDO,
        "action_named": Action,
        "shortcuts": SHORTCUTS,
        "script_table": script_table(),
        "web_link": web_link,
        "deletion_note": deletion_note,
        "thread_link": thread_link,
        "signal_title": partial(signal_title, deps().signals),
        "summary_of": reason_line,
        "canned_replies": canned_replies,
    }


def script_table() -> dict[str, object]:
    """The actions, shortcuts and statuses for the scripts of the pages, as JSON types."""
    decided = {a.row.result: (a.row.past, a.row.tone) for a in reversed(MODERATOR_ACTIONS) if a.row.result}
    return {
        "actions": {
            a.value: {
                "key": a.row.key,
                "tone": a.row.tone,
                "past": a.row.past,
                "result": a.row.result,
                "ask": a.row.bulk,
                "bulk": a.row.bulk_done,
            }
            for a in BUTTONS
        },
        "shortcuts": {name: key for name, key, _ in SHORTCUTS},
        "statuses": {
            status: {"text": text, "tone": tone, "label": status.label}
            for status, (text, tone) in {**decided, **CHANGES}.items()
        },
    }
