"""`replygate audit`: print the audit log of a site or of the deployment as JSON lines."""

import sys

import click

from comments.audit import CONSOLE, AuditAction, AuditEntry
from replygate.deployment import current_deployment
from service.sites.audit_pages import as_json_lines

from .site_commands import site_named


@click.command("audit")
@click.option(
    "--site",
    "id",
    default="",
    metavar="ID",
    help="Show this site. Default: entries of no site, such as sign-ins.",
)
def audit(id: str) -> None:
    """Print the audit log as JSON lines, oldest entries first."""
    storage = current_deployment().storage
    of = site_named(id).id if id else ""
    storage.audit.append(AuditEntry(CONSOLE, AuditAction.EXPORT_AUDIT, site=of))
    for line in as_json_lines(storage.audit.all(of)):
        sys.stdout.write(line + "\n")
