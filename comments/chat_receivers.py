"""Chat channels of a site that receive notices: Slack, Discord, Telegram, ntfy and Gotify."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from .moderator_notices import NoticeChoice
from .setting_values import SECRET


class ChatKind(StrEnum):
    SLACK = "slack"
    DISCORD = "discord"
    TELEGRAM = "telegram"
    NTFY = "ntfy"
    GOTIFY = "gotify"


CHAT_LABELS: Mapping[ChatKind, str] = {
    ChatKind.SLACK: "Slack",
    ChatKind.DISCORD: "Discord",
    ChatKind.TELEGRAM: "Telegram",
    ChatKind.NTFY: "ntfy",
    ChatKind.GOTIFY: "Gotify",
}


@dataclass(frozen=True, slots=True)
class ChatReceiver:
    """A chat channel. The address and the token are secrets: pages show them masked."""

    id: str
    kind: ChatKind
    name: str  # for people, such as "#moderation"
    created: datetime
    #: Of the webhook; for ntfy with the topic, for Gotify of the server.
    url: str = field(repr=False, default="", metadata=SECRET)
    #: Of the Telegram bot, the ntfy account or the Gotify application.
    token: str = field(repr=False, default="", metadata=SECRET)
    chat: str = ""  # Telegram: id of the chat, or @name of a channel
    choice: NoticeChoice = field(default_factory=NoticeChoice)
    open_links: bool = False  # links decide without sign-in: everybody in the channel can use them
    enabled: bool = True

    @property
    def masked_url(self) -> str:
        """The host, the only part of the address that may be shown: the path can be a secret."""
        return f"{urlsplit(self.url).hostname or ''}/…" if self.url else ""

    @property
    def masked_token(self) -> str:
        return f"…{self.token[-4:]}" if len(self.token) >= 12 else "…" if self.token else ""
