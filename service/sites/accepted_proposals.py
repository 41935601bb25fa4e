"""Find the proposal that a moderator took, for the audit log."""

from collections.abc import Sequence

from comments.audit import AuditEntry
from comments.lifecycle import Role
from comments.model import Comment
from comments.storage.notes_and_bulks import Note


def accepted_proposal(entry: AuditEntry, comment: Comment, notes: Sequence[Note]) -> Note | None:
    """Return another person's proposal of the same decision for the version that this entry's decision changed."""
    # Entries have no version: it is that of the person's decision at that time.
    first = comment.version - len(comment.decisions)
    same = [
        (abs(decision.at - entry.at), first + n, decision.action.value)
        for n, decision in enumerate(comment.decisions)
        if decision.role is Role.MODERATOR and decision.by == entry.by and decision.action.row.audit == entry.action
    ]
    if not same:
        return None
    _, version, action = min(same)
    found = (n for n in notes if n.by != entry.by and (n.action, n.version) == (action, version))
    return next(found, None)
