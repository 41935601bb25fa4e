"""`replygate webhook`: manage webhooks and their secrets, and show deliveries."""

import secrets
import time
from dataclasses import replace
from datetime import datetime

import click

from comments.audit import CONSOLE, AuditAction, AuditEntry
from comments.errors import NotFound, ReplygateError
from comments.pseudonyms import Pseudonyms
from comments.site import WEBHOOK_EVENTS, Site, Webhook
from comments.storage.deliveries import Delivery, DeliveryStatus, waits_for_receiver
from replygate.deployment import Deployment, current_deployment
from replygate.text_table import columns
from workers.delivery.address_guard import host_of, target, trusted_hosts
from workers.delivery.guarded_http import GuardedHTTP
from workers.delivery.webhook_payload import test_event
from workers.delivery.webhooks import post_event, webhook_secrets

from .site_commands import site_named

#: Deliveries that `log` shows. Storage keeps as many.
LOG_LENGTH = 200


class NotDelivered(ReplygateError):
    """Raised when a test event or a test mail was not delivered."""


@click.group()
def webhook() -> None:
    """Manage webhooks, which receive decisions and new comments."""


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
    help="An event to send. Can be repeated.",
)
def add(site: str, url: str, events: tuple[str, ...]) -> None:
    """Send events of SITE to URL. Prints the signing secret, which is shown only once."""
    deployment, found = current_deployment(), site_named(site)
    target(url, trusted_hosts(deployment.settings.webhook_http_allow))
    hook = Webhook(secrets.token_hex(4), url, deployment.now(), (secrets.token_hex(4),), events)
    entry = AuditEntry(CONSOLE, AuditAction.WEBHOOK_ADD, hook.id, after=_summary(hook), site=found.id)
    _save(deployment, found, (*found.webhooks, hook), entry)
    click.echo(f"Added {hook.id}. Send it a test event with `replygate webhook test {site} {hook.id}`.", err=True)
    _show_secret(deployment, found, hook)


@webhook.command("list")
@click.argument("site")
def show(site: str) -> None:
    """List the webhooks of SITE."""
    rows = [
        (hook.id, hook.url, ",".join(hook.events), len(hook.keys), _state(hook)) for hook in site_named(site).webhooks
    ]
    click.echo(columns(("ID", "URL", "EVENTS", "SECRETS", "STATE"), rows))


@webhook.command("remove")
@click.argument("site")
@click.argument("id")
def remove(site: str, id: str) -> None:
    """Remove the webhook ID and its pending deliveries."""
    deployment, found = current_deployment(), site_named(site)
    removed = _named(found, id)
    entry = AuditEntry(CONSOLE, AuditAction.WEBHOOK_REMOVE, id, _summary(removed), site=found.id)
    _save(deployment, found, tuple(hook for hook in found.webhooks if hook is not removed), entry)
    deployment.storage.deliveries.forget(found.id, id)
    click.echo(f"Removed {id}.")


@webhook.command("rotate")
@click.argument("site")
@click.argument("id")
@click.option("--finish", is_flag=True, help="Remove the old secret, once the receiver uses the new one.")
def rotate(site: str, id: str, finish: bool) -> None:
    """Create a new secret for the webhook ID, shown only once. Both secrets sign until --finish."""
    deployment, found = current_deployment(), site_named(site)
    hook = _named(found, id)
    keys = hook.keys[:1] if finish else (secrets.token_hex(4), hook.keys[0])
    changed = replace(hook, keys=keys)
    entry = AuditEntry(CONSOLE, AuditAction.WEBHOOK_ROTATE, id, _secrets(hook), _secrets(changed), found.id)
    _replace(deployment, found, changed, entry)
    if finish:
        click.echo(f"Removed the old secret of {id}.")
    else:
        _show_secret(deployment, found, changed)


