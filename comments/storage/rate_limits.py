"""Rate limits of submissions: of the visitor's networks, and of the whole site."""

from math import ceil

from comments.errors import Busy, Refused, TooMany
from comments.model import Comment

#: Submissions of wider networks and of a whole site, as multiples of those of one network.
PER_MINUTE_56, PER_MINUTE_48, PER_MINUTE_SITE = 2, 4, 60
#: Stands for the site among the names of networks.
ALL_NETWORKS = "*"


def rate_limits(comment: Comment, per_minute: int) -> list[tuple[str, int]]:
    """Return each name under which a submission is counted, and how many are allowed in a minute.

    Without a limit, or without a network because the site's own server sent it, there are none.
    """
    if not per_minute or not comment.origin:
        return []
    wider = ((comment.network_56, PER_MINUTE_56), (comment.network_48, PER_MINUTE_48), (ALL_NETWORKS, PER_MINUTE_SITE))
    return [(comment.origin, per_minute), *((name, per_minute * factor) for name, factor in wider if name)]


def rate_error(name: str, seconds: int) -> Refused:
    """Return the error for the limit that was counted under `name`. A limit of the site is not the visitor's fault."""
    if name == ALL_NETWORKS:
        return Busy("Too many comments arrive at this moment. Try again in a minute.", seconds)
    return TooMany("Too many comments from your network. Try again in a minute.", seconds)


#: Bytes of submissions of wider networks and of a whole site, as multiples of those of one network. By default a site
#: takes 40 MB in an hour: 66,000 ordinary comments.
BYTES_56, BYTES_48, BYTES_SITE = 2, 4, 20


def byte_limits(comment: Comment, per_hour: int) -> list[tuple[str, int]]:
    """Return each name under which the bytes of a submission are counted, and how many are allowed in an hour.

    There are none without a limit, or without a network because the site's own server sent it.
    """
    if not per_hour or not comment.origin:
        return []
    wider = ((comment.network_56, BYTES_56), (comment.network_48, BYTES_48), (ALL_NETWORKS, BYTES_SITE))
    return [(comment.origin, per_hour), *((name, per_hour * factor) for name, factor in wider if name)]


def bytes_error(name: str, seconds: int) -> Refused:
    """Return the error for the limit on bytes that was counted under `name`."""
    minutes = f"{ceil(seconds / 60)} minute{'' if seconds <= 60 else 's'}"
    if name == ALL_NETWORKS:
        return Busy(f"Too much text arrives at this moment. Try again in {minutes}.", seconds)
    return TooMany(f"Too much text from your network. Try again in {minutes}.", seconds)
