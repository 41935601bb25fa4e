"""`replygate audit`: what people did on a site, or what concerns the whole deployment, as JSON lines."""

import sys

import click

from comments.audit import CONSOLE, AuditAction, AuditEntry
from replygate.deployment import installation
from service.sites.audit_pages import lines

from .site_commands import site_named


@click.command("audit")
@click.option("--site", "id", default="", metavar="ID", help="Of this site; without it sign-ins and the like.")
def audit(id: str) -> None:
    """Write every entry of the audit, the oldest first, as JSON lines."""
    storage = installation().storage
    of = site_named(id).id if id else ""
    storage.audit.append(AuditEntry(CONSOLE, AuditAction.EXPORT_AUDIT, site=of))
    for line in lines(storage.audit.all(of)):
        sys.stdout.write(line + "\n")
