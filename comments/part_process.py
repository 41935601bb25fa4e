"""The process of one part: its settings, its logs, and its signs of life."""

import platform
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from secrets import token_hex

from . import logs
from .errors import ReplygateError
from .settings import Settings
from .watchdog import give_signs_of_life


def process_name() -> str:
    """Return a new name of this process, for its heartbeats. It begins with the name of the host or container.

    The process id is no name: in a container a new process may have the id of the previous one.
    """
    return f"{_host_prefix()}{token_hex(4)}"


def runs_on_this_host(name: str) -> bool:
    """Return True if a process of this name runs on this host or in this container."""
    return name.startswith(_host_prefix())


def _host_prefix() -> str:
    return f"{platform.node()}."


@contextmanager
def sentences_for_errors() -> Iterator[None]:
    """End the process with a sentence instead of a traceback when an expected error is raised."""
    try:
        yield
    except ReplygateError as error:
        sys.exit(f"Error: {error}")


@contextmanager
def part_process(part: str, env: Mapping[str, str]) -> Iterator[Settings]:
    """Read the settings of the process `part` from `env`, set up its logs, and say from now on that it runs."""
    with sentences_for_errors():
        settings = Settings.from_env(env)
        logs.configure(settings.log_level, part, settings.log_format)
        give_signs_of_life(env)
        yield settings
