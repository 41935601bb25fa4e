"""Presses of buttons in Slack and Telegram, as these services post them."""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import TestResponse

from comments.chat_receivers import ChatKind
from comments.model import Comment
from comments.notice_links import telegram_secret
from comments.pseudonyms import Pseudonyms
from tests.support.builders import SECRET
from tests.support.notices import NoticeDeployment
from tests.support.web_app import WebApp

SIGNING_SECRET, BOT = "slack-signing-secret", "123456:operators-bot-token"
SLACK_USER, TELEGRAM_USER = "slack:T1:U1", "telegram:42"


def slack(web: WebApp, form: dict[str, str], secret: str = SIGNING_SECRET, age: float = 0) -> TestResponse:
    """Post as Slack does, with its signature."""
    body = urlencode(form).encode()
    at = str(round(web.clock().timestamp() - age))
    digest = hmac.new(secret.encode(), b"v0:%s:%s" % (at.encode(), body), hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={digest}"}
    return web.anonymous().post(
        "/hooks/slack", data=body, content_type="application/x-www-form-urlencoded", headers=headers
    )


def slack_press(notices: NoticeDeployment, action: int = 0) -> tuple[Comment, dict[str, str]]:
    """Return a comment that needs review, and the form that Slack posts when a button under it is pressed."""
    notices.add_channel(ChatKind.SLACK)
    comment = notices.held()
    message = notices.messages()[-1]
    for n, block in enumerate(message["blocks"]):
        block["block_id"] = f"b{n}"
    (buttons,) = (block for block in message["blocks"] if block["type"] == "actions")
    payload = {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "response_url": f"http://{notices.chat.authority}/response",
        "message": message,
        "actions": [{"block_id": buttons["block_id"], "value": buttons["elements"][action]["value"]}],
    }
    return comment, {"payload": json.dumps(payload)}


def telegram(web: WebApp, update: dict[str, Any], secret: str | None = None) -> TestResponse:
    token = telegram_secret(Pseudonyms(SECRET)) if secret is None else secret
    return web.anonymous().post("/hooks/telegram", json=update, headers={"X-Telegram-Bot-Api-Secret-Token": token})


def telegram_press(notices: NoticeDeployment) -> tuple[Comment, dict[str, Any]]:
    notices.add_channel(ChatKind.TELEGRAM, url="", chat="-1001")
    comment = notices.held()
    message = notices.messages()[-1]
    (buttons,) = message["reply_markup"]["inline_keyboard"]
    data = buttons[0]["callback_data"]
    assert len(data.encode()) <= 64
    shown = {
        "message_id": 7,
        "chat": {"id": -1001},
        "date": round(notices.clock().timestamp()),
        "text": "1 comment needs review",
        "entities": [{"type": "bold", "offset": 0, "length": 3}],
    }
    return comment, {"callback_query": {"id": "q1", "from": {"id": 42}, "message": shown, "data": data}}
