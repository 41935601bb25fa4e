"""The process of one part: its settings, its logs, and its signs of life."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from . import logs
from .errors import ReplygateError
from .settings import Settings
from .watchdog import give_signs_of_life


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
        logs.configure(settings.log_level, part)
        give_signs_of_life(env)
        yield settings
