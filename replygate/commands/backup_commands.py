"""`replygate backup` and `replygate restore`: the whole installation in one file, while it runs."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

import click

from comments.archive.site_export import secret_key_fingerprint
from comments.errors import SettingsInvalid
from comments.job_queue import DEFAULT_PREFIX
from comments.pseudonyms import Pseudonyms
from comments.settings import Settings
from comments.storage.redis import connect
from comments.storage.redis.client import StoreClient
from comments.storage.redis.cluster_snapshots import SnapshotReader
from comments.storage.redis.key_copies import record_backup, stored_version
from replygate.backup.backup_file import BackupHeader, pack_backup
from replygate.backup.backup_storage import backup_name, backup_names, backup_storage
from replygate.backup.restoring import PATIENT_SECONDS, empty_server, restore_keys, unpacked_backup
from replygate.deployment import load_settings

from .import_command import ProgressDisplay

#: Target or source that means standard output or input.
_STANDARD = "-"
_SUFFIX = ".backup"


@click.command("backup")
@click.argument("target")
@click.option("--keep", type=click.IntRange(1), metavar="N", help="Afterwards delete all backups but the newest N.")
@click.option("--with-secret-key", is_flag=True, help="Put the secret key into the file as well.")
@click.pass_context
def back_up(context: click.Context, target: str, keep: int | None, with_secret_key: bool) -> None:
    """Write the whole installation to one file, while it runs.

    TARGET is a directory, s3://bucket/prefix, or - for standard output. The file has the state of one moment after the
    start of the command: all sites, people and lessons, and all work that is under way. It contains email addresses.
    In a cluster, each server has a moment of its own.
    """
    if target == _STANDARD and keep:
        raise click.UsageError("--keep needs a directory or a bucket")
    started, now = time.monotonic(), datetime.now(UTC)
    storage = None if target == _STANDARD else backup_storage(target)
    settings = load_settings(context.find_root().params["data"], os.environ)
    client = connect(replace(settings, socket_timeout=PATIENT_SECONDS))
    header = _header(settings, client, now, with_secret_key)
    reader = SnapshotReader(client, settings.prefix)
    parts = pack_backup(replace(header, slots=reader.slots), reader.snapshots())
    if storage is None:
        for part in parts:
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
    else:
        name = backup_name(settings.prefix, now)
        size = storage.write(name, parts)
        click.echo(f"Wrote {name} to {target}: {size / 1e6:.1f} MB in {time.monotonic() - started:.0f} s.", err=True)
        for old in backup_names(storage, settings.prefix)[keep:] if keep else ():
            storage.delete(old)
            click.echo(f"Deleted {old}.", err=True)
    if not record_backup(client, settings.prefix, now):
        click.echo("The server is a replica, so monitoring does not learn of this backup.", err=True)
    if not with_secret_key:
        click.echo("The secret key is not in the file. Keep it as well: a restore needs it.", err=True)


def _header(settings: Settings, client: StoreClient, now: datetime, with_secret_key: bool) -> BackupHeader:
    version = stored_version(client, settings.prefix)
    if version is None:
        raise SettingsInvalid("there is nothing to back up: the server has no data of this REPLYGATE_PREFIX")
    return BackupHeader(
        made=now.isoformat(timespec="seconds"),
        program=metadata.version("replygate"),
        data_version=version,
        prefix=settings.prefix,
        database=int(client.connection_pool.connection_kwargs.get("db") or 0),
        secret_key_fingerprint=secret_key_fingerprint(Pseudonyms(settings.secret_key)),
        secret_key=settings.secret_key if with_secret_key else "",
    )


@click.command("restore")
@click.argument("source")
@click.option("--check", is_flag=True, help="Only check the backup, and show what it is.")
@click.option("--with-other-secret-key", is_flag=True, help="Restore although the secret key is another one.")
@click.pass_context
def restore_backup(context: click.Context, source: str, check: bool, with_other_secret_key: bool) -> None:
    """Restore an installation to an empty server. All parts must be stopped.

    SOURCE is a file, a directory or s3://bucket/prefix with backups, of which the newest is taken, or - for standard
    input. Without REPLYGATE_REDIS_URL the installation is restored to the directory of `replygate up`. The whole file
    is checked before anything is written.
    """
    directory: Path = context.find_root().params["data"]
    with _opened(source, os.environ.get("REPLYGATE_PREFIX", DEFAULT_PREFIX)) as file, unpacked_backup(file) as backup:
        header = backup.header
        click.echo(f"The backup is complete. Replygate {header.program} made it at {header.made}.", err=True)
        if check:
            return
        with empty_server(directory, os.environ, header, with_other_secret_key) as settings:
            shown = ProgressDisplay("Restoring", "keys")
            total = restore_keys(backup, settings, lambda n: shown(n, max(n + 1, backup.n_keys)))
            shown(total, total)
    click.echo(f"Restored {total} keys. Start the service now.", err=True)


@contextmanager
def _opened(source: str, prefix: str) -> Iterator[BinaryIO]:
    """Open a backup. Of a directory or a bucket the newest is taken."""
    if source == _STANDARD:
        with tempfile.TemporaryFile() as copy:
            copyfileobj(sys.stdin.buffer, copy)
            copy.seek(0)
            yield copy
        return
    place, _, name = source.rpartition("/") if source.endswith(_SUFFIX) else (source, "", "")
    storage = backup_storage(place or (name and ("/" if source.startswith("/") else ".")))
    names = [name] if name else backup_names(storage, prefix)
    if not names:
        raise click.ClickException(f"{source} has no backup of this REPLYGATE_PREFIX")
    with storage.open(names[0]) as file:
        yield file
