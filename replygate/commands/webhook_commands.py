"""`replygate webhook`: the addresses that a site wants told of its decisions, their secrets, and their log."""

import secrets
import time
from dataclasses import replace

import click

from comments.audit import CONSOLE, AuditAction, AuditEntry
from comments.errors import NotFound, ReplygateError
from comments.pseudonyms import Pseudonyms
from comments.site import WEBHOOK_EVENTS, Site, Webhook
from comments.storage.values import Delivery, DeliveryStatus
from replygate.deployment import Installation, installation
from replygate.text_table import columns
from workers.delivery.address_guard import host_of, target, trusted_hosts
from workers.delivery.guarded_http import Outgoing
from workers.delivery.webhook_payload import trial
from workers.delivery.webhooks import post

from .site_commands import site_named

#: Deliveries that `log` shows; as many are kept.
SHOWN = 200


class Unreached(ReplygateError):
    """Raised when a test event did not arrive."""


@click.group()
def webhook() -> None:
    """Addresses that are told of decisions and new comments."""


@webhook.command("add")
@click.argument("site")
@click.argument("url")
@click.option(
    "--event",
    "events",
    multiple=True,
    type=click.Choice(WEBHOOK_EVENTS),
    default=WEBHOOK_EVENTS,
    show_default=True,
    help="What it is told of; may be repeated.",
)
def add(site: str, url: str, events: tuple[str, ...]) -> None:
    """Tell URL of what happens on SITE; prints the secret that signs, this once."""
    here, found = installation(), site_named(site)
    target(url, trusted_hosts(here.settings.webhook_http_allow))
    made = Webhook(secrets.token_hex(4), url, here.now(), (secrets.token_hex(4),), events)
    noted = AuditEntry(CONSOLE, AuditAction.WEBHOOK_ADD, made.id, after=_told(made), site=found.id)
    _put(here, found, (*found.webhooks, made), noted)
    click.echo(f"Added {made.id}. `replygate webhook test {site} {made.id}` tries it.", err=True)
    _show_secret(here, found, made)


@webhook.command("list")
@click.argument("site")
def show(site: str) -> None:
    """Every webhook of SITE."""
    rows = [
        (hook.id, hook.url, ",".join(hook.events), len(hook.keys), _state(hook)) for hook in site_named(site).webhooks
    ]
    click.echo(columns(("ID", "URL", "EVENTS", "SECRETS", "STATE"), rows))


@webhook.command("remove")
@click.argument("site")
@click.argument("id")
def remove(site: str, id: str) -> None:
    """Tell the webhook ID nothing more, and forget what was on its way."""
    here, found = installation(), site_named(site)
    gone = _named(found, id)
    noted = AuditEntry(CONSOLE, AuditAction.WEBHOOK_REMOVE, id, _told(gone), site=found.id)
    _put(here, found, tuple(hook for hook in found.webhooks if hook is not gone), noted)
    here.storage.deliveries.forget(found.id, id)
    click.echo(f"Removed {id}.")


@webhook.command("rotate")
@click.argument("site")
@click.argument("id")
@click.option("--finish", is_flag=True, help="Take the older secret back instead, once the receiver knows the newer.")
def rotate(site: str, id: str, finish: bool) -> None:
    """Give the webhook ID a new secret, shown this once; the one it has signs beside it until --finish."""
    here, found = installation(), site_named(site)
    hook = _named(found, id)
    keys = hook.keys[:1] if finish else (secrets.token_hex(4), hook.keys[0])
    changed = replace(hook, keys=keys)
    noted = AuditEntry(CONSOLE, AuditAction.WEBHOOK_ROTATE, id, _secrets(hook), _secrets(changed), found.id)
    _change(here, found, changed, noted)
    if finish:
        click.echo(f"Only the newer secret of {id} signs now.")
    else:
        _show_secret(here, found, changed)


