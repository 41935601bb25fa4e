"""`replygate notices`: manage the chat channels that receive notices, and the operator's Telegram bot."""

import secrets
from dataclasses import replace

import click

from comments.audit import CONSOLE, AuditAction, AuditEntry
from comments.channel_rules import channel_problems, channel_summary
from comments.chat_receivers import ChatKind, ChatReceiver
from comments.errors import Invalid, NotFound
from comments.moderator_notices import NoticeChoice, NoticeFrequency, NoticeTopic
from comments.notice_links import CHAT_RECEIVER, telegram_secret
from comments.pseudonyms import Pseudonyms
from comments.site import Site
from replygate.deployment import current_deployment
from replygate.text_table import columns
from workers.delivery.chat_requests import ChatRequest, chat_request, send_request, telegram_request
from workers.delivery.deps import DeliveryDeps, open_http
from workers.delivery.notice_contents import test_notice

from .site_commands import site_named
from .webhook_commands import NotDelivered


@click.group()
def notices() -> None:
    """Manage the channels that receive notices."""


@notices.command("add")
@click.argument("site")
@click.argument("kind", type=click.Choice([kind.value for kind in ChatKind]))
@click.option("--name", default="", help="Name for people, such as #moderation.")
@click.option("--url", default="", help="Address of the webhook, the ntfy topic or the Gotify server.")
@click.option("--token", default="", help="Token of the bot, the account or the application.")
@click.option("--chat", default="", help="Telegram: id of the chat.")
@click.option(
    "--topic",
    "topics",
    multiple=True,
    type=click.Choice([topic.value for topic in NoticeTopic]),
    default=[topic.value for topic in NoticeChoice().topics],
    show_default=True,
    help="What to report. Can be repeated.",
)
@click.option(
    "--often",
    type=click.Choice([each.value for each in NoticeFrequency]),
    default=NoticeFrequency.INSTANT.value,
    show_default=True,
    help="How often.",
)
def add_channel(
    site: str, kind: str, name: str, url: str, token: str, chat: str, topics: tuple[str, ...], often: str
) -> None:
    """Send notices about SITE to a channel."""
    deployment, found = current_deployment(), site_named(site)
    choice = NoticeChoice(NoticeFrequency(often), tuple(map(NoticeTopic, topics)))
    id = secrets.token_hex(4)
    channel = ChatReceiver(id, ChatKind(kind), name or kind, deployment.now(), url, token, chat, choice)
    if problems := channel_problems(channel, bool(deployment.settings.telegram_bot_token)):
        raise Invalid(problems)
    entry = AuditEntry(CONSOLE, AuditAction.CHANNEL_ADD, id, after=channel_summary(channel), site=found.id)
    deployment.storage.sites.put(replace(found, chat_receivers=(*found.chat_receivers, channel)), entry)
    click.echo(f"Added {id}. Send a test message with `replygate notices test {site} {id}`.")


@notices.command("list")
@click.argument("site")
def list_channels(site: str) -> None:
    """List the channels of SITE. Secrets are masked."""
    rows = [
        (
            each.id,
            each.kind,
            each.name,
            each.masked_url or each.chat,
            each.choice.frequency,
            "on" if each.enabled else "off",
        )
        for each in site_named(site).chat_receivers
    ]
    click.echo(columns(("ID", "KIND", "NAME", "WHERE", "HOW OFTEN", "STATE"), rows))


@notices.command("remove")
@click.argument("site")
@click.argument("id")
def remove_channel(site: str, id: str) -> None:
    """Remove the channel ID and what waits for it."""
    deployment, found = current_deployment(), site_named(site)
    channel = _named(found, id)
    entry = AuditEntry(CONSOLE, AuditAction.CHANNEL_REMOVE, id, channel_summary(channel), site=found.id)
    kept = tuple(each for each in found.chat_receivers if each is not channel)
    deployment.storage.sites.put(replace(found, chat_receivers=kept), entry)
    deployment.storage.notices.forget(found.id, CHAT_RECEIVER + id)
    click.echo(f"Removed {id}.")


@notices.command("test")
@click.argument("site")
@click.argument("id")
def send_test_message(site: str, id: str) -> None:
    """Send a test message to the channel ID now, from this machine."""
    d, found = _delivery_deps(), site_named(site)
    _send(d, chat_request(d, _named(found, id), test_notice(d, found, CHAT_RECEIVER + id)))
    click.echo("Sent.")


@notices.command("telegram")
def set_telegram_webhook() -> None:
    """Tell Telegram to send button presses of the operator's bot to this deployment."""
    d = _delivery_deps()
    if not d.settings.telegram_bot_token:
        raise NotFound("set REPLYGATE_TELEGRAM_BOT_TOKEN first")
    body = {
        "url": f"{d.settings.public_url.rstrip('/')}/hooks/telegram",
        "secret_token": telegram_secret(Pseudonyms(d.settings.secret_key)),
        "allowed_updates": ["message", "callback_query"],
    }
    _send(d, telegram_request(d, "", "setWebhook", body))
    click.echo(f"Telegram sends button presses to {body['url']}.")


def _delivery_deps() -> DeliveryDeps:
    deployment = current_deployment()
    return DeliveryDeps(deployment.settings, deployment.storage, deployment.now, http=open_http(deployment.settings))


def _send(d: DeliveryDeps, request: ChatRequest) -> None:
    """Raises NotDelivered."""
    result = send_request(d, request)
    if result.error:
        raise NotDelivered(f"not delivered: {result.error}")


def _named(site: Site, id: str) -> ChatReceiver:
    """Return the channel with this id. Raises NotFound, which lists the existing ones."""
    found = next((each for each in site.chat_receivers if each.id == id), None)
    if found is None:
        existing = ", ".join(each.id for each in site.chat_receivers) or "none"
        raise NotFound(f"site {site.id} has no channel {id}; existing channels: {existing}")
    return found
