"""One page of a list of comments sorted by time received, with the same cursors as on Redis."""

import re
from collections.abc import Sequence

from ...errors import Invalid, Problem
from ...model import Comment
from ..codec import milliseconds

CURSOR = re.compile(r"(\d{1,15})\.([a-z0-9-]{1,40})")


def page(rows: Sequence[Comment], cursor: str, limit: int, newest: bool) -> tuple[list[Comment], str]:
    """Up to `limit` of `rows`, which come the oldest first, and the next cursor. Raises Invalid for a bad one."""
    ordered = list(reversed(rows)) if newest else list(rows)
    if cursor:
        match = CURSOR.fullmatch(cursor)
        if not match:
            raise Invalid([Problem("cursor", "malformed", "is not one of our cursors")])
        last = (int(match[1]), match[2])
        ordered = [c for c in ordered if (_place(c) < last if newest else _place(c) > last)]
    found = ordered[:limit]
    following = f"{_place(found[-1])[0]}.{found[-1].id}" if len(ordered) > limit else ""
    return found, following


def _place(comment: Comment) -> tuple[int, str]:
    return milliseconds(comment.received), comment.id
