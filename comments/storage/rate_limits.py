"""Rate limits of submissions: of the visitor's networks, and of the whole site."""

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
