"""Channels of chat services get notices in the service's own format, with retries and its own pace."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from comments.chat_receivers import ChatKind
from comments.storage.interfaces import Storage
from comments.storage.notices import TEST_MESSAGE, NoticeItem
from tests.support.notices import ATTACK, INSTANT, NoticeDeployment, open_notices
from tests.support.receiver import fine, says
from workers.delivery.guarded_http import GuardedHTTP


@pytest.fixture
def notices(storage: Storage) -> Iterator[NoticeDeployment]:
    with open_notices(storage) as deployment:
        yield deployment


def test_slack_gets_blocks_with_links(notices: NoticeDeployment) -> None:
    notices.add_channel(ChatKind.SLACK)
    comment = notices.held(ATTACK)
    (body,) = notices.messages()
    assert body["text"] == "1 comment needs review (1 urgent) · A blog"
    (header, section, actions, end) = body["blocks"]
    assert header["type"] == "header"
    assert f"<http://127.0.0.1:8000/review/blog/{comment.id}|" in section["text"]["text"]
    assert [button["text"]["text"] for button in actions["elements"]] == ["Approve", "Spam", "Remove"]
    assert all("url" in button for button in actions["elements"])
    assert "Open the queue" in end["text"]["text"]


def test_discord_gets_content_without_mentions(notices: NoticeDeployment) -> None:
    notices.add_channel(ChatKind.DISCORD, replace(INSTANT, with_text=True))
    notices.held(content="Hello @everyone and <@123>.")
    (body,) = notices.messages()
    assert body["allowed_mentions"] == {"parse": []}
    assert "@everyone" not in body["content"]


def test_telegram_gets_html_at_the_address_of_the_bot(notices: NoticeDeployment) -> None:
    notices.add_channel(ChatKind.TELEGRAM, token="12:secret", chat="-1001", url="")
    notices.held()
    (body,) = notices.messages()
    assert (body["chat_id"], body["parse_mode"]) == ("-1001", "HTML")
    assert notices.chat.requests[0].line.startswith("POST /bot12:secret/sendMessage ")
    assert all("url" in button for button in body["reply_markup"]["inline_keyboard"][0])


def test_ntfy_gets_the_topic_and_the_token(notices: NoticeDeployment) -> None:
    notices.add_channel(ChatKind.NTFY, token="tk_1")
    notices.held(ATTACK)
    (body,) = notices.messages()
    assert (body["topic"], body["priority"]) == ("secret-path", 4)
    assert notices.chat.requests[0].line.startswith("POST / ")
    assert notices.chat.requests[0].headers["authorization"] == "Bearer tk_1"


def test_gotify_gets_a_message_with_the_key_in_a_header(notices: NoticeDeployment) -> None:
    notices.add_channel(ChatKind.GOTIFY, token="A.key", url=f"http://{notices.chat.authority}")
    notices.held()
    (body,) = notices.messages()
    assert body["title"] == "1 comment needs review · A blog"
    assert notices.chat.requests[0].line.startswith("POST /message ")
    assert notices.chat.requests[0].headers["x-gotify-key"] == "A.key"


def test_a_channel_that_is_off_gets_nothing(notices: NoticeDeployment) -> None:
    notices.add_channel(ChatKind.SLACK, enabled=False)
    notices.held()
    assert notices.messages() == []


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (b"HTTP/1.1 429 Slow\r\nRetry-After: 90\r\nContent-Length: 0\r\n\r\n", 90),
        (b'HTTP/1.1 429 Slow\r\nContent-Length: 40\r\n\r\n{"message": "wait", "retry_after": 44.2}', 45),
        (b'HTTP/1.1 429 Slow\r\nContent-Length: 35\r\n\r\n{"parameters": {"retry_after": 50}}', 50),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", 5),
    ],
)
def test_a_service_that_asks_to_wait_is_left_alone_for_so_long(
    notices: NoticeDeployment, answer: bytes, seconds: int
) -> None:
    notices.add_channel(ChatKind.DISCORD)
    notices.chat.behave = says(answer)
    notices.held()
    assert len(notices.messages()) == 1
    notices.chat.behave = fine
    notices.held()
    notices.advance(seconds=seconds - 1)
    assert len(notices.messages()) == 1
    notices.advance(seconds=1)
    bodies = notices.messages()
    assert len(bodies) == 2
    assert "2 comments need review" in bodies[1]["content"]


def test_a_refusal_for_good_is_not_repeated(notices: NoticeDeployment) -> None:
    channel = notices.add_channel(ChatKind.DISCORD)
    notices.chat.behave = says(b"HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n")
    notices.held()
    notices.send()
    notices.advance(hours=3)
    notices.send()
    assert len(notices.chat.requests) == 2, "one notice, and one about its failure"
    assert notices.storage.notices.figures()["blog", "discord", "failed"] == 2
    (result,) = notices.storage.notices.results("blog", [f"chat:{channel.id}"])
    assert result
    assert result.error == "status 404"


def test_a_private_address_is_refused_unless_the_operator_allows_it(notices: NoticeDeployment) -> None:
    channel = notices.add_channel(ChatKind.SLACK)
    notices.deps = replace(notices.deps, http=GuardedHTTP())
    notices.held()
    assert notices.messages() == []
    (result,) = notices.storage.notices.results("blog", [f"chat:{channel.id}"])
    assert result
    assert result.error == "address"


def test_a_test_message_arrives_even_if_the_channel_is_off(notices: NoticeDeployment) -> None:
    notices.add_channel(ChatKind.SLACK, replace(INSTANT, topics=()), enabled=False)
    now = notices.clock()
    notices.storage.notices.add("blog", "chat:c1", [NoticeItem(TEST_MESSAGE, "1")], now, now)
    (body,) = notices.messages()
    assert body["text"] == "Test message from Replygate · A blog"


def test_a_sender_that_died_repeats_the_notice_and_loses_none(notices: NoticeDeployment) -> None:
    notices.add_channel(ChatKind.SLACK)
    notices.held()
    notices.chat.behave = says(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
    notices.send()
    claim = notices.storage.notices.claim(notices.clock() + timedelta(seconds=6), 180)
    assert claim, "leased by a sender that then dies"
    notices.chat.behave = fine
    notices.advance(seconds=190)
    assert len(notices.messages()) == 2
