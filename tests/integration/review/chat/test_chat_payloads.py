"""No payload of Slack or Telegram is an error of the server, whatever its fields hold."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from comments.notice_links import telegram_secret
from comments.pseudonyms import Pseudonyms
from tests.support.builders import SECRET
from tests.support.chat_presses import SLACK_USER, TELEGRAM_USER, slack, slack_press, telegram, telegram_press
from tests.support.notices import NoticeDeployment
from tests.support.web_app import WebApp

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

MISSING = object()


@pytest.mark.parametrize("update", [{}, {"message": {}}, {"callback_query": {"id": "1"}}, {"edited_message": {"x": 1}}])
def test_other_updates_of_telegram_are_taken_without_an_error(web: WebApp, update: dict[str, Any]) -> None:
    assert telegram(web, update).status_code == 200


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
