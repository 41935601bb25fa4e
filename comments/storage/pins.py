"""Rules for pinned comments, which every back end applies."""

from collections.abc import Mapping

from comments.errors import Invalid, Problem
from comments.model import Comment

from .thread_tree import MAX_PINNED

#: Reasons why a comment is not pinned, by the code of the problem.
PIN_REFUSALS: Mapping[str, str] = {
    "reply": "A reply cannot be pinned. Pin the comment that starts the conversation.",
    "unpublished": "Only a comment that readers see can be pinned.",
    "full": f"This thread has {MAX_PINNED} pinned comments already. Unpin one of them first.",
}


def check_can_be_pinned(comment: Comment) -> None:
    """Raises Invalid for a reply."""
    if comment.parent:
        raise pin_refusal("reply")


def pin_refusal(code: str) -> Invalid:
    """Return the error with one of the codes of `PIN_REFUSALS`."""
    return Invalid([Problem("pinned", code, PIN_REFUSALS[code])])
