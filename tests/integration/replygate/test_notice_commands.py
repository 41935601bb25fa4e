"""`replygate notices` manages the channels of a site without a browser."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result

from comments.audit import CONSOLE, AuditAction
from comments.chat_receivers import ChatKind
from comments.moderator_notices import NoticeFrequency, NoticeTopic
from comments.notice_links import telegram_secret
from comments.pseudonyms import Pseudonyms
from comments.rq_stats import NoRQStats
from comments.storage.interfaces import Storage
from replygate.__main__ import cli
from replygate.deployment import Deployment
from tests.support.builders import SECRET, a_site, settings
from tests.support.receiver import Receiver, says

Run = Callable[..., Result]
BOT = "123456:operators-bot-token"


@pytest.fixture
def run(storage: Storage, receiver: Receiver) -> Run:
    """Run one command on a deployment that trusts the receiver and has a bot."""
    trusting = settings(
        webhook_http_allow=receiver.authority, telegram_bot_token=BOT, telegram_api=f"http://{receiver.authority}"
    )
    here = Deployment(trusting, storage, NoRQStats(), lambda: datetime.now(UTC))
    storage.sites.put(a_site())

    def command(*words: str) -> Result:
        return CliRunner().invoke(cli, ("notices", *words), obj=here, catch_exceptions=False)

    return command


def test_a_channel_is_added_listed_tested_and_removed(run: Run, storage: Storage, receiver: Receiver) -> None:
    added = run(
        "add", "blog", "slack", "--url", receiver.url, "--name", "#mods", "--topic", "urgent", "--often", "daily"
    )
    assert added.exit_code == 0, added.output
    (channel,) = storage.sites.get("blog").chat_receivers
    assert (channel.kind, channel.name) == (ChatKind.SLACK, "#mods")
    assert (channel.choice.frequency, channel.choice.topics) == (NoticeFrequency.DAILY, (NoticeTopic.URGENT,))
    listed = run("list", "blog").stdout
    assert "#mods" in listed
    assert "/hook" not in listed, "the path of the address is a secret"
    assert run("test", "blog", channel.id).stdout == "Sent.\n"
    assert json.loads(receiver.requests[-1].body)["text"] == "Test message from Replygate · A blog"
    assert run("remove", "blog", channel.id).exit_code == 0
    assert storage.sites.get("blog").chat_receivers == ()
    actions = [(entry.by, entry.action) for entry in storage.audit.all("blog")]
    assert actions == [(CONSOLE, AuditAction.CHANNEL_ADD), (CONSOLE, AuditAction.CHANNEL_REMOVE)]


def test_a_channel_that_does_not_answer_is_an_error(run: Run, storage: Storage, receiver: Receiver) -> None:
    run("add", "blog", "discord", "--url", receiver.url)
    receiver.behave = says(b"HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n")
    result = run("test", "blog", storage.sites.get("blog").chat_receivers[0].id)
    assert result.exit_code != 0
    assert "not delivered: status 404" in result.stderr


def test_wrong_fields_are_named_and_nothing_is_added(run: Run, storage: Storage) -> None:
    result = run("add", "blog", "telegram", "--chat", "", "--token", "x y")
    assert result.exit_code != 0
    assert "chat" in result.stderr
    assert "token" in result.stderr
    assert storage.sites.get("blog").chat_receivers == ()


def test_an_unknown_channel_is_an_error_that_lists_the_others(run: Run, receiver: Receiver) -> None:
    run("add", "blog", "slack", "--url", receiver.url)
    result = run("remove", "blog", "nothing")
    assert result.exit_code != 0
    assert "existing channels" in result.stderr


def test_telegram_is_told_where_to_send_presses(run: Run, receiver: Receiver) -> None:
    assert "/hooks/telegram" in run("telegram").stdout
    body = json.loads(receiver.requests[-1].body)
    assert receiver.requests[-1].line.startswith(f"POST /bot{BOT}/setWebhook ")
    assert body["url"] == "http://127.0.0.1:8000/hooks/telegram"
    assert body["secret_token"] == telegram_secret(Pseudonyms(SECRET))
    assert body["allowed_updates"] == ["message", "callback_query"]
