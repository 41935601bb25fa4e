"""The deployment that commands manage: the one in the data directory, or the one that the environment names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from comments.errors import SettingsInvalid, StorageDown, StorageRefuses
from comments.rq_stats import RQStats, RQStatsReader
from comments.settings import PREFIX, Settings
from comments.storage.interfaces import Storage
from comments.storage.redis import connect_queue, open_redis

from . import embedded_valkey
from .data_directory import ADDRESS_FILE, KEY_FILE, explain_silence


@dataclass(frozen=True, slots=True)
class Deployment:
    """Dependencies of the commands. Tests build their own."""

    settings: Settings
    storage: Storage
    rq_stats: RQStats
    now: Callable[[], datetime]


def load_settings(directory: Path, env: Mapping[str, str]) -> Settings:
    """Read the settings from the environment. If it names no server, use that of `replygate up` in `directory`.

    Raises SettingsInvalid.
    """
    local = _local_settings(directory, env)
    others = embedded_valkey.server_variables(env) if local else []  # that of the jobs, which `up` does not use either
    try:
        return Settings.from_env({**local, **{name: value for name, value in env.items() if name not in others}})
    except SettingsInvalid as error:
        if local or is_set(env, "REDIS_URL") or is_set(env, "SECRET_KEY"):
            raise
        raise SettingsInvalid(
            f"{error}\n`replygate up` never ran in {directory.absolute()}. Run this command where it runs, or name its "
            "directory: replygate --data DIRECTORY …"
        ) from error


def _local_settings(directory: Path, env: Mapping[str, str]) -> dict[str, str]:
    if not embedded_valkey.lock(directory).exists() or is_set(env, "REDIS_URL"):
        return {}
    found = {f"{PREFIX}REDIS_URL": embedded_valkey.url(directory)}
    secret, address = directory / KEY_FILE, directory / ADDRESS_FILE
    if secret.exists() and not is_set(env, "SECRET_KEY"):
        found[f"{PREFIX}SECRET_KEY_FILE"] = str(secret)
    if address.exists() and not is_set(env, "PUBLIC_URL"):
        found[f"{PREFIX}PUBLIC_URL_FILE"] = str(address)
    return found


def is_set(env: Mapping[str, str], name: str) -> bool:
    return f"{PREFIX}{name}" in env or f"{PREFIX}{name}_FILE" in env


def open_deployment(directory: Path, env: Mapping[str, str]) -> Deployment:
    """Connect to the deployment.

    Raises SettingsInvalid, also for data written by a newer version, and StorageDown if the server does not answer.
    """
    chosen = load_settings(directory, env)
    try:
        storage = open_redis(chosen)
    except ValueError as error:
        raise SettingsInvalid(f"REPLYGATE_REDIS_URL: {error}") from error
    try:
        storage.server.prepare()
    except StorageRefuses:
        raise
    except StorageDown as error:
        if not _local_settings(directory, env):
            raise
        raise StorageDown(f"{error} {explain_silence(directory)}") from error
    return Deployment(chosen, storage, RQStatsReader(connect_queue(chosen), chosen.prefix), lambda: datetime.now(UTC))


def current_deployment() -> Deployment:
    """Return the deployment of the running command. The first call connects to it."""
    context = click.get_current_context()
    if callable(context.obj):
        context.obj = context.obj()
    assert isinstance(context.obj, Deployment)  # noqa: S101 - set by the main group or a test
    return context.obj