@webhook.command("set")
@click.argument("site")
@click.argument("id")
@click.option("--event", "events", multiple=True, type=click.Choice(WEBHOOK_EVENTS), help="What it is told of instead.")
@click.option("--on/--off", "enabled", default=None, help="Off: it never hears of what happens meanwhile.")
def set_webhook(site: str, id: str, events: tuple[str, ...], enabled: bool | None) -> None:
    """Change what the webhook ID is told of, and whether it is told at all."""
    if not events and enabled is None:
        raise click.UsageError("say --event, --on or --off")
    here, found = installation(), site_named(site)
    before = _named(found, id)
    after = replace(before, events=events or before.events, enabled=before.enabled if enabled is None else enabled)
    _change(here, found, after, AuditEntry(CONSOLE, AuditAction.WEBHOOK_SET, id, _told(before), _told(after), found.id))
    click.echo(f"{id} is {_state(after)}, told of {', '.join(after.events)}.")


def _state(hook: Webhook) -> str:
    return "on" if hook.enabled else "off"


def _told(hook: Webhook) -> str:
    """As the audit keeps it: the host alone, since the rest of an address may be a receiver's secret."""
    return f"{host_of(hook.url)}: {','.join(hook.events)}, {_state(hook)}"


@webhook.command("test")
@click.argument("site")
@click.argument("id")
def try_out(site: str, id: str) -> None:
    """Send the webhook ID an event of type "test", from this machine and at once."""
    here, found = installation(), site_named(site)
    hook, now, began = _named(found, id), here.now(), time.monotonic()
    outgoing = Outgoing(trusted_hosts(here.settings.webhook_http_allow))
    answer, error = post(outgoing, Pseudonyms(here.settings.secret_key), found.id, hook, trial(found.id, now), now)
    if error:
        raise Unreached(f"not delivered: {error}" + (f", it answered {answer}" if answer else ""))
    click.echo(f"Answered {answer} after {(time.monotonic() - began) * 1000:.0f} ms.")


@webhook.command("log")
@click.argument("site")
def log(site: str) -> None:
    """What is on its way to the webhooks of SITE, and how the last deliveries ended."""
    deliveries = installation().storage.deliveries.recent(site_named(site).id, SHOWN)
    head = ("WEBHOOK", "EVENT", "TO", "STATE", "ANSWER", "TRIES", "MS", "AT")
    click.echo(columns(head, [_row(delivery) for delivery in deliveries]))


def _row(delivery: Delivery) -> tuple[object, ...]:
    state = f"{delivery.course} ({delivery.error})" if delivery.error else str(delivery.course)
    at = f"{delivery.due:%Y-%m-%d %H:%M:%S}"
    when = f"next {at}" if delivery.course is DeliveryStatus.PENDING else at
    answer = str(delivery.answer or "-")
    return delivery.webhook, delivery.event, delivery.host, state, answer, delivery.attempts, delivery.ms, when


def _named(site: Site, id: str) -> Webhook:
    """Raises NotFound naming the webhooks there are."""
    found = next((hook for hook in site.webhooks if hook.id == id), None)
    if found is None:
        known = ", ".join(hook.id for hook in site.webhooks) or "none"
        raise NotFound(f"{site.id} has no webhook {id}; it has {known}")
    return found


def _secrets(hook: Webhook) -> str:
    return f"{len(hook.keys)} secret{'' if len(hook.keys) == 1 else 's'}"


def _change(here: Installation, site: Site, changed: Webhook, noted: AuditEntry) -> None:
    _put(here, site, tuple(changed if hook.id == changed.id else hook for hook in site.webhooks), noted)


def _put(here: Installation, site: Site, webhooks: tuple[Webhook, ...], noted: AuditEntry) -> None:
    here.storage.sites.put(replace(site, webhooks=webhooks), noted)


def _show_secret(here: Installation, site: Site, hook: Webhook) -> None:
    click.echo(Pseudonyms(here.settings.secret_key).webhook_secret(site.id, hook.id, hook.keys[0]))
    click.echo("Keep it where only the receiver can read it: it is not shown again.", err=True)
