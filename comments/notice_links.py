"""Signed links and buttons in notices: confirm an address, unsubscribe, and decide about one comment.

A link carries all it needs. It decides once: it names the version of the comment, and every decision makes a new one.
"""

import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from .lifecycle import Action
from .pseudonyms import Pseudonyms

#: Actions that notices offer.
NOTICE_ACTIONS = (Action.APPROVE, Action.SPAM, Action.REMOVE)
#: Validity of the links.
DECISION_LIFETIME, ADDRESS_LIFETIME = timedelta(days=1), timedelta(days=2)
#: A request of Slack or Telegram is refused if its message is older.
BUTTON_LIFETIME = timedelta(days=7)
#: Prefixes of receivers: a person's email, a chat channel, an address to confirm, and a message that changes after a
#: decision in a chat.
EMAIL_RECEIVER, CHAT_RECEIVER, ADDRESS_RECEIVER, UPDATE_RECEIVER = "mail:", "chat:", "confirm:", "update:"

LinkPurpose = Literal["decide", "button", "confirm", "stop"]
TOKEN = re.compile(r"([\w-]{1,800})\.([\w-]{22})", re.ASCII)
#: A button of Telegram carries 64 bytes: the key of an action, the comment, its version in hex and a seal.
CALLBACK = re.compile(r"([a-z])([a-z2-7]{26}(?:-edit)?)\.([0-9a-f]{1,4})\.([\w-]{12})", re.ASCII)


@dataclass(frozen=True, slots=True)
class DecisionLink:
    """Permission to take one action on one version of a comment, for one receiver of notices."""

    site: str
    receiver: str  # EMAIL_RECEIVER and a person's name, or CHAT_RECEIVER and the id of a channel
    address: str  # digest of the person's email address: another address ends the link. "" for a channel
    action: str
    comment: str
    version: int
    until: int  # seconds since the epoch

    def is_expired(self, now: datetime) -> bool:
        return self.until < now.timestamp()


@dataclass(frozen=True, slots=True)
class AddressLink:
    """Permission to confirm an address, or to turn the notices of one site off."""

    person: str
    email: str
    site: str = ""
    until: int = 0  # seconds since the epoch; 0: it never expires

    def is_expired(self, now: datetime) -> bool:
        return 0 < self.until < now.timestamp()


def address_digest(names: Pseudonyms, email: str) -> str:
    """Return the part of a link that binds it to the person's address."""
    return names.seal("notice address", email)


def seconds_until(now: datetime, life: timedelta) -> int:
    return round((now + life).timestamp())


def link_token(names: Pseudonyms, purpose: LinkPurpose, link: DecisionLink | AddressLink) -> str:
    """Return the end of a link's address."""
    body = urlsafe_b64encode(json.dumps(astuple(link), ensure_ascii=False).encode()).decode().rstrip("=")
    return f"{body}.{names.seal(f'notice {purpose}', body)}"


def read_decision_link(names: Pseudonyms, purpose: LinkPurpose, token: str) -> DecisionLink | None:
    """Read the end of a link; None unless we signed it for this purpose."""
    parts = _signed_parts(names, purpose, token)
    return DecisionLink(*parts) if parts else None


def read_address_link(names: Pseudonyms, purpose: LinkPurpose, token: str) -> AddressLink | None:
    """Read the end of a link; None unless we signed it for this purpose."""
    parts = _signed_parts(names, purpose, token)
    return AddressLink(*parts) if parts else None


def _signed_parts(names: Pseudonyms, purpose: LinkPurpose, token: str) -> list[Any] | None:
    found = TOKEN.fullmatch(token)
    if not found or not hmac.compare_digest(names.seal(f"notice {purpose}", found[1]), found[2]):
        return None
    try:
        parts: list[Any] = json.loads(urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4)))
    except (ValueError, NotBase64):
        return None
    return parts


def callback_data(names: Pseudonyms, site: str, receiver: str, action: Action, comment: str, version: int) -> str:
    """Return the value of a Telegram button. It has no room for the site and the receiver; the seal names them."""
    start = f"{action.row.key}{comment}.{version:x}"
    return f"{start}.{_short_seal(names, site, receiver, start)}"


def read_callback_data(names: Pseudonyms, site: str, receiver: str, value: str) -> tuple[Action, str, int] | None:
    """Return the action, the comment and its version; None unless the button was made for this receiver."""
    found = CALLBACK.fullmatch(value)
    if not found:
        return None
    key, comment, version, seal = found.groups()
    action = next((action for action in NOTICE_ACTIONS if action.row.key == key), None)
    expected = _short_seal(names, site, receiver, f"{key}{comment}.{version}")
    return (action, comment, int(version, 16)) if action and hmac.compare_digest(expected, seal) else None


def _short_seal(names: Pseudonyms, site: str, receiver: str, start: str) -> str:
    """Return 72 bits. They are guessed over HTTP only, behind Telegram's secret token."""
    return names.seal("telegram button", site, receiver, start)[:12]


def telegram_secret(names: Pseudonyms) -> str:
    """Return the secret token with which Telegram signs its requests."""
    return names.seal("telegram webhook")
