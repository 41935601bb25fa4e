"""Replies to a comment that is taken down: they stay below a stub, or are hidden too if the site is set so."""

from .lifecycle import Status
from .model import Comment
from .site import Site


def after_takedown(before: Comment, after: Comment, site: Site) -> Comment:
    """Return the comment after a decision: with its replies hidden, if it was published and the site hides them."""
    taken_down = before.status is Status.APPROVED is not after.status
    return after.with_hidden_replies() if taken_down and site.removed_replies == "hide" else after
