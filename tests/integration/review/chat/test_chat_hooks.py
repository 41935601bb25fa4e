"""Buttons in Slack and Telegram decide for the person who linked the chat account, if the request is signed."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from comments.lifecycle import Action, Status
from comments.model import Comment
from comments.storage.interfaces import Storage
from tests.support.builders import moderated
from tests.support.chat_presses import BOT, SLACK_USER, TELEGRAM_USER, slack, slack_press, telegram, telegram_press
from tests.support.notices import NoticeDeployment
from tests.support.web_app import WebApp, open_web_app


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


def test_the_hooks_do_not_exist_without_an_app_and_a_bot(storage: Storage) -> None:
    app = open_web_app(storage)
    assert app.anonymous().post("/hooks/slack", data={"payload": "{}"}).status_code == 404
    assert app.anonymous().post("/hooks/telegram", json={}).status_code == 404


def test_a_removed_channel_takes_no_presses(web: WebApp, notices: NoticeDeployment) -> None:
    notices.add_person(notices=(), chat_users=(TELEGRAM_USER,))
    comment, update = telegram_press(notices)
    web.storage.sites.put(replace(web.storage.sites.get("blog"), chat_receivers=()))
    telegram(web, update)
    assert status_of(web, comment) is Status.HELD
