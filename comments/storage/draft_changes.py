"""Changes that are made together or not at all: a draft's, and what follows from it for its comment."""

from collections.abc import Iterator, Mapping, Sequence

from comments.drafts import comment_after_draft
from comments.lifecycle import Action, Status
from comments.model import Comment

from .values import CommentChange


def rewrites_submission(change: CommentChange) -> bool:
    """Whether the comment says something else from now on: by an edit, or by taking one back, and never else."""
    by_author = change.after.decisions[-1].action in (Action.EDIT, Action.UNDO)
    return by_author and change.after.content != change.before.content


def is_outbox_event(after: Comment) -> bool:
    """Whether the outbox tells of it: not that somebody edits, only what becomes of the comment."""
    return not after.draft_of and after.status is not Status.QUEUED


def revised_ids(changes: Sequence[CommentChange]) -> list[str]:
    """Ids of the comments about which some draft's change may change something."""
    applied = (c for c in changes if Status.APPLIED in (c.before.status, c.after.status))
    return [change.after.draft_of for change in applied]


def with_carried_over(
    changes: Sequence[CommentChange], comments: Mapping[str, Comment]
) -> Iterator[tuple[CommentChange, ...]]:
    """Each change, in order, with the one that goes with it. `comments` are those concerned, as they are now."""
    for change in changes:
        comment = comments.get(change.after.draft_of)
        follows = comment_after_draft(comment, change.before, change.after) if comment else None
        yield (change, CommentChange(comment, follows)) if comment and follows else (change,)
