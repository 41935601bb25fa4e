"""Check the fields of a chat channel, and describe it for the audit log."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from .chat_receivers import CHAT_LABELS, ChatKind, ChatReceiver
from .errors import Problem
from .validation import is_web_address

#: Characters of a channel's name, address and token.
MAX_CHANNEL_NAME, MAX_CHANNEL_URL, MAX_CHANNEL_TOKEN = 80, 500, 200
_BOT_TOKEN = re.compile(r"\d{1,20}:[\w-]{10,100}", re.ASCII)
_CHAT = re.compile(r"-?\d{1,20}|@\w{4,40}", re.ASCII)
_TOPIC = re.compile(r"[\w-]{1,64}", re.ASCII)


def channel_summary(channel: ChatReceiver) -> str:
    """Describe a channel for the audit log, without secrets."""
    topics = ",".join(channel.choice.topics)
    links = ", links without sign-in" if channel.open_links else ""
    state = "on" if channel.enabled else "off"
    return f"{CHAT_LABELS[channel.kind]} {channel.name}: {topics} {channel.choice.frequency}{links}, {state}"


def channel_problems(channel: ChatReceiver, has_operator_bot: bool) -> list[Problem]:
    """Return the problems of a channel's fields. The delivery process checks again where an address leads."""
    return list(_channel_problems(channel, has_operator_bot))


def _channel_problems(channel: ChatReceiver, has_operator_bot: bool) -> Iterator[Problem]:
    if not channel.name.strip() or not channel.name.isprintable() or len(channel.name) > MAX_CHANNEL_NAME:
        yield Problem("name", "malformed", f"must be 1 to {MAX_CHANNEL_NAME} printable characters")
    token = channel.token
    if not token.isascii() or not token.isprintable() or " " in token or len(token) > MAX_CHANNEL_TOKEN:
        yield Problem("token", "malformed", "must be ASCII without spaces")
    if channel.kind is ChatKind.TELEGRAM:
        if not _CHAT.fullmatch(channel.chat):
            yield Problem("chat", "malformed", "must be a number, or @ and the name of a channel")
        if token and not _BOT_TOKEN.fullmatch(token):
            yield Problem("token", "malformed", "must look like 123456:ABC…")
        if not token and not has_operator_bot:
            yield Problem("token", "required", "is required, because the operator has set up no bot")
        return
    if channel.kind is ChatKind.GOTIFY and not token:
        yield Problem("token", "required", "is required")
    yield from _url_problems(channel)


def _url_problems(channel: ChatReceiver) -> Iterator[Problem]:
    parts = urlsplit(channel.url) if is_web_address(channel.url) and channel.url.isascii() else None
    if parts is None or parts.fragment or len(channel.url) > MAX_CHANNEL_URL:
        yield Problem("url", "malformed", "must be an https address")
    elif channel.kind is ChatKind.NTFY and not _TOPIC.fullmatch(parts.path.rstrip("/").rpartition("/")[2]):
        yield Problem("url", "malformed", "must end with the topic, like https://ntfy.sh/your-topic")
