"""Errors that people can do something about, as sentences of the command line."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from comments.errors import Invalid, ReplygateError, SettingsInvalid, StorageDown, StorageRefuses


class UsageProblem(click.ClickException):
    """Ends with exit status 2, which shells expect for invalid arguments and settings."""

    exit_code = 2


@contextmanager
def expected_errors() -> Iterator[None]:
    """Print expected errors as a sentence on standard error, without a traceback."""
    try:
        yield
    except ReplygateError as error:
        kind = UsageProblem if isinstance(error, Invalid | SettingsInvalid) else click.ClickException
        raise kind(_message(error)) from error


def _message(error: ReplygateError) -> str:
    if isinstance(error, Invalid):
        return "\n".join(f"{problem.field} {problem.message}" for problem in error.problems)
    if isinstance(error, StorageRefuses):
        return f"Valkey refuses: {error}"
    return f"Valkey does not answer: {error}" if isinstance(error, StorageDown) else str(error)
