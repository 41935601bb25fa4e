"""Buttons in Slack and Telegram decide for the person who linked the chat account, if the request is signed."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from comments.chat_receivers import ChatKind
from comments.lifecycle import Action, Status
from comments.model import Comment
from comments.notice_links import telegram_secret
from comments.pseudonyms import Pseudonyms
from comments.storage.interfaces import Storage
from tests.support.builders import SECRET, moderated
from tests.support.notices import NoticeDeployment, open_notices
from tests.support.web_app import WebApp, open_web_app

SIGNING_SECRET, BOT = "slack-signing-secret", "123456:operators-bot-token"
SLACK_USER, TELEGRAM_USER = "slack:T1:U1", "telegram:42"


@pytest.fixture
def notices(storage: Storage) -> Iterator[NoticeDeployment]:
    with open_notices(storage, slack_signing_secret=SIGNING_SECRET, telegram_bot_token=BOT) as deployment:
        yield deployment


@pytest.fixture
def web(notices: NoticeDeployment) -> WebApp:
    app = open_web_app(notices.storage, notices.deps.settings)
    app.clock.at = notices.clock.at
    return app


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


def status_of(web: WebApp, comment: Comment) -> Status:
    return web.storage.comments.get("blog", comment.id).status


def test_a_press_in_slack_decides_and_changes_the_message(web: WebApp, notices: NoticeDeployment) -> None:
    notices.add_person(notices=(), chat_users=(SLACK_USER,))
    comment, form = slack_press(notices)
    assert slack(web, form).status_code == 200
    assert status_of(web, comment) is Status.APPROVED
    entry = list(web.storage.audit.all("blog"))[-1]
    assert (entry.by, entry.via) == ("Ines", "slack")
    body = notices.messages()[-1]
    assert body["replace_original"]
    assert [b["type"] for b in body["blocks"]] == ["header", "section", "context", "section"]
    assert body["blocks"][2]["elements"][0]["text"] == "Approved by Ines"


def test_a_repeated_press_changes_nothing(web: WebApp, notices: NoticeDeployment) -> None:
    notices.add_person(notices=(), chat_users=(SLACK_USER,))
    comment, form = slack_press(notices)
    for _ in range(3):
        assert slack(web, form).status_code == 200
    assert len(web.storage.comments.get("blog", comment.id).decisions) == 2
    assert notices.messages()[-1]["blocks"][2]["elements"][0]["text"] == "Approved by Ines"


def test_a_press_on_a_decided_comment_says_who_decided(web: WebApp, notices: NoticeDeployment) -> None:
    notices.add_person(notices=(), chat_users=(SLACK_USER,))
    comment, form = slack_press(notices)
    moderated(web.storage, comment, Action.SPAM)
    slack(web, form)
    assert status_of(web, comment) is Status.SPAM
    assert notices.messages()[-1]["blocks"][2]["elements"][0]["text"] == "Marked as spam by mo"


@pytest.mark.parametrize(
    "person",
    [{"chat_users": ()}, {"chat_users": (SLACK_USER,), "roles": {"blog": "viewer"}}, {"chat_users": ("slack:T2:U1",)}],
)
def test_a_press_by_somebody_without_the_right_is_answered_to_them_alone(
    web: WebApp, notices: NoticeDeployment, person: dict[str, Any]
) -> None:
    notices.add_person(**{"notices": (), **person})
    comment, form = slack_press(notices)
    assert slack(web, form).status_code == 200
    assert status_of(web, comment) is Status.HELD
    body = notices.messages()[-1]
    assert (body["response_type"], body["replace_original"]) == ("ephemeral", False)


def test_a_wrong_or_an_old_signature_is_refused(web: WebApp, notices: NoticeDeployment) -> None:
    notices.add_person(notices=(), chat_users=(SLACK_USER,))
    comment, form = slack_press(notices)
    assert slack(web, form, secret="another").status_code == 403
    assert slack(web, form, age=301).status_code == 403
    assert slack(web, form, age=-301).status_code == 403
    assert web.anonymous().post("/hooks/slack", data=form).status_code == 403
    assert status_of(web, comment) is Status.HELD


def test_a_forged_or_an_expired_button_of_slack_decides_nothing(web: WebApp, notices: NoticeDeployment) -> None:
    notices.add_person(notices=(), chat_users=(SLACK_USER,))
    comment, form = slack_press(notices)
    payload = json.loads(form["payload"])
    payload["actions"][0]["value"] = payload["actions"][0]["value"][:-1] + "!"
    assert slack(web, {"payload": json.dumps(payload)}).status_code == 403
    web.clock.advance(timedelta(days=8))
    slack(web, form)
    assert status_of(web, comment) is Status.HELD


def code_of(web: WebApp) -> str:
    ines = web.signed_in("Ines", blog="moderator")
    found = re.search(r'<strong class="mono">(\w{8})</strong>', ines.submit("/account/notices/code").text)
    assert found
    return found[1]


def test_a_slack_account_is_linked_by_a_code_that_works_once(web: WebApp) -> None:
    form = {"command": "/replygate", "text": f" {code_of(web).lower()} ", "team_id": "T1", "user_id": "U1"}
    assert slack(web, form).json["text"].startswith("Linked to Ines.")  # type: ignore[index]
    assert web.storage.people.get("Ines").chat_users == (SLACK_USER,)
    assert "wrong or has expired" in slack(web, form).json["text"]  # type: ignore[index]


def test_codes_cannot_be_guessed(web: WebApp) -> None:
    code = code_of(web)
    form = {"command": "/replygate", "team_id": "T1", "user_id": "U1"}
    for _ in range(5):
        slack(web, {**form, "text": "AAAAAAAA"})
    assert "Too many attempts" in slack(web, {**form, "text": code}).json["text"]  # type: ignore[index]


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


def test_a_press_in_telegram_decides_answers_at_once_and_changes_the_message(
    web: WebApp, notices: NoticeDeployment
) -> None:
    notices.add_person(notices=(), chat_users=(TELEGRAM_USER,))
    comment, update = telegram_press(notices)
    answer = telegram(web, update).json
    assert answer == {"method": "answerCallbackQuery", "callback_query_id": "q1", "text": "Approved by Ines"}
    assert status_of(web, comment) is Status.APPROVED
    assert list(web.storage.audit.all("blog"))[-1].via == "telegram"
    body = notices.messages()[-1]
    assert notices.chat.requests[-1].line.startswith(f"POST /bot{BOT}/editMessageText ")
    assert body["text"] == "1 comment needs review\n\nApproved by Ines"
    assert "reply_markup" not in body
    telegram(web, update)
    assert len(web.storage.comments.get("blog", comment.id).decisions) == 2


def test_a_press_in_telegram_without_the_right_decides_nothing(web: WebApp, notices: NoticeDeployment) -> None:
    notices.add_person(notices=())
    comment, update = telegram_press(notices)
    answer = telegram(web, update).json
    assert answer
    assert answer["show_alert"]
    assert "Link your account first" in answer["text"]
    assert status_of(web, comment) is Status.HELD


def test_telegram_needs_the_secret_token(web: WebApp, notices: NoticeDeployment) -> None:
    notices.add_person(notices=(), chat_users=(TELEGRAM_USER,))
    comment, update = telegram_press(notices)
    assert telegram(web, update, secret="").status_code == 403
    assert telegram(web, update, secret="wrong").status_code == 403
    assert status_of(web, comment) is Status.HELD


def test_a_button_of_telegram_works_in_its_own_chat_only_and_for_a_week(web: WebApp, notices: NoticeDeployment) -> None:
    notices.add_person(notices=(), chat_users=(TELEGRAM_USER,))
    comment, update = telegram_press(notices)
    query = update["callback_query"]
    elsewhere = {**query, "message": {**query["message"], "chat": {"id": -5}}}
    assert telegram(web, {"callback_query": elsewhere}).json["show_alert"]  # type: ignore[index]
    forged = {**query, "data": "s" + query["data"][1:]}
    assert telegram(web, {"callback_query": forged}).json["show_alert"]  # type: ignore[index]
    web.clock.advance(timedelta(days=8))
    assert "expired" in telegram(web, update).json["text"]  # type: ignore[index]
    assert status_of(web, comment) is Status.HELD


def test_a_telegram_account_is_linked_by_a_message_to_the_bot(web: WebApp) -> None:
    message = {"text": f"/link {code_of(web)}", "from": {"id": 42}, "chat": {"id": 42}}
    answer = telegram(web, {"message": message}).json
    assert answer
    assert (answer["method"], answer["chat_id"]) == ("sendMessage", 42)
    assert web.storage.people.get("Ines").chat_users == (TELEGRAM_USER,)


def test_a_chat_account_belongs_to_one_person(web: WebApp, notices: NoticeDeployment) -> None:
    notices.add_person("Omar", notices=(), chat_users=(TELEGRAM_USER,))
    message = {"text": f"/link {code_of(web)}", "from": {"id": 42}, "chat": {"id": 42}}
    telegram(web, {"message": message})
    assert web.storage.people.get("Omar").chat_users == ()


def test_the_hooks_do_not_exist_without_an_app_and_a_bot(storage: Storage) -> None:
    app = open_web_app(storage)
    assert app.anonymous().post("/hooks/slack", data={"payload": "{}"}).status_code == 404
    assert app.anonymous().post("/hooks/telegram", json={}).status_code == 404


@pytest.mark.parametrize("update", [{}, {"message": {}}, {"callback_query": {"id": "1"}}, {"edited_message": {"x": 1}}])
def test_other_updates_of_telegram_are_taken_without_an_error(web: WebApp, update: dict[str, Any]) -> None:
    assert telegram(web, update).status_code == 200


#: Values that no field of a payload has.
ODD: list[Any] = [
    None,
    "x",
    "",
    0,
    -1,
    1.5,
    1e308,
    10**30,
    True,
    [],
    ["x"],
    [None],
    {},
    {"id": None},
    {"id": {}},
    "\x00",
    "é",
]


def paths_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of each value in a payload."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in items:
        yield from paths_in(part, (*path, key))


def with_odd_value(payload: Any, path: tuple[str | int, ...], odd: Any) -> Any:
    """Copy a payload with another value at a path, or without the field if `odd` is MISSING."""
    copied = json.loads(json.dumps(payload))
    part = copied
    for key in path[:-1]:
        part = part[key]
    if odd is MISSING:
        del part[path[-1]]
    else:
        part[path[-1]] = odd
    return copied


MISSING = object()


def test_no_signed_payload_of_slack_is_an_error_of_the_server(web: WebApp, notices: NoticeDeployment) -> None:
    notices.add_person(notices=(), chat_users=(SLACK_USER,))
    payload = json.loads(slack_press(notices)[1]["payload"])
    for path in paths_in(payload):
        for odd in (MISSING, *ODD) if path[0] != "message" or len(path) < 4 else (None,):
            answer = slack(web, {"payload": json.dumps(with_odd_value(payload, path, odd))})
            assert answer.status_code in (200, 403), (path, odd)


def test_no_signed_update_of_telegram_is_an_error_of_the_server(web: WebApp, notices: NoticeDeployment) -> None:
    notices.add_person(notices=(), chat_users=(TELEGRAM_USER,))
    press = telegram_press(notices)[1]
    message = {"message": {"text": "/link AAAAAAAA", "from": {"id": 42}, "chat": {"id": 42}}}
    for update in (press, message):
        for path in paths_in(update):
            for odd in (MISSING, *ODD):
                answer = telegram(web, with_odd_value(update, path, odd))
                assert answer.status_code == 200, (path, odd)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "1",
        '{"a": NaN}',
        "[" * 20_000,
        '{"message":' * 5_000,
        '{"a": "\\ud800"}',
        f'{{"a": {"9" * 5_000}}}',
    ],
)
def test_a_payload_that_is_no_object_is_refused(web: WebApp, text: str) -> None:
    assert slack(web, {"payload": text}).status_code == 403
    headers = {"X-Telegram-Bot-Api-Secret-Token": telegram_secret(Pseudonyms(SECRET))}
    assert web.anonymous().post("/hooks/telegram", data=text, headers=headers).status_code == 403


@pytest.mark.parametrize("ids", [{}, {"team_id": "T1"}, {"user_id": "U1"}])
def test_an_account_without_a_name_cannot_be_linked(web: WebApp, ids: dict[str, str]) -> None:
    form = {"command": "/replygate", "text": code_of(web), **ids}
    assert "does not name your account" in slack(web, form).json["text"]  # type: ignore[index]
    assert "does not name" in telegram(web, {"message": {"text": f"/link {code_of(web)}"}}).json["text"]  # type: ignore[index]
    assert web.storage.people.get("Ines").chat_users == ()


def test_a_removed_channel_takes_no_presses(web: WebApp, notices: NoticeDeployment) -> None:
    notices.add_person(notices=(), chat_users=(TELEGRAM_USER,))
    comment, update = telegram_press(notices)
    web.storage.sites.put(replace(web.storage.sites.get("blog"), chat_receivers=()))
    telegram(web, update)
    assert status_of(web, comment) is Status.HELD
