"""The command line. `replygate up` runs everything on one machine; other commands run one part or manage it."""

import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import click

from comments import logs
from comments.job_queue import FORMER_QUEUES, QUEUES
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.watchdog import give_signs_of_life, ready_signal
from service.ops.health import PARTS, read_health
from workers import run, sweep

from . import web_server
from .commands import (
    audit_command,
    backup_commands,
    demo_command,
    export_command,
    import_command,
    intake_command,
    judging_command,
    mail_command,
    mcp_command,
    moderator_commands,
    notice_commands,
    openapi_command,
    rebuild_command,
    rule_commands,
    site_commands,
    site_deletion_commands,
    site_import_command,
    status_command,
    subject_commands,
    thread_commands,
    train_command,
    webhook_commands,
)
from .deployment import current_deployment, load_settings, open_deployment
from .evaluation import evaluate_command
from .expected_errors import expected_errors


class PartName(click.Choice[str]):
    """The name of a process. Also accepts names up to 0.1.0, so that old service files go on working."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return super().convert(FORMER_QUEUES.get(value, value), param, ctx)


class Seconds(click.FloatRange):
    """A number of seconds. NaN is in no range, which click takes for being inside of every one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if number != number:
            self.fail(f"{value!r} is not a number of seconds.", param, ctx)
        return number


class MainGroup(click.Group):
    """Prints expected errors as a sentence on standard error, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        with expected_errors():
            return super().invoke(ctx)


@click.group(cls=MainGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="replygate")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var"),
    show_default=True,
    help="Directory of `up`. Other commands manage the deployment that runs there, unless REPLYGATE_REDIS_URL is set.",
)
@click.pass_context
def cli(context: click.Context, data: Path) -> None:
    """Replygate: self-hosted comment moderation."""
    if context.obj is None:  # tests pass their own
        context.obj = partial(open_deployment, data, os.environ)


cli.add_command(site_commands.site)
site_commands.site.add_command(site_deletion_commands.delete_site)
site_commands.site.add_command(site_deletion_commands.restore_site)
cli.add_command(moderator_commands.moderator)
cli.add_command(thread_commands.thread)
cli.add_command(rule_commands.rules)
cli.add_command(subject_commands.subject)
cli.add_command(audit_command.audit)
cli.add_command(webhook_commands.webhook)
cli.add_command(notice_commands.notices)
cli.add_command(mail_command.mail)
cli.add_command(mcp_command.serve_mcp)
cli.add_command(demo_command.demo)
cli.add_command(intake_command.intake)
cli.add_command(judging_command.judging)
cli.add_command(rebuild_command.rebuild)
cli.add_command(import_command.import_comments)
import_command.import_comments.add_command(site_import_command.import_replygate)
cli.add_command(export_command.export_site)
cli.add_command(backup_commands.back_up)
cli.add_command(backup_commands.restore_backup)
cli.add_command(evaluate_command.evaluate)
cli.add_command(train_command.train)


@cli.command("up")
@click.option("--host", default="", help="Address to listen on. Overrides REPLYGATE_HOST.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on. Overrides REPLYGATE_PORT.")
@click.option("--examples", is_flag=True, help="Add example comments to the demo site if it never had any.")
@click.pass_context
def run_everything(context: click.Context, host: str, port: int | None, examples: bool) -> None:
    """Run all parts on this machine, with an embedded Valkey. Ctrl-C stops them."""
    options = ["--host", host, "--port", str(port or 0), *["--examples"] * examples]
    # Another program in this process: the supervisor runs as long as the service, and needs little of what is imported.
    words = [sys.executable, "-m", "replygate.up", "--data", str(context.find_root().params["data"]), *options]
    os.execv(sys.executable, words)  # noqa: S606 - our own words


@cli.command("web")
@click.pass_context
def run_web(context: click.Context) -> None:
    """Run the web server: API, pages and widget."""
    web_server.serve(part_settings(context, "web"))


@cli.command("work")
@click.argument("queue", type=PartName(sorted(set(QUEUES.values()))), default="judge")
@click.pass_context
def run_worker(context: click.Context, queue: str) -> None:
    """Run one worker process.

    \b
    judge       scores new comments
    background  learns from moderators and updates the search index
    delivery    sends webhooks and mail
    """
    run.work(queue, part_settings(context, queue), ready=ready_signal(os.environ))


@cli.command("sweep")
@click.pass_context
def sweep_up(context: click.Context) -> None:
    """Run the sweep, which restarts work that was lost."""
    sweep.run_sweep(part_settings(context, "sweep"), ready=ready_signal(os.environ))


def part_settings(context: click.Context, part: str) -> Settings:
    """Read the settings of the process `part`, set up its logs, and say from now on that it runs."""
    chosen = load_settings(context.find_root().params["data"], os.environ)
    logs.configure(chosen.log_level, part, chosen.log_format)
    give_signs_of_life(os.environ)
    return chosen


@cli.command("status")
@click.option(
    "--seconds", type=Seconds(0, 3600), default=1.0, show_default=True, help="Time to measure rates; 0 shows no rates."
)
@click.option("--part", type=PartName(tuple(PARTS)), help="Only check that a process of this part runs.")
@click.option("--watch", is_flag=True, help="Show it again every --seconds, until Ctrl-C.")
def show_status(seconds: float, part: str | None, watch: bool) -> None:
    """Show the state of the service. Exit status 1 means that it cannot accept or judge comments."""
    deployment = current_deployment()
    if part is not None:
        return check_running(deployment.storage, part)
    look = partial(read_health, deployment.storage, deployment.rq_stats)
    if watch:
        return status_command.watch(lambda: look(deployment.now()), seconds)
    earlier = look(deployment.now())
    if seconds:
        time.sleep(seconds)
    health = look(deployment.now()) if seconds else earlier
    click.echo(status_command.status_report(earlier, health))
    if not status_command.is_ready(health):
        raise click.exceptions.Exit(1)


def check_running(storage: Storage, part: str) -> None:
    names = storage.heartbeats.alive(part)
    if not names:
        raise click.ClickException(f"no {part} process is running")
    click.echo(f"{part}: {len(names)} running")


@cli.command("openapi")
def print_openapi() -> None:
    """Print the OpenAPI document."""
    click.echo(openapi_command.openapi_json())


def main() -> None:
    cli(prog_name="replygate")


if __name__ == "__main__":
    main()
