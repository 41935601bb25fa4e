"""Decisions and notes of moderators: check, store and learn from them. Pages, API and bulk actions all use this."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from comments.errors import ActionNotAllowed, Invalid, NotFound, Problem, ReplygateError, StaleVersion
from comments.hidden_replies import after_takedown, hiding_ancestors, show_replies
from comments.job_queue import LEARN
from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Decision
from comments.site import Site
from comments.storage.notes_and_bulks import Note
from comments.storage.values import CommentChange
from service.deps import Deps
from service.web.client_network import client_network

HIDDEN_ABOVE = (
    "This comment is published, but hidden because a comment above it was taken down with its replies. "
    "Use the action show-replies to show it again."
)

#: A comment after its decision, or the reason why nothing changed.
DecisionOutcome = Comment | ReplygateError


@dataclass(frozen=True, slots=True)
class ModeratorDecision:
    """An action on one comment, and the version of the comment that the moderator saw."""

    id: str
    version: int
    action: Action
    reason: str = ""  # code of one of the site's reasons


def check_reason(site: Site, action: Action, reason: str) -> None:
    """Raises Invalid for a reason that the site does not have, or for an action that takes none."""
    if reason and not action.row.takes_reason:
        raise Invalid([Problem("reason", "action", f"is not allowed for the action {action}")])
    if reason and reason not in {known.code for known in site.reasons}:
        raise Invalid([Problem("reason", "unknown", "is not one of this site's reasons")])


class CommentChanged(StaleVersion):
    """Raised if the comment has changed since the moderator saw it; `comment` is its current state."""

    def __init__(self, comment: Comment) -> None:
        self.comment = comment
        super().__init__("This comment changed while you were looking at it.")


def decide_comment(deps: Deps, site: str, decision: ModeratorDecision, by: str, via: str = "") -> Comment:
    """Apply one decision and return the comment. Raises NotFound, CommentChanged, ActionNotAllowed.

    A published comment that is hidden with a comment above takes the action `show-replies`: it ends that.
    `via` is the way in which the person decided (see AuditEntry.via).
    """
    if decision.action in (Action.APPROVE, Action.SHOW_REPLIES):
        comment = deps.storage.comments.get(site, decision.id)
        if comment.version == decision.version and _is_hidden(deps, comment):
            return _shown(deps, comment, decision.action, by)
    (outcome,) = decide_all(deps, site, [decision], by, via)
    if isinstance(outcome, ReplygateError):
        raise outcome
    return outcome


def _is_hidden(deps: Deps, comment: Comment) -> bool:
    return comment.status is Status.APPROVED and not deps.storage.threads.is_visible(comment)


def _shown(deps: Deps, comment: Comment, action: Action, by: str) -> Comment:
    """Show a hidden comment again, with all other replies to the comments that hide it."""
    if action is not Action.SHOW_REPLIES:
        raise ActionNotAllowed(HIDDEN_ABOVE)
    above = hiding_ancestors(deps.storage, comment)
    if not all(show_replies(deps.storage, above, by, deps.now(), client_network(deps))):
        raise CommentChanged(deps.storage.comments.get(comment.site, comment.id))
    deps.storage.comments.wait_for_replicas(comment.site)
    return comment


def decide_all(
    deps: Deps, site: str, decisions: Sequence[ModeratorDecision], by: str, via: str = ""
) -> list[DecisionOutcome]:
    """Apply each decision independently; returns the outcomes in order.

    Takes four round trips for any number of comments. A second decision on the same comment finds it changed.
    """
    found = deps.storage.comments.load(site, [d.id for d in decisions])
    now, origin = deps.now(), client_network(deps)
    settings = deps.storage.sites.get(site)
    planned = [_plan(d, comment, settings, by, now, origin) for d, comment in zip(decisions, found, strict=True)]
    changes = [replace(change, via=via) for change in planned if isinstance(change, CommentChange)]
    applied = iter(deps.storage.comments.decide(site, changes) if changes else [])
    outcomes = list(_outcomes(deps, site, planned, applied))
    decided = [outcome.id for outcome in outcomes if isinstance(outcome, Comment)]
    if decided:
        deps.storage.presence.clear(site, by, decided)
        deps.jobs.enqueue(LEARN, site)
        deps.storage.comments.wait_for_replicas(site)
    return outcomes


def _plan(
    decision: ModeratorDecision, comment: Comment | None, site: Site, by: str, now: datetime, origin: str
) -> CommentChange | ReplygateError:
    if comment is None:
        return NotFound("there is no such comment")
    if comment.version != decision.version:
        return CommentChanged(comment)
    try:
        return CommentChange(comment, after_takedown(comment, _after(comment, decision, by, now), site), origin)
    except ActionNotAllowed as error:
        return error


def _after(comment: Comment, decision: ModeratorDecision, by: str, now: datetime) -> Comment:
    if decision.action is Action.UNDO:
        return comment.with_undo(by, now)
    if decision.action is Action.SHOW_REPLIES:
        return comment.with_replies_shown(by, now)
    # The lifecycle replaces the status.
    return comment.with_decision(
        Decision(decision.action, comment.status, Role.MODERATOR, by, now, reason=decision.reason)
    )


def _outcomes(
    deps: Deps, site: str, planned: Sequence[CommentChange | ReplygateError], applied: Iterator[bool]
) -> Iterator[DecisionOutcome]:
    for change in planned:
        if isinstance(change, ReplygateError):
            yield change
        elif next(applied):
            yield change.after
        else:
            yield CommentChanged(deps.storage.comments.get(site, change.before.id))


def add_note(deps: Deps, site: str, id: str, text: str, by: str, proposed: ModeratorDecision | None = None) -> Note:
    """Add a note for other moderators, with the decision it proposes. Raises NotFound; Invalid for an empty one."""
    deps.storage.comments.get(site, id)
    if not text.strip():
        raise Invalid([Problem("text", "required", "Write a note first.")])
    note = Note(by, deps.now(), text.strip())
    if proposed:
        note = replace(note, action=proposed.action.value, version=proposed.version)
    deps.storage.notes.add(site, id, note)
    return note
