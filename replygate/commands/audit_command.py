"""`replygate audit`: print the audit log of a site or of the deployment, as JSON or in words."""

import sys
from collections.abc import Iterator

import click

from comments.audit import CONSOLE, AuditAction, AuditEntry
from comments.site import Site
from comments.storage.interfaces import Storage
from replygate.deployment import current_deployment
from service.sites.audit_pages import as_json_lines, in_words

from .site_commands import site_named


@click.command("audit")
@click.option(
    "--site",
    "id",
    default="",
    metavar="ID",
    help="Show this site. Default: entries of no site, such as sign-ins.",
)
@click.option("--text", is_flag=True, help="Print sentences, as the page does, and not JSON.")
def audit(id: str, text: bool) -> None:
    """Print the audit log as JSON lines or as sentences, oldest entries first."""
    storage = current_deployment().storage
    site = site_named(id) if id else None
    of = site.id if site else ""
    storage.audit.append(AuditEntry(CONSOLE, AuditAction.EXPORT_AUDIT, site=of))
    for line in as_sentences(storage, site) if text else as_json_lines(storage.audit.all(of)):
        sys.stdout.write(line + "\n")


def as_sentences(storage: Storage, site: Site | None) -> Iterator[str]:
    """Yield one line for each entry: its time and the sentence of the page, without control characters."""
    for entry, words in in_words(storage, site):
        printable = "".join(c if c.isprintable() else " " for c in words)
        yield f"{entry.at:%Y-%m-%d %H:%M:%S} UTC  {printable}"
