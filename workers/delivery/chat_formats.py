"""Write notices in the formats of chat services, within their limits and with strangers' text escaped. Pure.

Slack: https://api.slack.com/reference/block-kit, mrkdwn with &, < and > escaped.
Discord: https://discord.com/developers/docs/resources/webhook, Markdown with its characters escaped, no mentions.
Telegram: https://core.telegram.org/bots/api#sendmessage, HTML.
ntfy: https://docs.ntfy.sh/publish/#publish-as-json. Gotify: https://gotify.net/api-docs. Both show plain text.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from comments.lifecycle import Action

from .notice_contents import Notice, NoticeRow

#: Characters that each service accepts: a message, and for Slack a section and a header of a message.
TELEGRAM_MAX, DISCORD_MAX, SLACK_SECTION_MAX, SLACK_HEADER_MAX, SLACK_BLOCKS_MAX = 4096, 2000, 3000, 150, 50
#: Characters of a quoted text in Discord: escaped, and with the links of its comment, it must fit into a message.
DISCORD_TEXT_MAX = 150
#: ntfy turns a longer message into an attachment. In bytes.
NTFY_MAX, NTFY_ACTIONS_MAX = 4096, 3

#: Keeps Discord from reading the next character as part of a mention.
_NO_MENTION = "\u200b"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>:])")

#: Makes the value of a button that decides in the chat. None: buttons are links.
ButtonValue = Callable[[NoticeRow, Action], str] | None
Body = Mapping[str, Any]


def slack_text(text: str) -> str:
    """Escape a text for mrkdwn. Slack reads mentions and links only inside of < and >."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def discord_text(text: str) -> str:
    """Escape a text for Discord's Markdown. Mentions, also @everyone, and raw links lose their meaning."""
    escaped = _MARKDOWN.sub(r"\\\1", text)
    return escaped.replace("@", f"@{_NO_MENTION}").replace("<", f"<{_NO_MENTION}")


def slack_body(notice: Notice, button: ButtonValue) -> Body:
    blocks: list[Body] = [_header(notice.title)]
    for row in notice.rows:
        blocks.append(_section(_slack_row(row)))
        if buttons := _slack_buttons(row, button):
            blocks.append({"type": "actions", "elements": buttons})
    blocks += [_section(slack_text(fact)) for fact in notice.facts[: SLACK_BLOCKS_MAX // 2]]
    blocks.append(_section(f"{_more(notice)}<{notice.queue}|Open the queue>"))
    return {
        "text": slack_text(notice.title),
        "blocks": blocks[: SLACK_BLOCKS_MAX - 1] + blocks[-1:] if len(blocks) > SLACK_BLOCKS_MAX else blocks,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _header(text: str) -> Body:
    return {"type": "header", "text": {"type": "plain_text", "text": text[:SLACK_HEADER_MAX], "emoji": False}}


def _section(text: str) -> Body:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:SLACK_SECTION_MAX], "verbatim": True}}


def _slack_row(row: NoticeRow) -> str:
    lines = [f"*{slack_text(row.headline)}* · <{row.card}|{slack_text(row.article)}>"]
    lines += [slack_text(" · ".join(row.reasons))] if row.reasons else []
    quote = f"> {slack_text(row.author)}: {slack_text(row.text)}"
    if row.text and sum(map(len, (*lines, quote))) + len(lines) <= SLACK_SECTION_MAX:
        lines.append(quote)
    return "\n".join(lines)


def _slack_buttons(row: NoticeRow, button: ButtonValue) -> list[Body]:
    return [
        {
            "type": "button",
            "action_id": action.value,
            "text": {"type": "plain_text", "text": action.row.label},
            **({"value": button(row, action)} if button else {"url": url}),
            **({"style": "primary"} if action is Action.APPROVE else {}),
        }
        for action, url in row.links
    ]


