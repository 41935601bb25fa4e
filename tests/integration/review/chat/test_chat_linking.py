"""A person links a chat account by a code from the account page."""

import re

import pytest

from tests.support.chat_presses import SLACK_USER, TELEGRAM_USER, slack, telegram
from tests.support.notices import NoticeDeployment
from tests.support.web_app import WebApp


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


@pytest.mark.parametrize("ids", [{}, {"team_id": "T1"}, {"user_id": "U1"}])
def test_an_account_without_a_name_cannot_be_linked(web: WebApp, ids: dict[str, str]) -> None:
    form = {"command": "/replygate", "text": code_of(web), **ids}
    assert "does not name your account" in slack(web, form).json["text"]  # type: ignore[index]
    assert "does not name" in telegram(web, {"message": {"text": f"/link {code_of(web)}"}}).json["text"]  # type: ignore[index]
    assert web.storage.people.get("Ines").chat_users == ()
