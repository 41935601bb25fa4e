"""`replygate thread`: list, move, merge and normalize the threads of a site."""

import csv
from typing import TextIO

import click

from comments.audit import CONSOLE, AuditAction, AuditEntry
from comments.thread_addresses import readable_address, thread_key
from comments.thread_detail_rules import set_details
from comments.thread_plans import (
    add_prefix,
    apply_moves,
    check_moves,
    known_threads,
    mapping_of,
    moved_prefix,
    planned_moves,
    prefix_moves,
)
from replygate.deployment import current_deployment
from replygate.text_table import columns

from .site_commands import site_named


@click.group()
def thread() -> None:
    """Move threads whose pages have new addresses. Their old addresses go on working."""


@thread.command("list")
@click.argument("id", metavar="SITE")
@click.argument("prefix", default="")
@click.option("--aliases", is_flag=True, help="List the old addresses that answer with another thread.")
def list_threads(id: str, prefix: str, aliases: bool) -> None:
    """List the threads of SITE that begin with PREFIX, with their published comments."""
    storage, site = current_deployment().storage, site_named(id).id
    if aliases:
        found = sorted((a.alias, a.thread) for a in storage.thread_moves.aliases(site) if a.alias.startswith(prefix))
        moved = sorted(storage.thread_moves.prefixes(site).items())
        found += [(f"{old} and below", new) for old, new in moved if old.startswith(prefix)]
        click.echo(columns(("OLD ADDRESS", "THREAD"), found))
        return
    names = list(known_threads(storage, site, prefix))
    counts = storage.threads.counts(site, names)
    click.echo(columns(("COMMENTS", "THREAD"), list(zip(counts, map(readable_address, names), strict=True))))


@thread.command("move")
@click.argument("id", metavar="SITE")
@click.argument("source", default="", metavar="[FROM]")
@click.argument("target", default="", metavar="[TO]")
@click.option("--prefix", is_flag=True, help="Move all threads that begin with FROM: a folder or a whole host.")
@click.option("--file", type=click.File(encoding="utf-8-sig"), help='CSV of old and new addresses; "-" is stdin.')
@click.option("--large", is_flag=True, help="Merge two large threads, even if that stops Valkey for up to a second.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
def move(id: str, source: str, target: str, prefix: bool, file: TextIO | None, large: bool, dry_run: bool) -> None:
    """Move the comments of the thread FROM to TO. Two threads with comments are merged.

    FROM answers with the thread TO afterwards: for readers, feeds, counts, forms and links in mails.
    For example: replygate thread move blog https://old.example/ https://new.example/ --prefix
    """
    site, storage = site_named(id), current_deployment().storage
    if bool(file) == bool(source and target):
        raise click.UsageError("give FROM and TO, or --file")
    if file:
        moves = mapping_of(csv.reader(file), site)
    elif prefix:
        moves = prefix_moves(storage, site, source, target)
    else:
        moves = {thread_key(source, site): thread_key(target, site)}
    check_moves(moves)
    rows = [
        (plan.comments, readable_address(plan.source), readable_address(plan.target), plan.effect)
        for plan in planned_moves(storage, site.id, moves)
    ]
    click.echo(columns(("COMMENTS", "FROM", "TO", ""), rows))
    if prefix and not file and (moved := moved_prefix(site, source, target)):
        click.echo(f"Pages below {readable_address(moved[0])} without comments move too.")
    if dry_run:
        click.echo("Nothing was changed.")
        return
    if prefix and not file:
        add_prefix(storage, site, source, target)
    n = apply_moves(storage, site.id, moves, CONSOLE, unlimited=large)
    storage.thread_moves.finish(site.id)
    click.echo(f"Moved {n} thread{'' if n == 1 else 's'}.")
    if n < len(moves):
        click.echo(f"{len(moves) - n} had no effect: both addresses are one thread already.")


@thread.command("set")
@click.argument("id", metavar="SITE")
@click.argument("name", metavar="THREAD")
@click.option("--title", help='Title of the article; "" deletes it.')
@click.option("--url", help='Address of the page, for a thread that is named by a key; "" deletes it.')
def set_thread(id: str, name: str, title: str | None, url: str | None) -> None:
    """Set the title and the address that emails, feeds and review pages show for THREAD."""
    site, here = site_named(id), current_deployment()
    (key,) = here.storage.thread_moves.resolve(site.id, [thread_key(name, site)])
    set_details(here.storage, here.settings, site, key, title, url, AuditEntry(CONSOLE, AuditAction.THREAD_SET))
    (details,) = here.storage.thread_details.get(site.id, [key])
    click.echo(columns(("THREAD", "TITLE", "ADDRESS"), [(readable_address(key), details.title, details.url)]))


@thread.command("normalize")
@click.argument("id", metavar="SITE")
def normalize(id: str) -> None:
    """Join threads that are one page since SITE changed `same_page` or `ignored_parameters`."""
    site, storage = site_named(id), current_deployment().storage
    n = storage.thread_moves.normalize(site.id, lambda name: thread_key(name, site))
    click.echo(f"Moved {n} threads.")
