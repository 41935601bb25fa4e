"""Reply notifications by email: kinds of email, and signed links to confirm and unsubscribe.

A link ends in "<comment>.<keyed name of its author>.<expiry in seconds, in hex, or 0>.<seal>". It carries everything
it needs, so unsubscribing also works after the comment is gone.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from .model import Comment
from .pseudonyms import Pseudonyms

#: Value of the field `notify`: email the author about replies.
REPLIES = "replies"

#: Receiver names of email deliveries. Webhooks have hexadecimal ids, so these cannot collide.
CONFIRMATION, NOTICE = "confirmation", "notice"
MAILS = (CONFIRMATION, NOTICE)

#: Validity of the link in a confirmation email.
CONFIRMATION_LIFETIME = timedelta(days=7)

LINK_TOKEN = re.compile(r"([a-z2-7]{26})\.([\w-]{1,40})\.([0-9a-f]{1,12})\.([\w-]{22})", re.ASCII)

Purpose = Literal["confirm", "stop"]


@dataclass(frozen=True, slots=True)
class EmailLink:
    """Contents of a valid link."""

    comment: str
    identity: str  # of the comment's author
    until: int = 0  # seconds since the epoch; 0: it never expires

    def is_expired(self, now: datetime) -> bool:
        return 0 < self.until < now.timestamp()


def link_address(names: Pseudonyms, public_url: str, purpose: Purpose, comment: Comment, now: datetime) -> str:
    """Return the link for the author of `comment`. Only links that confirm expire."""
    until = round((now + CONFIRMATION_LIFETIME).timestamp()) if purpose == "confirm" else 0
    contents = f"{comment.id}.{comment.identity}.{until:x}"
    seal = names.seal(f"mail {purpose}", comment.site, contents)
    return f"{public_url.rstrip('/')}/notices/{comment.site}/{purpose}/{contents}.{seal}"


def read_link(names: Pseudonyms, purpose: Purpose, site: str, token: str) -> EmailLink | None:
    """Read the end of a link; None unless we signed it for this purpose and site."""
    parts = LINK_TOKEN.fullmatch(token)
    if not parts:
        return None
    comment, identity, until, seal = parts.groups()
    if not hmac.compare_digest(names.seal(f"mail {purpose}", site, f"{comment}.{identity}.{until}"), seal):
        return None
    return EmailLink(comment, identity, int(until, 16))
