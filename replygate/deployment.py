"""The deployment that the command line speaks to: what was started here, or what the environment names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from comments.errors import SettingsInvalid
from comments.rq_stats import RQStats, RQStatsReader
from comments.settings import PREFIX, Settings
from comments.storage.interfaces import Storage
from comments.storage.redis import connect, open_redis

from . import embedded_valkey

#: The file where `replygate up` keeps the random key that it made on its first start.
KEY_FILE = "secret"
#: The file where it leaves the address under which people reach it.
ADDRESS_FILE = "address"


@dataclass(frozen=True, slots=True)
class Installation:
    """What commands need; tests build another one."""

    settings: Settings
    storage: Storage
    queues: RQStats
    now: Callable[[], datetime]


def settings(directory: Path, env: Mapping[str, str]) -> Settings:
    """The environment's settings; where it names no server, that of what `replygate up` keeps in `directory`.

    Raises SettingsInvalid.
    """
    return Settings.from_env({**_found(directory, env), **env})


def _found(directory: Path, env: Mapping[str, str]) -> dict[str, str]:
    if not embedded_valkey.lock(directory).exists() or _says(env, "REDIS_URL"):
        return {}
    found = {f"{PREFIX}REDIS_URL": embedded_valkey.url(directory)}
    secret, address = directory / KEY_FILE, directory / ADDRESS_FILE
    if secret.exists() and not _says(env, "SECRET_KEY"):
        found[f"{PREFIX}SECRET_KEY_FILE"] = str(secret)
    if address.exists() and not _says(env, "PUBLIC_URL"):
        found[f"{PREFIX}PUBLIC_URL_FILE"] = str(address)
    return found


def _says(env: Mapping[str, str], name: str) -> bool:
    return f"{PREFIX}{name}" in env or f"{PREFIX}{name}_FILE" in env


def open_installation(directory: Path, env: Mapping[str, str]) -> Installation:
    """Raises SettingsInvalid, also when the data is newer than this program; StorageDown when nothing answers."""
    of = settings(directory, env)
    try:
        storage = open_redis(of)
    except ValueError as error:
        raise SettingsInvalid(f"REPLYGATE_REDIS_URL: {error}") from error
    storage.server.prepare()
    return Installation(of, storage, RQStatsReader(connect(of)), lambda: datetime.now(UTC))


def installation() -> Installation:
    """The one that the present command speaks to, opened when the first command asks."""
    context = click.get_current_context()
    if callable(context.obj):
        context.obj = context.obj()
    assert isinstance(context.obj, Installation)  # noqa: S101 - the group or a test has put it there
    return context.obj
