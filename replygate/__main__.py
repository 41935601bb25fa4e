"""The command line: `replygate up` runs everything here; the other commands run one part or look after it."""

import os
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import click

from comments import logs
from comments.audit import CONSOLE, AuditAction, AuditEntry
from comments.errors import Invalid, ReplygateError, SettingsInvalid, StorageDown
from comments.job_queue import QUEUES
from comments.settings import Settings
from comments.storage.interfaces import Storage
from service.ops.health import PARTS, gather
from workers import run, sweep

from . import up, web_server
from .commands import (
    audit_command,
    demo_command,
    export_command,
    mail_command,
    moderator_commands,
    openapi_command,
    rebuild_command,
    site_commands,
    status_command,
    train_command,
    webhook_commands,
)
from .deployment import installation, open_installation, settings
from .evaluation import evaluate_command


class WrongUse(click.ClickException):
    """What was asked for cannot be; ends with 2, as shells expect of a command that was called wrongly."""

    exit_code = 2


class Sentences(click.Group):
    """A group whose expected failures end in a sentence on standard error, not in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ReplygateError as error:
            kind = WrongUse if isinstance(error, Invalid | SettingsInvalid) else click.ClickException
            raise kind(_sentence(error)) from error


def _sentence(error: ReplygateError) -> str:
    if isinstance(error, Invalid):
        return "\n".join(f"{problem.field} {problem.message}" for problem in error.problems)
    return f"the server does not answer: {error}" if isinstance(error, StorageDown) else str(error)


@click.group(cls=Sentences, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="replygate")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var"),
    show_default=True,
    help="Where `up` keeps everything; other commands find what runs there unless REPLYGATE_REDIS_URL is set.",
)
@click.pass_context
def cli(context: click.Context, data: Path) -> None:
    """Replygate: self-hosted comment moderation."""
    if context.obj is None:  # a test brings its own
        context.obj = partial(open_installation, data, os.environ)


cli.add_command(site_commands.site)
cli.add_command(moderator_commands.moderator)
cli.add_command(audit_command.audit)
cli.add_command(webhook_commands.webhook)
cli.add_command(mail_command.mail)
cli.add_command(demo_command.demo)
cli.add_command(rebuild_command.rebuild)
cli.add_command(evaluate_command.evaluate)
cli.add_command(train_command.train)


@cli.command("up")
@click.option("--host", default="", help="Where to listen; goes before REPLYGATE_HOST.")
@click.option("--port", type=click.IntRange(1, 65535), help="Goes before REPLYGATE_PORT.")
@click.pass_context
def run_everything(context: click.Context, host: str, port: int | None) -> None:
    """Run everything on this machine, with a Valkey of its own."""
    up.up(context.find_root().params["data"], os.environ, host=host, port=port or 0)


@cli.command("web")
@click.pass_context
def serve(context: click.Context) -> None:
    """Run the web processes."""
    web_server.run(part_settings(context, "web"))


@cli.command("work")
@click.argument("queue", type=click.Choice(sorted(set(QUEUES.values()))), default="judge")
@click.pass_context
def work(context: click.Context, queue: str) -> None:
    """Run one worker: a judge of new comments, one for errands such as learning, or one that calls webhooks."""
    run.work(queue, part_settings(context, queue))


@cli.command("sweep")
@click.pass_context
def sweep_up(context: click.Context) -> None:
    """Run the sweep, which wakes what was left behind."""
    sweep.run(part_settings(context, "sweep"))


def part_settings(context: click.Context, part: str) -> Settings:
    """The settings of a process that shall run as `part`; its logs are set up."""
    chosen = settings(context.find_root().params["data"], os.environ)
    logs.configure(chosen.log_level, part)
    return chosen


@cli.command("export")
@click.option("--site", "id", required=True, metavar="ID")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="A file that only you may read.")
def export_site(id: str, output: Path | None) -> None:
    """Write every comment of a site, with e-mail addresses and whole history, as JSON lines."""
    storage, site = installation().storage, site_commands.site_named(id)
    storage.audit.append(AuditEntry(CONSOLE, AuditAction.EXPORT, site=id))
    lines = export_command.lines(storage, site)
    with _private(output) as file:
        for line in lines:
            file.write(line.encode() + b"\n")


def _private(path: Path | None) -> AbstractContextManager[BinaryIO]:
    """The file, which nobody else may read; without a path, what the terminal shows."""
    if path is None:
        return nullcontext(sys.stdout.buffer)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


@cli.command("status")
@click.option("--seconds", default=1.0, show_default=True, help="How long to look, for the rates; 0 shows none.")
@click.option("--part", type=click.Choice(tuple(PARTS)), help="Only look for a living process of it: a health check.")
def show_status(seconds: float, part: str | None) -> None:
    """Say how the service is; ends with 1 when it cannot accept or judge comments."""
    here = installation()
    if part is not None:
        return check_alive(here.storage, part)
    look = partial(gather, here.storage, here.queues)
    earlier = look(here.now())
    if seconds:
        time.sleep(seconds)
    condition = look(here.now()) if seconds else earlier
    click.echo(status_command.report(earlier, condition))
    if not status_command.is_ready(condition):
        raise click.exceptions.Exit(1)


def check_alive(storage: Storage, part: str) -> None:
    names = storage.heartbeats.alive(part)
    if not names:
        raise click.ClickException(f"no {part} says that it is alive")
    click.echo(f"{part}: {len(names)} alive")


@cli.command("openapi")
def print_openapi() -> None:
    """Print the OpenAPI document of the API."""
    click.echo(openapi_command.text())


def main() -> None:
    cli(prog_name="replygate")


if __name__ == "__main__":
    main()
