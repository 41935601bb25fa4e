"""Rules for edits and withdrawals by authors.

A pending comment is edited in place and judged again. The edit of a published comment is a draft: a second comment for
the queue, the filters and the moderators, which readers never see. The published comment takes over the draft's text
once the draft is approved.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from .errors import ActionNotAllowed, TooLate
from .lifecycle import Action, Outcome, Role, Status, actions_for
from .model import Comment, Decision
from .site import Site
from .storage.codec import draft_id

#: Decided by, in histories and in the audit. No moderator can have this name.
AUTHOR = "its author"
#: An older decision was backdated by an import; far longer than a lease.
BACKDATED_AFTER = timedelta(minutes=10)
#: Edits of one comment at most, so that its history and the work of judging stay bounded.
MAX_EDITS = 20


@dataclass(frozen=True, slots=True)
class AuthorView:
    """A comment and its draft, if there is one, with what the author may do now."""

    site: Site
    comment: Comment
    draft: Comment | None
    now: datetime
    hidden: bool = False  # published, but readers do not see it: a comment above it was taken down with its replies

    @property
    def content(self) -> str:
        """The author's latest text that was not refused."""
        if self.draft and self.draft.outcome is Outcome.PENDING:
            return self.draft.content
        return self.comment.content

    @property
    def edit(self) -> Outcome | None:
        """Status of the latest edit of a published comment."""
        return self.draft.outcome if self.draft else None

    @property
    def is_edited(self) -> bool:
        """True for a pending comment that was edited."""
        return self.comment.outcome is Outcome.PENDING and count_edits(self.comment) > 0

    @property
    def is_editable(self) -> bool:
        """True if the status allows an edit. A draft that was refused is the last."""
        return is_editable(self.comment, self.draft)

    @property
    def seconds_to_edit(self) -> int:
        """Seconds left to edit; 0 if the comment cannot be edited."""
        edits = count_edits(self.comment, self.draft) if self.draft else count_edits(self.comment)
        if not self.is_editable or edits >= MAX_EDITS:
            return 0
        end = self.comment.received + timedelta(seconds=self.site.edit_seconds)
        return max(0, ceil((end - self.now).total_seconds()))

    @property
    def may_withdraw(self) -> bool:
        return _can_be_withdrawn(self.comment)

    def check_edit(self, thread_closed: bool) -> None:
        """Raises ActionNotAllowed or TooLate if the author may not edit the comment now."""
        if not self.is_editable:
            raise ActionNotAllowed("A comment that was withdrawn or not published cannot be edited.")
        if thread_closed:
            raise TooLate("The thread is closed.")
        if not self.seconds_to_edit:
            raise TooLate("The time to edit this comment is over.")

    def to_withdraw(self) -> list[Comment]:
        """List the comment and its draft, without those already withdrawn. Raises ActionNotAllowed."""
        if not self.may_withdraw and self.comment.status is not Status.WITHDRAWN:
            raise ActionNotAllowed("A comment that was not published cannot be withdrawn.")
        return [c for c in (self.comment, self.draft) if c and _can_be_withdrawn(c)]


def _can_be_withdrawn(comment: Comment) -> bool:
    return Action.WITHDRAW in actions_for(Role.AUTHOR, comment.author_status)


def is_editable(comment: Comment, draft: Comment | None) -> bool:
    last = draft if draft and comment.status is Status.APPROVED else comment
    return last.status is Status.APPROVED or Action.EDIT in actions_for(Role.AUTHOR, last.author_status)


def edit_change(comment: Comment, draft: Comment | None, content: str, at: datetime) -> tuple[Comment | None, Comment]:
    """Return the comment that an edit replaces (None for a first draft) and its successor. Raises ActionNotAllowed."""
    if comment.status is not Status.APPROVED:
        return comment, edited(comment, content, at)
    return (draft, edited(draft, content, at)) if draft else (None, drafted(comment, content, at))


def drafted(comment: Comment, content: str, at: datetime) -> Comment:
    """Create the first draft of a published comment. It inherits all but the content and the form's evidence."""
    return replace(
        comment,
        id=draft_id(comment.id),
        draft_of=comment.id,
        received=at,
        content=content,
        form_seconds=-1,
        form_proof="",
        status=Status.QUEUED,
        version=1,
        decisions=(_edit(comment, Status.QUEUED, at),),
    )


