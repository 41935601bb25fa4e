"""Mail about replies, as web and workers agree on it: which kinds there are, and links that nobody else can write.

A link ends in "<comment>.<its author's keyed name>.<seconds it is good until, in hex, or 0>.<seal>". All that it is
for stands in it, so that unsubscribing also works when the comment is gone.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from .model import Comment
from .pseudonyms import Pseudonyms

#: What a commenter may ask to be told of: the value of the field `notify`.
REPLIES = "replies"

#: The two receivers in the deliveries of a site that are no webhooks, whose ids are hexadecimal.
CONFIRMATION, NOTICE = "confirmation", "notice"
MAILS = (CONFIRMATION, NOTICE)

#: How long the link in a confirmation is good.
LASTS = timedelta(days=7)

TOKEN = re.compile(r"([a-z2-7]{26})\.([\w-]{1,40})\.([0-9a-f]{1,12})\.([\w-]{22})", re.ASCII)

Purpose = Literal["confirm", "stop"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a link entitles its holder to decide about."""

    comment: str
    who: str  # Comment.identity
    until: int = 0  # seconds since the epoch; 0: for ever

    def expired(self, now: datetime) -> bool:
        return 0 < self.until < now.timestamp()


def address(names: Pseudonyms, public_url: str, purpose: Purpose, comment: Comment, now: datetime) -> str:
    """The link for the author of `comment`, and for nobody else. Those that confirm expire."""
    until = round((now + LASTS).timestamp()) if purpose == "confirm" else 0
    said = f"{comment.id}.{comment.identity}.{until:x}"
    seal = names.seal(f"mail {purpose}", comment.site, said)
    return f"{public_url.rstrip('/')}/notices/{comment.site}/{purpose}/{said}.{seal}"


def ticket(names: Pseudonyms, purpose: Purpose, site: str, token: str) -> Ticket | None:
    """What the end of a link says; None unless it is one of ours for exactly this."""
    parts = TOKEN.fullmatch(token)
    if not parts:
        return None
    comment, who, until, seal = parts.groups()
    if not hmac.compare_digest(names.seal(f"mail {purpose}", site, f"{comment}.{who}.{until}"), seal):
        return None
    return Ticket(comment, who, int(until, 16))
