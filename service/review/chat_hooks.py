"""Presses of buttons in Slack and Telegram, with the signature of the service. Answered at once; repeats are harmless.

A message is changed by the delivery process: this process connects to no other host.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from comments.chat_receivers import ChatKind
from comments.errors import NotAllowed, NotFound, TooMany
from comments.notice_links import (
    BUTTON_LIFETIME,
    CHAT_RECEIVER,
    UPDATE_RECEIVER,
    DecisionLink,
    read_callback_data,
    read_decision_link,
    telegram_secret,
)
from comments.pseudonyms import new_id
from comments.site import Site
from comments.storage.notices import CHANGE_MESSAGE, NoticeItem
from service.accounts.chat_links import link_chat_account
from service.deps import deps

from .chat_payloads import SlackPress, TelegramMessage, TelegramPress, TelegramUpdate, payload_object
from .notice_decisions import channel_of, decide_once, describe_state, person_of_chat

blueprint = Blueprint("chat_hooks", __name__, url_prefix="/hooks")

#: Oldest request of Slack that is accepted: an older one may be a replay.
SLACK_WINDOW = timedelta(minutes=5)
#: Characters of a message in Telegram.
TELEGRAM_TEXT_MAX = 4096


@blueprint.post("/slack")
def slack_hook() -> ResponseReturnValue:
    """A press of a button, or the command that links an account."""
    request.max_content_length = deps().settings.max_form  # the request holds the whole message, percent-encoded
    _check_slack_signature(request.get_data(cache=True))
    if "command" in request.form:
        user = _slack_user(request.form.get("team_id", ""), request.form.get("user_id", ""))
        return jsonify(response_type="ephemeral", text=_linked(user, request.form.get("text", "")))
    press = SlackPress.model_validate(payload_object(request.form.get("payload", "")))
    if press.type == "block_actions":
        _slack_press(press)
    return Response(status=200)


def _check_slack_signature(body: bytes) -> None:
    """Raises NotFound without a Slack app, NotAllowed for a wrong or an old signature."""
    secret = deps().settings.slack_signing_secret
    if not secret:
        raise NotFound("no Slack app is set up")
    at, given = request.headers.get("X-Slack-Request-Timestamp", ""), request.headers.get("X-Slack-Signature", "")
    signed = hmac.new(secret.encode(), b"v0:%s:%s" % (at.encode("utf-8", "replace"), body), hashlib.sha256).hexdigest()
    is_fresh = (
        at.isascii()
        and at.isdigit()
        and len(at) < 12
        and abs(deps().now().timestamp() - int(at)) <= SLACK_WINDOW.total_seconds()
    )
    if not hmac.compare_digest(f"v0={signed}".encode(), given.encode("utf-8", "replace")) or not is_fresh:
        raise NotAllowed("The signature is wrong or too old.")


def _slack_user(team: int | str, user: int | str) -> str:
    """Name an account of Slack; "" if the request does not name it."""
    return f"slack:{team}:{user}" if team and user else ""


def _telegram_user(id: int | str) -> str:
    return f"telegram:{id}" if id else ""


def _slack_press(press: SlackPress) -> None:
    link = read_decision_link(deps().pseudonyms, "button", press.action.value)
    if link is None:
        raise NotAllowed("This button was not made here.")
    try:
        text = _decided(link, _slack_user(press.team.id, press.user.id), ChatKind.SLACK)
    except (NotAllowed, NotFound) as error:
        body = {"response_type": "ephemeral", "replace_original": False, "text": str(error)}
    else:
        body = _slack_message(press, text)
    if press.response_url:
        _queue_change(link.site, {"url": press.response_url, "body": body})


def _slack_message(press: SlackPress, text: str) -> dict[str, Any]:
    """Return the message with the result in place of the buttons that were pressed."""
    pressed = press.action.block_id
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    result = {"type": "context", "elements": [{"type": "mrkdwn", "text": escaped, "verbatim": True}]}
    blocks = [result if block.get("block_id") == pressed else block for block in press.message.blocks]
    return {"replace_original": True, "text": press.message.text, "blocks": blocks}


def _decided(link: DecisionLink, user: str, kind: ChatKind) -> str:
    """Decide and return the result in words. Raises NotAllowed, NotFound."""
    site = deps().storage.sites.get(link.site)
    if site.deleted or channel_of(site, link.receiver).kind is not kind:
        raise NotAllowed("This button was not made here.")
    person = person_of_chat(deps(), site, user)
    if link.is_expired(deps().now()):
        raise NotAllowed("This button has expired. Open the comment instead.")
    comment, _ = decide_once(deps(), site.id, link, person.name, kind.value)
    return describe_state(comment)


@blueprint.post("/telegram")
def telegram_hook() -> ResponseReturnValue:
    """A press of a button, or a message with the code that links an account."""
    given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    if not deps().settings.telegram_bot_token:
        raise NotFound("no Telegram bot is set up")
    if not hmac.compare_digest(telegram_secret(deps().pseudonyms).encode(), given.encode("utf-8", "replace")):
        raise NotAllowed("The secret token is wrong.")
    update = TelegramUpdate.model_validate(payload_object(request.get_data(as_text=True)))
    if update.callback_query:
        return _telegram_press(update.callback_query)
    message = update.message
    words = message.text.split()
    if len(words) == 2 and words[0].partition("@")[0] == "/link":
        text = _linked(_telegram_user(message.sender.id), words[1])
        return jsonify(method="sendMessage", chat_id=message.chat.id, text=text)
    return Response(status=200)


def _telegram_press(press: TelegramPress) -> Response:
    message = press.message
    try:
        link = _telegram_link(message, press.data)
        text = _decided(link, _telegram_user(press.sender.id), ChatKind.TELEGRAM)
    except (NotAllowed, NotFound) as error:
        return jsonify(method="answerCallbackQuery", callback_query_id=press.id, text=str(error)[:200], show_alert=True)
    body = {
        "chat_id": message.chat.id,
        "message_id": message.message_id,
        "text": f"{message.text}\n\n{text}"[:TELEGRAM_TEXT_MAX],
        "entities": message.entities,
        "link_preview_options": {"is_disabled": True},
    }
    _queue_change(link.site, {"method": "editMessageText", "body": body})
    return jsonify(method="answerCallbackQuery", callback_query_id=press.id, text=text[:200])


def _telegram_link(message: TelegramMessage, value: str) -> DecisionLink:
    """Find the channel that a button belongs to. Raises NotAllowed."""
    names = (str(message.chat.id), f"@{message.chat.username}")
    until = message.date + round(BUTTON_LIFETIME.total_seconds())
    for site in deps().storage.sites.all():
        for receiver in _operator_channels(site, names):
            found = read_callback_data(deps().pseudonyms, site.id, receiver, value)
            if found:
                action, comment, version = found
                return DecisionLink(site.id, receiver, "", action.value, comment, version, until)
    raise NotAllowed("This button was not made here.")


def _operator_channels(site: Site, chats: tuple[str, str]) -> list[str]:
    return [
        CHAT_RECEIVER + each.id
        for each in site.chat_receivers
        if each.kind is ChatKind.TELEGRAM and not each.token and each.chat in chats
    ]


def _linked(user: str, code: str) -> str:
    """Link a chat account by a code from the page about notices, and return the answer."""
    if not user:
        return "The request does not name your account."
    try:
        name = link_chat_account(deps(), user, code)
    except TooMany:
        return "Too many attempts. Try again in 15 minutes."
    except NotFound:
        return "This code is wrong or has expired. Create a new one on the page Notices of your account."
    return f"Linked to {name}. You can use the buttons now."


def _queue_change(site: str, content: Mapping[str, Any]) -> None:
    now = deps().now()
    item = NoticeItem(CHANGE_MESSAGE, json.dumps(content, ensure_ascii=False))
    deps().storage.notices.add(site, UPDATE_RECEIVER + new_id(), [item], now, now)
