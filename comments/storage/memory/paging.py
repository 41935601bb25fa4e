"""One page of a list of comments sorted by time received, with the same cursors as on Redis."""

import re
from collections.abc import Sequence

from comments.errors import Invalid, Problem
from comments.model import Comment
from comments.storage.codec import milliseconds

CURSOR = re.compile(r"(\d{1,15})\.([a-z0-9-]{1,40})")


def page(rows: Sequence[Comment], cursor: str, limit: int, newest: bool) -> tuple[list[Comment], str]:
    """Up to `limit` of `rows`, which come the oldest first, and the next cursor. Raises Invalid for a bad one."""
    by_place = {(milliseconds(comment.received), comment.id): comment for comment in rows}
    found, following = page_of(list(by_place), cursor, limit, newest)
    return [by_place[place] for place in found], following


def page_of(
    places: Sequence[tuple[int, str]], cursor: str, limit: int, newest: bool
) -> tuple[list[tuple[int, str]], str]:
    """The same of scores and members, the lowest first."""
    ordered = list(reversed(places)) if newest else list(places)
    if cursor:
        match = CURSOR.fullmatch(cursor)
        if not match:
            raise Invalid([Problem("cursor", "malformed", "is not one of our cursors")])
        last = (int(match[1]), match[2])
        ordered = [place for place in ordered if (place < last if newest else place > last)]
    found = ordered[:limit]
    following = f"{found[-1][0]}.{found[-1][1]}" if len(ordered) > limit else ""
    return found, following
