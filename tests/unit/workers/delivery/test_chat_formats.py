"""Messages keep to the documented limits of each service, and strangers' text cannot mention, link or format."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from comments.notice_links import NOTICE_ACTIONS
from tests.support.builders import a_site
from workers.delivery.chat_formats import (
    discord_body,
    discord_text,
    gotify_body,
    ntfy_body,
    slack_body,
    slack_text,
    telegram_body,
)
from workers.delivery.notice_contents import MAX_EXCERPT, MAX_LISTED, Notice, NoticeRow

NASTY = "@everyone <!channel> <@U1> [x](https://evil.example) *b* `c` <b>d</b> & \\ https://evil.example <#1>"


def row(text: str = "", article: str = "The pier", n: int = 0) -> NoticeRow:
    links = tuple((action, f"https://c.example/sites/blog/decide/{'t' * 270}") for action in NOTICE_ACTIONS)
    card = f"https://c.example/review/blog/{n:026d}"
    return NoticeRow("a" * 26, 1, "Urgent", article, ("Attack", "Link"), card, text and NASTY[:100], text, links)


def notice(*rows: NoticeRow, facts: tuple[str, ...] = ()) -> Notice:
    return Notice(
        a_site(), "chat:c1", f"{len(rows)} comments need review · A blog", rows, 2, facts, "https://c.example/q"
    )


LONGEST = [
    notice(row("&" * MAX_EXCERPT, "*" * 100)),
    notice(*(row("<" * MAX_EXCERPT, "&" * 100, n) for n in range(MAX_LISTED))),
    notice(row(NASTY * 3), facts=("x" * 200,) * 80),
]


def slack_texts(body: Any) -> list[str]:
    return [block["text"]["text"] for block in body["blocks"] if block["type"] == "section"]


@pytest.mark.parametrize("long", LONGEST)
def test_slack_messages_keep_to_the_limits_of_block_kit(long: Notice) -> None:
    body = slack_body(long, None)
    assert len(body["blocks"]) <= 50
    assert all(0 < len(text) <= 3000 for text in slack_texts(body))
    assert all(len(b["text"]["text"]) <= 150 for b in body["blocks"] if b["type"] == "header")
    buttons = [button for b in body["blocks"] if b["type"] == "actions" for button in b["elements"]]
    assert all(len(button["text"]["text"]) <= 75 and len(button["url"]) <= 3000 for button in buttons)
    assert len(buttons) == 3 * len(long.rows)


@pytest.mark.parametrize("long", LONGEST)
def test_discord_messages_have_at_most_2000_characters_and_end_with_the_queue(long: Notice) -> None:
    body = discord_body(long)
    assert len(body["content"]) <= 2000
    assert body["content"].endswith("[Open the queue](<https://c.example/q>)")
    assert body["allowed_mentions"] == {"parse": []}


@pytest.mark.parametrize("long", LONGEST)
def test_telegram_messages_have_at_most_4096_characters_and_whole_tags(long: Notice) -> None:
    body = telegram_body(long, "-100", None)
    assert len(body["text"]) <= 4096
    assert body["text"].endswith('<a href="https://c.example/q">Open the queue</a>')
    assert open_tags(body["text"]) == []


@pytest.mark.parametrize("long", LONGEST)
def test_ntfy_messages_have_at_most_4096_bytes_and_three_actions(long: Notice) -> None:
    body = ntfy_body(long, "topic")
    assert len(body["message"].encode()) <= 4096
    assert len(body["actions"]) <= 3
    assert body["message"].endswith("https://c.example/q")


def test_gotify_gets_plain_text_and_a_link() -> None:
    body = gotify_body(notice(row(NASTY)))
    assert body["extras"]["client::display"] == {"contentType": "text/plain"}
    assert body["extras"]["client::notification"]["click"]["url"].startswith("https://c.example/review/blog/")


def test_slack_cannot_be_made_to_mention_or_link() -> None:
    assert "<" not in slack_text(NASTY)
    (text, *_) = slack_texts(slack_body(notice(row(NASTY)), None))
    assert re.findall(r"<([^|>]*)", text) == [row().card]


def test_discord_cannot_be_made_to_mention_or_link() -> None:
    escaped = discord_text(NASTY)
    assert "@everyone" not in escaped
    assert "<@" not in escaped
    assert "<#" not in escaped
    assert "](" not in escaped
    assert "https://" not in escaped
    assert not re.search(r"(?<!\\)[*`_~|]", escaped)


def test_telegram_shows_markup_as_text() -> None:
    text = telegram_body(notice(row(NASTY)), "1", None)["text"]
    assert "<b>d</b>" not in text
    assert "&lt;b&gt;d&lt;/b&gt;" in text


def test_a_telegram_button_that_decides_carries_at_most_64_bytes() -> None:
    body = telegram_body(notice(row()), "1", lambda _row, action: action.row.key * 64)
    (buttons,) = body["reply_markup"]["inline_keyboard"]
    assert [len(button["callback_data"]) for button in buttons] == [64, 64, 64]


class _Tags(HTMLParser):
    """Collects the tags that are open at the end. Telegram refuses a message with an open or unknown one."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        assert tag in ("b", "a", "blockquote")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def open_tags(text: str) -> list[str]:
    parser = _Tags()
    parser.feed(text)
    parser.close()
    return parser.open
