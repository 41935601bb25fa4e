"""Comments that the filters gave up, for tests."""

from comments.given_up import GIVEN_UP
from comments.lifecycle import Action
from comments.model import Comment, Signal
from comments.storage.interfaces import CoreStorage
from comments.storage.values import CommentChange

from .builders import a_decision, accepted


def given_up(storage: CoreStorage, before: Comment | None = None, **fields: object) -> Comment:
    """Store a comment that was given up after five attempts, and return it. `before` is a queued comment to give up."""
    comment = before or accepted(storage, **fields)  # type: ignore[arg-type]  # both back ends can accept
    signals = (Signal(GIVEN_UP, 1.0, "Judging was started 5 times and never finished", holds=True),)
    after = comment.with_decision(a_decision(Action.HOLD, signals=signals))
    assert storage.comments.decide(comment.site, [CommentChange(comment, after)]) == [True]
    return after
