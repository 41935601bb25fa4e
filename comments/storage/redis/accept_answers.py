"""Answers of the script comments/accept, as values and errors."""

from comments.errors import Busy, Invalid, KeyReused, Problem, StaleVersion, TooMany
from comments.model import Comment
from comments.storage.thread_tree import TOO_DEEP
from comments.storage.values import Accepted

#: Seconds to wait before trying again when a site is full.
_BUSY_SECONDS = 5


def accepted(comment: Comment, answer: list[str]) -> Accepted:
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
        case ["rate_limited", seconds]:
            raise TooMany("Too many comments from your network. Try again in a minute.", int(seconds))
    raise Busy("Too many comments are waiting for a decision. Try again in a moment.", _BUSY_SECONDS)
