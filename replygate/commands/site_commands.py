"""`replygate site`: add sites, change their settings, and create their API keys."""

from dataclasses import fields, replace
from typing import Any

import click

from comments.audit import CONSOLE, AuditAction, AuditEntry
from comments.errors import NotFound, ReplygateError
from comments.hidden_replies import show_all_replies
from comments.lifecycle import Status
from comments.pseudonyms import Pseudonyms
from comments.site import Site
from replygate.deployment import current_deployment
from replygate.text_table import columns
from service.accounts.person_key_pages import MAX_KEY_NAME
from service.sites.key_steps import AKISMET_KEYS, USER_KEYS, KeyKind, KeyStep
from service.sites.settings import as_text, describe_settings, with_settings
from service.sites.settings_pages import audit_entries
from service.web.site_access import new_site_key

FINISH = click.option(
    "--finish", "step", flag_value="finish", help="Remove the old key, once the site's server uses the new one."
)
REMOVE = click.option("--remove", "step", flag_value="remove", help="Remove all keys: none is valid any more.")


class SiteExists(ReplygateError):
    """Raised when adding something that exists already."""


@click.group()
def site() -> None:
    """Manage sites, their settings and their API keys."""


@site.command("add")
@click.argument("id")
@click.argument("settings", nargs=-1, metavar="[SETTING=VALUE]...")
def add_site(id: str, settings: tuple[str, ...]) -> None:
    """Add the website ID: 1 to 40 of a-z, 0-9 and "-".

    For example: replygate site add blog "name=My blog" origins=https://blog.example
    """
    deployment = current_deployment()
    added = with_settings(Site(id=id, name=id, created=deployment.now()), settings)
    if any(existing.id == id for existing in deployment.storage.sites.all()):
        raise SiteExists(f"there is a site {id} already; `replygate site set {id}` changes it")
    deployment.storage.sites.put(added, AuditEntry(CONSOLE, AuditAction.SITE_ADD, id, site=id))
    click.echo(f"Added {id}. `replygate site key {id}` creates a key for its server.")


@site.command("list")
def list_sites() -> None:
    """List all sites with the number of comments that wait. Paused and deleted sites are marked."""
    deployment = current_deployment()
    storage = deployment.storage
    rows = [
        (
            site.id,
            site.name,
            storage.queue.depth(site.id).queued,
            storage.comments.counters(site.id).current.get(Status.HELD, 0),
            "deleted" if site.deleted else "paused" if site.paused else "",
        )
        for site in storage.sites.all()
    ]
    click.echo(columns(("ID", "NAME", "QUEUED", "NEEDS REVIEW", "STATE"), rows))


@site.command("show")
@click.argument("id")
def show_site(id: str) -> None:
    """Show the settings of the site ID, in the form that `site set` reads. Lines that start with # are read-only."""
    found = site_named(id)
    for name in (f.name for f in fields(Site) if f.name not in describe_settings()):
        # Coral's secrets are only counted, because nobody needs to see them.
        value: Any = f"{len(found.coral_keys)} stored" if name == "coral_keys" else getattr(found, name)
        ids = name in ("keys", "webhooks", "chat_receivers")  # other commands show the rest of them
        click.echo(f"# {name}={','.join(part.id for part in value) if ids else as_text(value or '')}")
    for name in describe_settings():
        click.echo(f"{name}={as_text(getattr(found, name))}")


@site.command("set")
@click.argument("id")
@click.argument("settings", nargs=-1, required=True, metavar="SETTING=VALUE...")
def set_site(id: str, settings: tuple[str, ...]) -> None:
    """Change settings of the site ID; `site settings` explains them.

    \b
    Separate the values of a list with commas. Put a value that contains a comma
    in double quotes. A word may name its fields:
      replygate site set blog required=author,content max_links=3
      replygate site set blog "hold_words=casino, author+url:cheap pills"
      replygate site set blog 'hold_words=casino,"cheap, legal pills"'
    """
    before = site_named(id)
    after = with_settings(before, settings)
    current_deployment().storage.sites.put(
        after, *audit_entries(before, after, AuditEntry(CONSOLE, AuditAction.SITE_SET))
    )
    click.echo(f"Changed {id}.")
    if "removed_replies=keep" in settings:  # also if it was so before: the last change may have been interrupted
        deployment = current_deployment()
        n = show_all_replies(deployment.storage, id, CONSOLE, deployment.now())
        click.echo(f"Replies below {n} removed comment{'' if n == 1 else 's'} are shown again.")


