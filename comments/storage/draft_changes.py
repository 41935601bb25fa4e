"""Changes that apply together or not at all: one of a draft, and the one of its comment that follows from it."""

from collections.abc import Iterator, Mapping, Sequence

from comments.drafts import comment_after_draft
from comments.lifecycle import Action, Status
from comments.model import Comment
from comments.signals import PUBLISHED_UNSEEN

from .values import CommentChange


def rewrites_submission(change: CommentChange) -> bool:
    """True if the change replaces the comment's text: an edit, or the undo of one."""
    by_author = change.after.decisions[-1].action in (Action.EDIT, Action.UNDO)
    return by_author and change.after.content != change.before.content


def is_outbox_event(after: Comment) -> bool:
    """True if the outbox gets an event: for results, not for edits that wait. Of drafts only those that need review."""
    changes_status = after.status is not Status.QUEUED and after.decisions[-1].action is not Action.SHOW_REPLIES
    return changes_status and (not after.draft_of or after.status is Status.HELD)


def is_published_unseen(change: CommentChange) -> bool:
    """True if the filters published the comment of a new author without review."""
    decision = change.after.decisions[-1]
    is_first = change.before.status is Status.QUEUED and change.after.status is Status.APPROVED
    return is_first and any(signal.name == PUBLISHED_UNSEEN for signal in decision.signals)


def revised_ids(changes: Sequence[CommentChange]) -> list[str]:
    """Return the ids of comments that the change of a draft may change too."""
    applied = (c for c in changes if Status.APPLIED in (c.before.status, c.after.status))
    return [change.after.draft_of for change in applied]


def with_carried_over(
    changes: Sequence[CommentChange], comments: Mapping[str, Comment]
) -> Iterator[tuple[CommentChange, ...]]:
    """Yield each change with the change of its comment, if any. `comments` are those of `revised_ids`, by id."""
    for change in changes:
        comment = comments.get(change.after.draft_of)
        follows = comment_after_draft(comment, change.before, change.after) if comment else None
        yield (change, CommentChange(comment, follows)) if comment and follows else (change,)
