"""One page of a sorted set. A cursor names the last member seen and its score, so it survives the member's removal."""

import re

from comments.errors import Invalid, Problem

from .client import Client, text

CURSOR = re.compile(r"(\d{1,15})\.([a-z0-9-]{1,40})")


def page(client: Client, key: str, cursor: str, limit: int, newest: bool) -> tuple[list[str], str]:
    """Return up to `limit` members and the next cursor; "" at the end. Raises Invalid for a bad cursor."""
    start = _start(client, key, cursor, newest) if cursor else 0
    found = (client.zrevrange if newest else client.zrange)(key, start, start + limit, withscores=True)
    rows = [(text(member), score) for member, score in found[:limit]]
    following = f"{rows[-1][1]:.0f}.{rows[-1][0]}" if len(found) > limit else ""
    return [member for member, _ in rows], following


def place(cursor: str) -> tuple[float, str]:
    """Return the score and the member of a cursor. Raises Invalid."""
    match = CURSOR.fullmatch(cursor)
    if not match:
        raise Invalid([Problem("cursor", "malformed", "is not a valid cursor")])
    return float(match[1]), match[2]


def _start(client: Client, key: str, cursor: str, newest: bool) -> int:
    at, member = place(cursor)
    score = f"{at:.0f}"
    rank = (client.zrevrank if newest else client.zrank)(key, member)
    if rank is not None:
        return int(rank) + 1
    gone = ("(" + score, "+inf") if newest else ("-inf", "(" + score)
    return int(client.zcount(key, *gone))