def discord_body(notice: Notice) -> Body:
    parts = [f"**{discord_text(notice.title)}**"]
    for row in notice.rows:
        lines = [f"**{discord_text(row.headline)}** · [{discord_text(row.article)}](<{row.card}>)"]
        lines += [discord_text(" · ".join(row.reasons))] if row.reasons else []
        lines += [f"> {discord_text(row.author)}: {discord_text(row.text[:DISCORD_TEXT_MAX])}"] if row.text else []
        if len(notice.rows) == 1 and row.links:  # the links of several comments would not fit
            lines.append(" · ".join(f"[{action.row.label}](<{url}>)" for action, url in row.links))
        parts.append("\n".join(lines))
    parts += [discord_text(fact) for fact in notice.facts]
    end = f"{_more(notice)}[Open the queue](<{notice.queue}>)"
    return {
        "content": _joined(parts, end, DISCORD_MAX),
        "allowed_mentions": {"parse": []},
        "flags": 4,  # SUPPRESS_EMBEDS: no previews of links
    }


def telegram_body(notice: Notice, chat: str, button: ButtonValue) -> Body:
    parts = [f"<b>{escape(notice.title)}</b>"]
    for row in notice.rows:
        lines = [f'<b>{escape(row.headline)}</b> · <a href="{escape(row.card)}">{escape(row.article)}</a>']
        lines += [escape(" · ".join(row.reasons))] if row.reasons else []
        lines += [f"<blockquote>{escape(row.author)}: {escape(row.text)}</blockquote>"] if row.text else []
        parts.append("\n".join(lines))
    parts += [escape(fact) for fact in notice.facts]
    end = f'{_more(notice)}<a href="{escape(notice.queue)}">Open the queue</a>'
    keyboard = _telegram_buttons(notice.rows[0], button) if len(notice.rows) == 1 else []
    return {
        "chat_id": chat,
        "text": _joined(parts, end, TELEGRAM_MAX),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        **({"reply_markup": {"inline_keyboard": [keyboard]}} if keyboard else {}),
    }


def _telegram_buttons(row: NoticeRow, button: ButtonValue) -> list[Body]:
    return [
        {"text": action.row.label, **({"callback_data": button(row, action)} if button else {"url": url})}
        for action, url in row.links
    ]


def ntfy_body(notice: Notice, topic: str) -> Body:
    links = notice.rows[0].links if len(notice.rows) == 1 else ()
    is_urgent = any(row.headline == "Urgent" for row in notice.rows)
    return {
        "topic": topic,
        "title": notice.title[:250],
        "message": _plain(notice),
        "click": notice.rows[0].card if len(notice.rows) == 1 else notice.queue,
        "priority": 4 if is_urgent else 3,
        "actions": [
            {"action": "view", "label": action.row.label, "url": url} for action, url in links[:NTFY_ACTIONS_MAX]
        ],
    }


def gotify_body(notice: Notice) -> Body:
    is_urgent = any(row.headline == "Urgent" for row in notice.rows)
    return {
        "title": notice.title[:250],
        "message": _plain(notice),
        "priority": 8 if is_urgent else 5,
        "extras": {
            "client::display": {"contentType": "text/plain"},
            "client::notification": {"click": {"url": notice.rows[0].card if len(notice.rows) == 1 else notice.queue}},
        },
    }


def _plain(notice: Notice) -> str:
    parts = ["\n".join(_plain_row(row)) for row in notice.rows]
    text = _joined([*parts, *notice.facts], f"{_more(notice)}{notice.queue}", NTFY_MAX // 4)
    return text.encode()[:NTFY_MAX].decode(errors="ignore")


def _plain_row(row: NoticeRow) -> Iterator[str]:
    yield f"{row.headline}: {row.article}"
    if row.reasons:
        yield " · ".join(row.reasons)
    if row.text:
        yield f"{row.author}: {row.text}"
    yield row.card


def _more(notice: Notice) -> str:
    return f"And {notice.more} more. " if notice.more else ""


def _joined(parts: Sequence[str], end: str, limit: int) -> str:
    """Join parts and the end. Parts that do not fit are left out whole: half a link or tag is none."""
    kept: list[str] = []
    left = limit - len(end) - 2
    for n, part in enumerate(parts):
        rest = f"… and {len(parts) - n} more"
        if len(part) + 2 > left - len(rest) - 2:
            kept.append(rest)
            break
        kept.append(part)
        left -= len(part) + 2
    return "\n\n".join((*kept, end))
