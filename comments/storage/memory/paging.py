"""One page of comments sorted by time received, with the same cursors as on Redis."""

import re
from collections.abc import Sequence

from comments.errors import Invalid, Problem
from comments.model import Comment
from comments.storage.codec import milliseconds

CURSOR = re.compile(r"(\d{1,15})\.([a-z0-9-]{1,40})")


def page(rows: Sequence[Comment], cursor: str, limit: int, newest: bool) -> tuple[list[Comment], str]:
    """Return up to `limit` of `rows`, which come the oldest first, and the next cursor. Raises Invalid."""
    keyed = [((milliseconds(comment.received), comment.id), comment) for comment in rows]
    if newest:
        keyed.reverse()
    if cursor:
        match = CURSOR.fullmatch(cursor)
        if not match:
            raise Invalid([Problem("cursor", "malformed", "is not a valid cursor")])
        last = (int(match[1]), match[2])
        keyed = [row for row in keyed if (row[0] < last if newest else row[0] > last)]
    (ms, id), _ = keyed[:limit][-1] if keyed else ((0, ""), None)
    return [comment for _, comment in keyed[:limit]], f"{ms}.{id}" if len(keyed) > limit else ""
