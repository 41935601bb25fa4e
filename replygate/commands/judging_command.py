"""`replygate judging retry`: judge comments again that the filters gave up, with progress."""

import time
from collections.abc import Sequence
from itertools import islice

import click

from comments.audit import CONSOLE, AuditAction, AuditEntry
from comments.given_up import RETRIES_AT_ONCE, given_up_ids, is_given_up, retry_given_up
from comments.lifecycle import Status
from comments.storage.interfaces import Storage
from replygate.deployment import current_deployment

from .site_commands import site_named

#: Seconds between two looks at what the judges have done.
_LOOK_SECONDS = 0.5


@click.group()
def judging() -> None:
    """Judge comments again that the filters gave up."""


@judging.command("retry")
@click.option("--site", "id", required=True, metavar="ID")
@click.option("--limit", type=click.IntRange(min=1), help="Comments at most. Default: all.")
@click.option(
    "--patience",
    type=click.FloatRange(min=1),
    default=120.0,
    show_default=True,
    help="Seconds without a decision after which the command stops.",
)
def retry(id: str, limit: int | None, patience: float) -> None:
    """Judge the comments of a site again that were given up, a hundred at a time.

    Comments that a person has looked at since stay as they are. Stop it at any time: it goes on with the next call.
    """
    deployment, site = current_deployment(), site_named(id).id
    storage, decided, repeated = deployment.storage, 0, 0
    ids = list(islice(given_up_ids(storage, site), limit))
    for start in range(0, len(ids), RETRIES_AT_ONCE):
        retried = retry_given_up(storage, site, ids[start : start + RETRIES_AT_ONCE], CONSOLE, deployment.now())
        for comment in retried:
            storage.audit.append(AuditEntry(CONSOLE, AuditAction.JUDGING_RETRY, comment, site=site))
        wait_until_decided(storage, site, retried, patience)
        again = sum(comment is not None and is_given_up(comment) for comment in storage.comments.load(site, retried))
        decided, repeated = decided + len(retried) - again, repeated + again
        done = min(start + RETRIES_AT_ONCE, len(ids))
        click.echo(f"{done:,} of {len(ids):,}: {decided:,} decided, {repeated:,} given up again")
    if not ids:
        click.echo(f"No comment of {site} was given up.")


def wait_until_decided(storage: Storage, site: str, ids: Sequence[str], patience: float) -> None:
    """Wait until none of the comments is queued. Raises ClickException after `patience` seconds without a decision."""
    left, until = len(ids), time.monotonic() + patience
    while n := sum(c is not None and c.status is Status.QUEUED for c in storage.comments.load(site, ids)):
        if n < left:
            left, until = n, time.monotonic() + patience
        elif time.monotonic() > until:
            raise click.ClickException(
                f"{n:,} wait, and none was decided for {patience:.0f} s. They stay in the queue: "
                "look at `replygate status`."
            )
        time.sleep(_LOOK_SECONDS)
