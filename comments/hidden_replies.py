"""Replies to a comment that is taken down: they stay below a stub, or are hidden too if the site is set so."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from .lifecycle import Status
from .model import Comment
from .site import Site
from .storage.interfaces import CoreStorage, Storage
from .storage.values import CommentChange

#: Comments in one step of `decide`.
SHOWN_AT_ONCE = 50
#: Attempts to change a comment while others decide about it.
ATTEMPTS = 5


def after_takedown(before: Comment, after: Comment, site: Site) -> Comment:
    """Return the comment after a decision: with its replies hidden, if it was published and the site hides them."""
    taken_down = before.status is Status.APPROVED is not after.status
    return after.with_hidden_replies() if taken_down and site.removed_replies == "hide" else after


def hiding_ancestors(storage: CoreStorage, comment: Comment) -> list[Comment]:
    """Return the comments above this one that hide their replies, and so this one, from readers."""
    found, above = list[Comment](), comment.parent
    while above:
        (parent,) = storage.comments.load(comment.site, [above])
        if parent is None:
            break
        found += [parent] if parent.hides_replies else []
        above = parent.parent
    return found


def show_replies(
    storage: CoreStorage, comments: Sequence[Comment], by: str, at: datetime, origin: str = ""
) -> list[bool]:
    """Show the replies to each of these comments of one site again. Returns False for those that changed meanwhile."""
    changes = [CommentChange(c, c.with_replies_shown(by, at), origin) for c in comments]
    return storage.comments.decide(comments[0].site, changes) if changes else []


def stops_hiding(before: Site, after: Site) -> bool:
    """Return True if a change of settings keeps the replies that the site hid before."""
    return before.removed_replies == "hide" != after.removed_replies


def show_all_replies(storage: Storage, site: str, by: str, at: datetime, origin: str = "") -> int:
    """Show all hidden replies of a site again. Returns the number of comments that hid what is below them.

    It can be interrupted and repeated.
    """
    batches = _batches(storage.thread_indexes.hiding(site))
    return sum(_show_batch(storage, site, ids, by, at, origin) for ids in batches)


def _show_batch(storage: Storage, site: str, ids: Sequence[str], by: str, at: datetime, origin: str) -> int:
    n = 0
    for _ in range(ATTEMPTS):
        left = [c for c in storage.comments.load(site, ids) if c and c.hides_replies]
        n += sum(show_replies(storage, left, by, at, origin)) if left else 0
        if not left:
            break
    return n


def _batches(ids: Iterator[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for id in ids:
        batch.append(id)
        if len(batch) == SHOWN_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
