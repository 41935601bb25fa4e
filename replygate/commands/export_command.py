"""`replygate export`: write everything that a site has as JSON lines."""

from pathlib import Path

import click

from comments.archive.site_export import export_lines
from comments.audit import CONSOLE, AuditAction, AuditEntry
from comments.pseudonyms import Pseudonyms
from replygate.deployment import current_deployment
from replygate.private_files import private_file

from .site_commands import site_named


@click.command("export")
@click.option("--site", "id", required=True, metavar="ID")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, readable only by you."
)
@click.option("--with-secrets", is_flag=True, help="Include keys, addresses of webhooks and passwords' hashes.")
def export_site(id: str, output: Path | None, with_secrets: bool) -> None:
    """Write a site as JSON lines: settings, team, all comments with their history, rules, lessons and audit log.

    The file has email addresses. Secrets are left out and named in it, unless you ask for them: with them,
    `replygate import replygate` restores the site as it was, and nobody has to enter anything.
    """
    if with_secrets and output is None:
        raise click.UsageError("--with-secrets needs --output: the file is readable only by you")
    deployment, site = current_deployment(), site_named(id)
    lines = export_lines(deployment.storage, site, Pseudonyms(deployment.settings.secret_key), with_secrets)
    deployment.storage.audit.append(AuditEntry(CONSOLE, AuditAction.EXPORT, site=id))
    with private_file(output) as file:
        for line in lines:
            file.write(line.encode() + b"\n")
