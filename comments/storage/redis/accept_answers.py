"""Answers of the script comments/accept, as values and errors."""

from collections.abc import Sequence

from comments.errors import Busy, Invalid, KeyReused, Problem, StaleVersion
from comments.model import Comment
from comments.storage.rate_limits import bytes_error, rate_error
from comments.storage.thread_tree import TOO_DEEP
from comments.storage.values import Accepted

#: Seconds to wait before trying again when a site is full.
_BUSY_SECONDS = 5


def accepted(comment: Comment, answer: list[str], networks: Sequence[str]) -> Accepted:
    """Return the value of an answer, or raise its error. `networks` are the names under which it was counted."""
    match answer:
        case ["accepted", token]:
            return Accepted(comment.id, wakeup=token)
        case ["repeat", id]:
            return Accepted(id, repeat=True)
        case ["key_reused"]:
            raise KeyReused("This Idempotency-Key was already used for a different submission.")
        case ["closed"]:
            raise Invalid([Problem("thread", "closed", "Comments are closed.")])
        case ["id_taken"]:
            raise StaleVersion("A comment with this ID already exists.")
        case ["parent_unpublished"]:
            raise Invalid([Problem("parent", "unpublished", "The comment you are replying to is not published.")])
        case ["too_deep"]:
            raise Invalid([Problem("parent", "too-deep", TOO_DEEP)])
        case ["rate_limited", seconds, number]:
            raise rate_error(networks[int(number) - 1], int(seconds))
        case ["bytes_limited", seconds, number]:
            raise bytes_error(networks[int(number) - 1], int(seconds))
    raise Busy("Too many comments are waiting for a decision. Try again in a moment.", _BUSY_SECONDS)
