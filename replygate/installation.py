"""The deployment that the command line speaks to: what was started here, or what the environment names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from comments.errors import SettingsInvalid
from comments.rq_figures import Queues, RQQueues
from comments.settings import PREFIX, Settings
from comments.storage import Storage
from comments.storage.redis import connect, open_redis

from . import embedded

#: The file where `replygate up` keeps the random key that it made on its first start.
KEY_FILE = "secret"


@dataclass(frozen=True, slots=True)
class Installation:
    """What commands need; tests build another one."""

    settings: Settings
    storage: Storage
    queues: Queues
    now: Callable[[], datetime]


def settings(directory: Path, env: Mapping[str, str]) -> Settings:
    """The environment's settings; without any, those of what `replygate up` keeps in `directory`.

    Raises SettingsInvalid.
    """
    secret = directory / KEY_FILE
    if not any(name.startswith(PREFIX) for name in env) and secret.exists():
        return Settings(secret_key=secret.read_text().strip(), redis_url=embedded.url(directory))
    return Settings.from_env(env)


def open_installation(directory: Path, env: Mapping[str, str]) -> Installation:
    """Raises SettingsInvalid, also when the data is newer than this program; StorageDown when nothing answers."""
    of = settings(directory, env)
    try:
        storage = open_redis(of)
    except ValueError as error:
        raise SettingsInvalid(f"REPLYGATE_REDIS_URL: {error}") from error
    storage.server.prepare()
    return Installation(of, storage, RQQueues(connect(of)), lambda: datetime.now(UTC))


def installation() -> Installation:
    """The one that the present command speaks to, opened when the first command asks."""
    context = click.get_current_context()
    if callable(context.obj):
        context.obj = context.obj()
    assert isinstance(context.obj, Installation)  # noqa: S101 - the group or a test has put it there
    return context.obj