@webhook.command("set")
@click.argument("site")
@click.argument("id")
@click.option(
    "--event",
    "events",
    multiple=True,
    type=click.Choice(WEBHOOK_EVENTS),
    help="New event to send. Can be repeated.",
)
@click.option("--on/--off", "enabled", default=None, help="Turn it on or off. Events while off are not sent.")
def set_webhook(site: str, id: str, events: tuple[str, ...], enabled: bool | None) -> None:
    """Change the events of the webhook ID, or turn it on or off."""
    if not events and enabled is None:
        raise click.UsageError("use --event, --on or --off")
    deployment, found = current_deployment(), site_named(site)
    before = _named(found, id)
    after = replace(before, events=events or before.events, enabled=before.enabled if enabled is None else enabled)
    entry = AuditEntry(CONSOLE, AuditAction.WEBHOOK_SET, id, _summary(before), _summary(after), found.id)
    _replace(deployment, found, after, entry)
    click.echo(f"{id} is {_state(after)} and receives {', '.join(after.events)}.")


def _state(hook: Webhook) -> str:
    return "on" if hook.enabled else "off"


def _summary(hook: Webhook) -> str:
    """Describe a webhook for the audit log: only by its host, because the rest of the address may be a secret."""
    return f"{host_of(hook.url)}: {','.join(hook.events)}, {_state(hook)}"


@webhook.command("test")
@click.argument("site")
@click.argument("id")
def send_test(site: str, id: str) -> None:
    """Send a test event to the webhook ID now, from this machine."""
    deployment, found = current_deployment(), site_named(site)
    hook, now, began = _named(found, id), deployment.now(), time.monotonic()
    http = GuardedHTTP(trusted_hosts(deployment.settings.webhook_http_allow))
    secrets = webhook_secrets(Pseudonyms(deployment.settings.secret_key), found.id, hook)
    answer, error = post_event(http, secrets, hook.url, test_event(found.id, now), now)
    if error:
        raise NotDelivered(f"not delivered: {error}" + (f", status {answer}" if answer else ""))
    click.echo(f"Status {answer} after {(time.monotonic() - began) * 1000:.0f} ms.")


@webhook.command("log")
@click.argument("site")
def log(site: str) -> None:
    """Show pending and recent deliveries of SITE."""
    deployment = current_deployment()
    deliveries = deployment.storage.deliveries.recent(site_named(site).id, LOG_LENGTH)
    head = ("WEBHOOK", "EVENT", "HOST", "STATE", "STATUS", "ATTEMPTS", "MS", "TIME")
    click.echo(columns(head, [_row(delivery, deployment.now()) for delivery in deliveries]))


def _row(delivery: Delivery, now: datetime) -> tuple[object, ...]:
    state = f"{delivery.state} ({delivery.error})" if delivery.error else str(delivery.state)
    at = f"{delivery.due:%Y-%m-%d %H:%M:%S}"
    when = f"next {at}" if delivery.state is DeliveryStatus.PENDING else at
    if waits_for_receiver(delivery, now):
        when = "waiting for receiver"
    answer = str(delivery.answer or "-")
    return delivery.webhook, delivery.event, delivery.host, state, answer, delivery.attempts, delivery.ms, when


def _named(site: Site, id: str) -> Webhook:
    """Return the webhook with this id. Raises NotFound, which lists the existing ones."""
    found = next((hook for hook in site.webhooks if hook.id == id), None)
    if found is None:
        existing = ", ".join(hook.id for hook in site.webhooks) or "none"
        raise NotFound(f"site {site.id} has no webhook {id}; existing webhooks: {existing}")
    return found


def _secrets(hook: Webhook) -> str:
    return f"{len(hook.keys)} secret{'' if len(hook.keys) == 1 else 's'}"


def _replace(deployment: Deployment, site: Site, changed: Webhook, entry: AuditEntry) -> None:
    _save(deployment, site, tuple(changed if hook.id == changed.id else hook for hook in site.webhooks), entry)


def _save(deployment: Deployment, site: Site, webhooks: tuple[Webhook, ...], entry: AuditEntry) -> None:
    deployment.storage.sites.put(replace(site, webhooks=webhooks), entry)


def _show_secret(deployment: Deployment, site: Site, hook: Webhook) -> None:
    click.echo(Pseudonyms(deployment.settings.secret_key).webhook_secret(site.id, hook.id, hook.keys[0]))
    click.echo("Store the secret at the receiver only. It is not shown again.", err=True)