@site.command("settings")
def explain_settings() -> None:
    """Explain all settings: default, accepted values and meaning.

    On the command line, commas separate the values of a list. Put a value that contains a comma in double quotes.
    """
    for s in describe_settings().values():
        limits = f" ({s.values})" if s.values else ""
        click.echo(f"{s.name}={s.default}{limits}\n    {s.title}. {s.help}")


@site.command("key")
@click.argument("id")
@click.option("--revoke", metavar="KEY", help="Revoke the key with this id instead; `site show` lists the ids.")
@click.option("--only-checks", is_flag=True, help="The key may check comments of other programs, and nothing else.")
@click.option("--name", default="", help="A name for people, such as the program that gets the key.")
def key(id: str, revoke: str | None, only_checks: bool, name: str) -> None:
    """Create an API key for the server of the site ID. It is shown only once."""
    found = site_named(id)
    if revoke is not None:
        _revoke(found, revoke)
        return
    made, whole = new_site_key()
    made = replace(made, only_checks=only_checks, name=name[:MAX_KEY_NAME])
    entry = AuditEntry(CONSOLE, AuditAction.KEY_MAKE, made.id, after=made.name, site=id)
    current_deployment().storage.sites.put(replace(found, keys=(*found.keys, made)), entry)
    click.echo(whole)
    click.echo("Store it where only the site's server can read it. It is not shown again.", err=True)


def _revoke(site: Site, id: str) -> None:
    left = tuple(key for key in site.keys if key.id != id)
    if len(left) == len(site.keys):
        raise NotFound(f"{site.id} has no key {id}; it has {', '.join(key.id for key in site.keys) or 'none'}")
    current_deployment().storage.sites.put(
        replace(site, keys=left), AuditEntry(CONSOLE, AuditAction.KEY_REVOKE, id, site=site.id)
    )
    click.echo(f"Revoked the key {id}.")


@site.command("user-key")
@click.argument("id")
@FINISH
@REMOVE
def user_key(id: str, step: KeyStep | None) -> None:
    """Create a key with which the site ID signs its users. The secret is shown only once.

    The key before stays valid until --finish.
    """
    new = _change_derived_key(id, USER_KEYS, step)
    if new:
        click.echo(_pseudonyms().user_secret(id, new))
        click.echo("Store the secret where only the site's server can read it. It is not shown again.", err=True)


@site.command("akismet-key")
@click.argument("id")
@FINISH
@REMOVE
def akismet_key(id: str, step: KeyStep | None) -> None:
    """Create a key for programs that check comments of the site ID with the Akismet API. It is shown only once.

    The key before stays valid until --finish.
    """
    new = _change_derived_key(id, AKISMET_KEYS, step)
    if new:
        click.echo(_pseudonyms().akismet_key(id, new))
        click.echo("Enter it where the program asks for an Akismet API key. It is not shown again.", err=True)


@site.command("coral-secret")
@click.argument("id")
@click.option("--remove", is_flag=True, help="Remove all secrets: requests of Coral are refused.")
def coral_secret(id: str, remove: bool) -> None:
    """Store the signing secret of Coral's external moderation phase for the site ID. It asks for the secret.

    The secret before stays valid, because Coral signs with both for a while after a rotation.
    """
    before = site_named(id)
    given = "" if remove else click.prompt("Signing secret", hide_input=True).strip()
    after = replace(before, coral_keys=(given, *before.coral_keys[:1]) if given else ())
    current_deployment().storage.sites.put(after, AuditEntry(CONSOLE, AuditAction.CORAL_SECRET, id, site=id))
    address = f"{current_deployment().settings.public_url}/v1/sites/{id}/coral"
    click.echo(f"Coral's callback URL is {address}" if given else f"Removed the signing secrets of {id}.")


def _change_derived_key(id: str, kind: KeyKind, step: KeyStep | None) -> str:
    """Do one step, and return the id of the new key; "" if the step makes none."""
    before = site_named(id)
    after = kind.changed(before, step or "rotate")
    current_deployment().storage.sites.put(after, kind.audit_entry(AuditEntry(CONSOLE, kind.action), before, after))
    if step:
        click.echo(f"Valid keys of {id}: {', '.join(kind.ids(after)) or 'none'}.")
        return ""
    return kind.ids(after)[0]


def _pseudonyms() -> Pseudonyms:
    return Pseudonyms(current_deployment().settings.secret_key)


def site_named(id: str) -> Site:
    """Return the site. Raises NotFound with a list of all sites."""
    storage = current_deployment().storage
    try:
        return storage.sites.get(id)
    except NotFound:
        existing = ", ".join(site.id for site in storage.sites.all()) or "none yet"
        raise NotFound(f"there is no site {id}; existing sites: {existing}") from None
