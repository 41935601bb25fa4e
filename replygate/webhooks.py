"""`replygate webhook`: the addresses that a site wants told of its decisions, their secrets, and their log."""

import secrets
import time
from dataclasses import replace

import click

from comments.audit import CONSOLE, Act, Entry
from comments.errors import NotFound, ReplygateError
from comments.model import WEBHOOK_EVENTS, Site, Webhook
from comments.pseudonyms import Pseudonyms
from comments.storage import Course, Delivery
from workers.addresses import target, trusted_hosts
from workers.events import trial
from workers.outgoing import Outgoing
from workers.webhooks import post

from .admin import site_named
from .installation import Installation, installation
from .table import columns

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
    _put(here, found, (*found.webhooks, made))
    click.echo(f"Added {made.id}. `replygate webhook test {site} {made.id}` tries it.", err=True)
    _show_secret(here, found, made)


@webhook.command("list")
@click.argument("site")
def show(site: str) -> None:
    """Every webhook of SITE."""
    rows = [
        (hook.id, hook.url, ",".join(hook.events), len(hook.keys), "on" if hook.enabled else "off")
        for hook in site_named(site).webhooks
    ]
    click.echo(columns(("ID", "URL", "EVENTS", "SECRETS", "STATE"), rows))


@webhook.command("remove")
@click.argument("site")
@click.argument("id")
def remove(site: str, id: str) -> None:
    """Tell the webhook ID nothing more, and forget what was on its way."""
    here, found = installation(), site_named(site)
    gone = _named(found, id)
    _put(here, found, tuple(hook for hook in found.webhooks if hook is not gone))
    here.storage.deliveries.drop(found.id, id)
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
    _change(here, found, changed := replace(hook, keys=keys))
    if finish:
        click.echo(f"Only the newer secret of {id} signs now.")
    else:
        _show_secret(here, found, changed)


@webhook.command("enable")
@click.argument("site")
@click.argument("id")
def enable(site: str, id: str) -> None:
    """Tell the webhook ID again."""
    found = site_named(site)
    _change(installation(), found, replace(_named(found, id), enabled=True))
    click.echo(f"{id} is on.")


@webhook.command("disable")
@click.argument("site")
@click.argument("id")
def disable(site: str, id: str) -> None:
    """Stop telling the webhook ID; what happens meanwhile it never hears of."""
    found = site_named(site)
    _change(installation(), found, replace(_named(found, id), enabled=False))
    click.echo(f"{id} is off.")


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
    when = f"next {at}" if delivery.course is Course.PENDING else at
    answer = str(delivery.answer or "-")
    return delivery.webhook, delivery.event, delivery.host, state, answer, delivery.attempts, delivery.ms, when


def _named(site: Site, id: str) -> Webhook:
    """Raises NotFound naming the webhooks there are."""
    found = next((hook for hook in site.webhooks if hook.id == id), None)
    if found is None:
        known = ", ".join(hook.id for hook in site.webhooks) or "none"
        raise NotFound(f"{site.id} has no webhook {id}; it has {known}")
    return found


def _change(here: Installation, site: Site, changed: Webhook) -> None:
    _put(here, site, tuple(changed if hook.id == changed.id else hook for hook in site.webhooks))


def _put(here: Installation, site: Site, webhooks: tuple[Webhook, ...]) -> None:
    before, after = (", ".join(hook.id for hook in hooks) for hooks in (site.webhooks, webhooks))
    noted = Entry(CONSOLE, Act.SITE_SET, "webhooks", before, after, site.id)
    here.storage.sites.put(replace(site, webhooks=webhooks), noted)


def _show_secret(here: Installation, site: Site, hook: Webhook) -> None:
    click.echo(Pseudonyms(here.settings.secret_key).webhook_secret(site.id, hook.id, hook.keys[0]))
    click.echo("Keep it where only the receiver can read it: it is not shown again.", err=True)