def edited(comment: Comment, content: str, at: datetime) -> Comment:
    """Edit a pending comment or a draft, to be judged again. Raises ActionNotAllowed for any other."""
    after = _without_replaced_texts(comment).with_decision(_edit(comment, Status.QUEUED, at))
    return replace(after, content=content)


def withdrawn(comment: Comment, at: datetime) -> Comment:
    """Withdraw a comment. Raises ActionNotAllowed for one that was refused or is withdrawn already."""
    return comment.with_decision(Decision(Action.WITHDRAW, Status.WITHDRAWN, Role.AUTHOR, AUTHOR, at))


def comment_after_draft(comment: Comment, before: Comment, after: Comment) -> Comment | None:
    """Return the published comment after its draft changed from `before` to `after`; None if it stays the same.

    A comment that is no longer published keeps its text.
    """
    if comment.status is not Status.APPROVED or Status.APPLIED not in (before.status, after.status):
        return None
    last = after.decisions[-1]
    if after.status is Status.APPLIED:
        return _with_text_of_draft(comment, after, last.at)
    if last.action is Action.UNDO and comment.content == before.content:
        return _with_text_before_draft(comment, last)
    return None


def _with_text_of_draft(comment: Comment, draft: Comment, at: datetime) -> Comment:
    masked = draft.public_content if draft.public_content != draft.content else ""
    edit = replace(_edit(comment, comment.status, at), masked=masked)
    kept = _without_replaced_texts(comment)
    return replace(kept, content=draft.content, version=comment.version + 1, decisions=(*kept.decisions, edit))


def _with_text_before_draft(comment: Comment, undo: Decision) -> Comment | None:
    current = comment.current_decision
    if current is None or current.action is not Action.EDIT:
        return None
    step = replace(undo, status=comment.status, before=comment.status)
    decisions = (*comment.decisions, step)
    return replace(comment, content=current.replaced, version=comment.version + 1, decisions=decisions)


def _edit(comment: Comment, status: Status, at: datetime) -> Decision:
    return Decision(Action.EDIT, status, Role.AUTHOR, AUTHOR, at, before=comment.status, replaced=comment.content)


def _without_replaced_texts(comment: Comment) -> Comment:
    """Drop the texts that earlier edits replaced: history and undo need only the latest."""
    if not any(d.replaced for d in comment.decisions):
        return comment
    return replace(comment, decisions=tuple(replace(d, replaced="") for d in comment.decisions))


def count_edits(*comments: Comment) -> int:
    """Count the author's edits. Approving a draft also leaves an edit in the history, which does not count."""
    edits = (d for comment in comments for d in comment.decisions if d.action is Action.EDIT)
    return sum(d.status is Status.QUEUED for d in edits)


def before_last_edit(comment: Comment) -> Comment | None:
    """Return the comment with its text before the last edit; None if it was never edited."""
    last = _last_edit(comment)
    return replace(comment, content=last.replaced) if last and last.replaced else None


def published_text_before_edit(comment: Comment) -> str | None:
    """Return the published text at the last edit of a draft; None for other comments and unpublished ones."""
    last = _last_edit(comment)
    was_published = comment.draft_of and last and last.before in (Status.APPROVED, Status.APPLIED)
    return last.replaced if last and was_published else None


def was_held_before_edit(comment: Comment) -> bool:
    """Return True if the comment was held when its author edited it: then it is held again."""
    judged: list[Decision] = []
    for decision in comment.decisions:
        if decision.action is Action.RETRY:
            judged.pop()  # the filters had given it up
        elif decision.action is not Action.EDIT:
            judged.append(decision)
    return comment.status is Status.QUEUED and bool(judged) and judged[-1].status is Status.HELD


def queued_since(comment: Comment) -> datetime:
    """Return when the comment was queued for the filters."""
    last = next((d for d in reversed(comment.decisions) if d.action in (Action.EDIT, Action.RETRY)), None)
    return last.at if last else comment.received


def waited_since(before: Comment, after: Comment, now: datetime) -> datetime:
    """Return the start of the wait for the filters that ends now. A backdated comment waited until its decision."""
    since, at = queued_since(before), after.decisions[-1].at
    return since + (now - at) if since <= at < now - BACKDATED_AFTER else since


def _last_edit(comment: Comment) -> Decision | None:
    return next((d for d in reversed(comment.decisions) if d.action is Action.EDIT), None)
