"""What authors do with their own comments: say them in other words, or take them back.

A comment that waits is changed itself, and judged again. A published one stays as it is, and its edit is a draft beside
it: a comment of its own for the queue, the filters and the moderators, which readers never see. Once the draft is
approved, its comment says what it says.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from .lifecycle import Action, Role, Status, actions_for
from .model import DRAFT, Comment, Decision

#: Who decided, in histories and in the audit. Not a possible moderator's name.
AUTHOR = "its author"
#: A decision that is older when it is kept is dated back, as a made-up past is; far longer than a lease.
DATED_BACK = timedelta(minutes=10)
#: Edits of one comment at most: its history and the work of judging stay bounded.
MAX_EDITS = 20


def draft_id(id: str) -> str:
    return id + DRAFT


def drafted(comment: Comment, content: str, at: datetime) -> Comment:
    """A first draft of a published comment; everything but the content is the comment's.

    So is not what the comment's form told of its time and work: the edit came by another.
    """
    edit = _edit(comment, Status.QUEUED, at)
    fresh = replace(comment, id=draft_id(comment.id), received=at, status=Status.QUEUED, form_seconds=-1, form_proof="")
    return replace(fresh, content=content, version=1, decisions=(edit,))


def edited(comment: Comment, content: str, at: datetime) -> Comment:
    """A comment that waits, or a draft, in other words: to be judged anew. Raises ActionNotAllowed for any other."""
    after = _forgetful(comment).with_decision(_edit(comment, Status.QUEUED, at))
    return replace(after, content=content)


def is_open(comment: Comment, draft: Comment | None) -> bool:
    """Whether its author may say it in other words; a draft that was refused is the last."""
    last = draft if draft and comment.status is Status.APPROVED else comment
    return last.status is Status.APPROVED or Action.EDIT in actions_for(Role.AUTHOR, last.status)


def in_other_words(
    comment: Comment, draft: Comment | None, content: str, at: datetime
) -> tuple[Comment | None, Comment]:
    """What an edit replaces, and by what; a first draft replaces nothing. Raises ActionNotAllowed."""
    if comment.status is not Status.APPROVED:
        return comment, edited(comment, content, at)
    return (draft, edited(draft, content, at)) if draft else (None, drafted(comment, content, at))


def withdrawn(comment: Comment, at: datetime) -> Comment:
    """Raises ActionNotAllowed for what was refused, or is withdrawn already."""
    return comment.with_decision(Decision(Action.WITHDRAW, Status.WITHDRAWN, Role.AUTHOR, AUTHOR, at))


def carried_over(comment: Comment, before: Comment, after: Comment) -> Comment | None:
    """`comment` once its draft went from `before` to `after`; None where that changes nothing about it.

    A comment that is not published any more keeps its words.
    """
    if comment.status is not Status.APPROVED or Status.APPLIED not in (before.status, after.status):
        return None
    last = after.decisions[-1]
    if after.status is Status.APPLIED:
        return _applied(comment, after, last.at)
    if last.action is Action.UNDO and comment.content == before.content:
        return _taken_back(comment, last)
    return None


def _applied(comment: Comment, draft: Comment, at: datetime) -> Comment:
    masked = draft.public_content if draft.public_content != draft.content else ""
    edit = replace(_edit(comment, comment.status, at), masked=masked)
    kept = _forgetful(comment)
    return replace(kept, content=draft.content, version=comment.version + 1, decisions=(*kept.decisions, edit))


def _taken_back(comment: Comment, undo: Decision) -> Comment | None:
    standing = comment.current_decision
    if standing is None or standing.action is not Action.EDIT:
        return None
    step = replace(undo, status=comment.status, before=comment.status)
    decisions = (*comment.decisions, step)
    return replace(comment, content=standing.replaced, version=comment.version + 1, decisions=decisions)


def _edit(comment: Comment, status: Status, at: datetime) -> Decision:
    return Decision(Action.EDIT, status, Role.AUTHOR, AUTHOR, at, before=comment.status, replaced=comment.content)


def _forgetful(comment: Comment) -> Comment:
    """Without what earlier edits replaced: one text back is what a history shows, and what can be returned to."""
    if not any(d.replaced for d in comment.decisions):
        return comment
    return replace(comment, decisions=tuple(replace(d, replaced="") for d in comment.decisions))


def edits(*comments: Comment) -> int:
    """How often something was said in other words."""
    made = (d for comment in comments for d in comment.decisions if d.action is Action.EDIT)
    return sum(d.status is Status.QUEUED for d in made)  # the others say that a draft was applied


def before_edit(comment: Comment) -> Comment | None:
    """What is to be judged, with the words it had until its last edit; None where it never had others."""
    last = next((d for d in reversed(comment.decisions) if d.action is Action.EDIT), None)
    return replace(comment, content=last.replaced) if last and last.replaced else None


def published_before(comment: Comment) -> str | None:
    """What readers saw when the draft was last changed; None where it is no draft, or was changed unread."""
    last = next((d for d in reversed(comment.decisions) if d.action is Action.EDIT), None)
    known = comment.revises and last and last.before in (Status.APPROVED, Status.APPLIED)
    return last.replaced if last and known else None


def was_held(comment: Comment) -> bool:
    """Whether it waited for a person when its author changed it: then it still does."""
    last = next((d for d in reversed(comment.decisions) if d.action is not Action.EDIT), None)
    return comment.status is Status.QUEUED and last is not None and last.status is Status.HELD


def queued_since(comment: Comment) -> datetime:
    """From when on it has been waiting for the filters."""
    last = next((d for d in reversed(comment.decisions) if d.action is Action.EDIT), None)
    return last.at if last else comment.received


def waited_since(before: Comment, after: Comment, now: datetime) -> datetime:
    """From when on its wait for the filters counts, which ends now. What is dated back waited until its decision."""
    since, at = queued_since(before), after.decisions[-1].at
    return since + (now - at) if since <= at < now - DATED_BACK else since
