"""`replygate site`: the websites that are moderated here, their choices and their keys."""

import secrets
from dataclasses import fields, replace

import click

from comments.audit import CONSOLE, AuditAction, AuditEntry
from comments.errors import NotFound, ReplygateError
from comments.pseudonyms import token_digest
from comments.site import Site, SiteKey
from comments.storage.interfaces import Storage
from replygate.deployment import installation
from replygate.text_table import columns
from service.sites.settings import changed, shown
from service.sites.settings_pages import differences
from service.web.site_access import KEY_PREFIX


class Exists(ReplygateError):
    """Raised when what shall be added is there already."""


@click.group()
def site() -> None:
    """The websites whose comments are moderated here."""


@site.command("add")
@click.argument("id")
@click.argument("choices", nargs=-1, metavar="[FIELD=VALUE]...")
def add_site(id: str, choices: tuple[str, ...]) -> None:
    """Add the website ID: 1 to 40 of a-z, 0-9 and "-".

    For example: replygate site add blog "name=My blog" origins=https://blog.example
    """
    here = installation()
    added = changed(Site(id=id, name=id, created=here.now()), choices)
    if any(known.id == id for known in here.storage.sites.all()):
        raise Exists(f"there is a site {id} already; `replygate site set {id}` changes it")
    here.storage.sites.put(added, AuditEntry(CONSOLE, AuditAction.SITE_ADD, id, site=id))
    click.echo(f"Added {id}. `replygate site key {id}` makes a key for its server.")


@site.command("list")
def list_sites() -> None:
    """Every site with what waits there."""
    here = installation()
    rows = [
        (site.id, site.name, here.storage.queue.depth(site.id).queued, _held(here.storage, site.id))
        for site in here.storage.sites.all()
    ]
    click.echo(columns(("ID", "NAME", "WAITING", "HELD"), rows))


def _held(storage: Storage, site: str) -> int:
    return storage.comments.counters(site).standing.get("held", 0)


@site.command("show")
@click.argument("id")
def show_site(id: str) -> None:
    """Every choice of the site ID, as `site set` takes it."""
    found = site_named(id)
    for f in fields(Site):
        value = getattr(found, f.name)
        ids = f.name in ("keys", "webhooks")  # the rest of them has commands of its own
        click.echo(f"{f.name}={','.join(part.id for part in value) if ids else shown(value)}")


@site.command("set")
@click.argument("id")
@click.argument("choices", nargs=-1, required=True, metavar="FIELD=VALUE...")
def set_site(id: str, choices: tuple[str, ...]) -> None:
    """Change choices of the site ID; `site show` lists them.

    \b
    Lists are written with commas; a word may name its fields:
      replygate site set blog required=author,content max_links=3
      replygate site set blog "hold_words=casino, author+url:cheap pills"
    """
    before = site_named(id)
    after = changed(before, choices)
    installation().storage.sites.put(after, *differences(before, after, AuditEntry(CONSOLE, AuditAction.SITE_SET)))
    click.echo(f"Changed {id}.")


@site.command("key")
@click.argument("id")
@click.option("--revoke", metavar="KEY", help="Take back the key of this id instead; `site show` lists the ids.")
def key(id: str, revoke: str | None) -> None:
    """Make a key with which the server of the site ID authenticates; it is shown this once."""
    found = site_named(id)
    if revoke is not None:
        _revoke(found, revoke)
        return
    made, whole = new_key()
    noted = AuditEntry(CONSOLE, AuditAction.KEY_MAKE, made.id, site=id)
    installation().storage.sites.put(replace(found, keys=(*found.keys, made)), noted)
    click.echo(whole)
    click.echo("Keep it where only the site's server can read it: it is not shown again.", err=True)


def _revoke(site: Site, id: str) -> None:
    left = tuple(key for key in site.keys if key.id != id)
    if len(left) == len(site.keys):
        raise NotFound(f"{site.id} has no key {id}; it has {', '.join(key.id for key in site.keys) or 'none'}")
    installation().storage.sites.put(
        replace(site, keys=left), AuditEntry(CONSOLE, AuditAction.KEY_REVOKE, id, site=site.id)
    )
    click.echo(f"Took the key {id} back.")


def new_key() -> tuple[SiteKey, str]:
    """What is kept of a new key, and the key itself. Hexadecimal, so that "_" only ever stands between its parts."""
    id = secrets.token_hex(4)
    whole = f"{KEY_PREFIX}{id}_{secrets.token_hex(24)}"
    return SiteKey(id, token_digest(whole)), whole


def site_named(id: str) -> Site:
    """Raises NotFound naming the sites there are."""
    storage = installation().storage
    try:
        return storage.sites.get(id)
    except NotFound:
        known = ", ".join(site.id for site in storage.sites.all()) or "none yet"
        raise NotFound(f"there is no site {id}; there are: {known}") from None
