"""Send messages to chat services, and read from the answer whether and when to try again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from comments.chat_receivers import ChatKind, ChatReceiver
from comments.errors import NotSent
from comments.notice_links import BUTTON_LIFETIME, CHAT_RECEIVER, DecisionLink, callback_data, link_token, seconds_until
from comments.pseudonyms import Pseudonyms

from .chat_formats import ButtonValue, discord_body, gotify_body, ntfy_body, slack_body, telegram_body
from .deps import DeliveryDeps
from .notice_contents import Notice

#: Longest rest that a service can ask for, in seconds.
MAX_RETRY_AFTER = 3_600


@dataclass(frozen=True, slots=True)
class SendResult:
    """The result of one message. An empty error means that it was sent."""

    error: str = ""
    retry_after: int = 0  # seconds that the service asked for
    permanent: bool = False  # a retry is pointless


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One request to a chat service; its address and headers contain secrets."""

    url: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


def chat_request(d: DeliveryDeps, receiver: ChatReceiver, notice: Notice) -> ChatRequest:
    """Return the request that shows a notice in a channel."""
    if receiver.kind is ChatKind.SLACK:
        return ChatRequest(receiver.url, {}, slack_body(notice, _slack_button(d, notice)))
    if receiver.kind is ChatKind.DISCORD:
        return ChatRequest(receiver.url, {}, discord_body(notice))
    if receiver.kind is ChatKind.TELEGRAM:
        body = telegram_body(notice, receiver.chat, _telegram_button(d, receiver, notice))
        return telegram_request(d, receiver.token, "sendMessage", body)
    if receiver.kind is ChatKind.NTFY:
        server, _, topic = receiver.url.rstrip("/").rpartition("/")
        headers = {"Authorization": f"Bearer {receiver.token}"} if receiver.token else {}
        return ChatRequest(server + "/", headers, ntfy_body(notice, topic))
    return ChatRequest(f"{receiver.url.rstrip('/')}/message", {"X-Gotify-Key": receiver.token}, gotify_body(notice))


def telegram_request(d: DeliveryDeps, token: str, method: str, body: Mapping[str, Any]) -> ChatRequest:
    """Return a call of Telegram's API; without a token it is made by the operator's bot."""
    of = quote(token or d.settings.telegram_bot_token, safe=":")
    return ChatRequest(f"{d.settings.telegram_api.rstrip('/')}/bot{of}/{method}", {}, body)


def _slack_button(d: DeliveryDeps, notice: Notice) -> ButtonValue:
    """Slack sends presses to the operator's app only if it has one: its signing secret is set."""
    if not d.settings.slack_signing_secret:
        return None
    names, until = Pseudonyms(d.settings.secret_key), seconds_until(d.now(), BUTTON_LIFETIME)
    return lambda row, action: link_token(
        names,
        "button",
        DecisionLink(notice.site.id, notice.receiver, "", action.value, row.comment, row.version, until),
    )


def _telegram_button(d: DeliveryDeps, receiver: ChatReceiver, notice: Notice) -> ButtonValue:
    """Presses reach us only for the operator's bot."""
    if receiver.token or not d.settings.telegram_bot_token:
        return None
    names = Pseudonyms(d.settings.secret_key)
    return lambda row, action: callback_data(
        names, notice.site.id, CHAT_RECEIVER + receiver.id, action, row.comment, row.version
    )


def send_request(d: DeliveryDeps, request: ChatRequest) -> SendResult:
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Replygate", **request.headers}
    try:
        answer = d.http.exchange(request.url, headers, json.dumps(request.body, ensure_ascii=False).encode())
    except NotSent as error:
        return SendResult(str(error.kind))
    if 200 <= answer.status < 300:
        return SendResult()
    if answer.status == 429 or answer.status >= 500:
        return SendResult(f"status {answer.status}", _retry_after(answer.retry_after, answer.body))
    return SendResult(f"status {answer.status}", permanent=400 <= answer.status < 500 and answer.status != 408)


def _retry_after(header: str, body: bytes) -> int:
    """Return the seconds to wait, from the header or from the JSON of Discord or Telegram; 0 without either."""
    try:
        found = json.loads(body) if body else {}
        given = found.get("parameters", found).get("retry_after", 0) if isinstance(found, dict) else 0
        seconds = float(header) if header.strip().isdigit() else float(given)
    except (ValueError, AttributeError, TypeError):
        return 0
    return min(MAX_RETRY_AFTER, max(0, int(-(-seconds // 1)))) if seconds == seconds else 0
