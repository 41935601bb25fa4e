"""`replygate intake`: refuse new comments on all sites during maintenance, and accept them again."""

from datetime import UTC, datetime

import click

from comments.audit import CONSOLE, AuditAction, AuditEntry
from comments.storage.pauses import EVERY_SITE, OperatorPause
from replygate.deployment import current_deployment


@click.group()
def intake() -> None:
    """Refuse new comments and checks during maintenance, and accept them again."""


@intake.command("pause")
def refuse_everywhere() -> None:
    """Refuse new comments and checks on all sites, with 503. Readers see the comments, and what waits is judged."""
    pauses = current_deployment().storage.intake_pauses
    pauses.pause(EVERY_SITE, OperatorPause(datetime.now(UTC), CONSOLE), _note(AuditAction.INTAKE_PAUSE))
    click.echo("New comments are refused on all sites within a second. `replygate intake resume` accepts them again.")


@intake.command("resume")
def accept_everywhere() -> None:
    """Accept new comments and checks on all sites again."""
    current_deployment().storage.intake_pauses.resume(EVERY_SITE, _note(AuditAction.INTAKE_RESUME))
    click.echo("New comments are accepted again.")


def _note(action: AuditAction) -> AuditEntry:
    return AuditEntry(CONSOLE, action, "all sites")
