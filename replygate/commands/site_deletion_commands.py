"""`replygate site delete` and `replygate site restore`."""

import click

from comments.audit import CONSOLE, AuditAction, AuditEntry
from comments.site_deletion import deleted_site, removal_time, restored_site
from replygate.deployment import current_deployment

from .site_commands import site_named


@click.command("delete")
@click.argument("id")
@click.option("--name", required=True, help="The name of the site, to confirm that you mean this one.")
def delete_site(id: str, name: str) -> None:
    """Delete the site ID. Readers and moderators lose it at once.

    Its data is removed after seven days. Until then `replygate site restore` brings the site back. Export the
    comments first: replygate export --site ID --output comments.jsonl
    """
    deployment, before = current_deployment(), site_named(id)
    if name != before.name:
        raise click.BadParameter(f"the name of the site {id} is {before.name}", param_hint="--name")
    after = deleted_site(before, deployment.now())
    if not before.deleted:
        deployment.storage.sites.put(after, AuditEntry(CONSOLE, AuditAction.SITE_DELETE, id, site=id))
    if after.deleted:
        click.echo(f"Deleted {id}. Its data is removed after {removal_time(after.deleted):%Y-%m-%d %H:%M} UTC.")


@click.command("restore")
@click.argument("id")
def restore_site(id: str) -> None:
    """Bring back the site ID within seven days after it was deleted."""
    deployment, before = current_deployment(), site_named(id)
    after = restored_site(before, deployment.now())
    deployment.storage.sites.put(after, AuditEntry(CONSOLE, AuditAction.SITE_RESTORE, id, site=id))
    click.echo(f"Restored {id}.")
