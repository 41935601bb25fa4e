"""Assistants: programs that propose decisions, and decide by themselves as far as the site allows it."""

from dataclasses import replace

from comments.audit import AuditAction, AuditEntry
from comments.errors import ActionNotAllowed, NotAllowed
from comments.lifecycle import Action, Role, Status, actions_for
from comments.model import Comment
from comments.storage.notes_and_bulks import Note
from service.accounts import sessions
from service.accounts.sessions import SignedIn
from service.deps import Deps, deps
from service.web import site_cache
from service.web.client_network import client_network

from .decisions import CommentChanged, ModeratorDecision, add_note

HOUR = 3600
#: Proposals of one person on one site in an hour. A moderator reads fewer.
PROPOSALS_PER_HOUR = 600


def require_decider(site: str, decision: ModeratorDecision) -> None:
    """Check the role for a decision whose CSRF token was checked. Moderators may take any.

    An assistant may take as many as the site allows in an hour, and only those that can be undone. It leaves comments
    alone that another person decided about, and those that do not need review.
    Raises NotAllowed, NotFound, ActionNotAllowed, TooMany.
    """
    signed = sessions.require_role(site, "assistant")
    if sessions.has_role(signed.person, site, "moderator"):
        return
    allowed = site_cache.get_site(site).assistant_actions
    if not allowed:
        raise NotAllowed("Assistants of this site may only propose decisions.")
    _check_undoable(deps().storage.comments.get(site, decision.id), decision.action, signed.person.name)
    deps().storage.people.attempt(f"decisions by {signed.person.name} on {site}", allowed, HOUR)


def _check_undoable(comment: Comment, action: Action, by: str) -> None:
    if action is Action.SHOW_REPLIES:
        raise ActionNotAllowed("Assistants may only take actions that can be undone.")
    if any(d.role is Role.MODERATOR and d.by != by for d in comment.decisions):
        raise NotAllowed("A person decided about this comment. Propose a decision instead.")
    if action is not Action.UNDO and comment.status is not Status.HELD:
        raise NotAllowed("Assistants may only decide about comments that need review. Propose a decision instead.")


def propose(deps: Deps, site: str, decision: ModeratorDecision, text: str, signed: SignedIn) -> Note:
    """Store a proposal for moderators. A repeat of the person's proposal for this version changes nothing.

    Raises NotFound, CommentChanged, ActionNotAllowed, TooMany.
    """
    comment, by = deps.storage.comments.get(site, decision.id), signed.person.name
    if comment.version != decision.version:
        raise CommentChanged(comment)
    if decision.action not in actions_for(Role.MODERATOR, comment.status):
        raise ActionNotAllowed(f"The action {decision.action} is not possible for this comment now.")
    (notes,) = deps.storage.notes.of(site, [comment.id])
    same = [n for n in notes if (n.by, n.action, n.version) == (by, decision.action, comment.version)]
    if same:
        return same[-1]
    deps.storage.people.attempt(f"proposals by {by} on {site}", PROPOSALS_PER_HOUR, HOUR)
    note = add_note(deps, site, comment.id, text, by, decision)
    entry = AuditEntry(by, AuditAction.PROPOSE, comment.id, "", decision.action, site, client_network(deps))
    deps.storage.audit.append(replace(entry, via=signed.via))
    return note
