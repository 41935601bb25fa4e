"""Prepare the demo in processes that end, so that `replygate up` stays small."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

import click

from comments.errors import ReplygateError, SettingsInvalid

from .exec_with_parent import wrapped
from .expected_errors import UsageProblem

#: The account that the first start creates.
DEMO_ACCOUNT = "admin"


@dataclass(frozen=True, slots=True)
class PreparedDemo:
    """The state of the demo site. `sign_in_link` is "" once its owner has a password or is gone."""

    sign_in_link: str
    has_comments: bool


def prepare_demo(environment: Mapping[str, str]) -> PreparedDemo:
    """Migrate the stored data, and create the demo site and its owner on the first start (`demo_site`).

    Raises SettingsInvalid, also for data written by a newer version, or another ReplygateError.
    """
    command = wrapped([sys.executable, "-m", "replygate.demo_site"])
    done = subprocess.run(  # noqa: S603 - our own words
        command, env=environment, capture_output=True, text=True, start_new_session=True, check=False
    )
    if done.returncode:
        kind = SettingsInvalid if done.returncode == UsageProblem.exit_code else ReplygateError
        raise kind(done.stderr.removeprefix("Error: ").strip())
    click.echo(done.stderr, err=True, nl=False)  # what it logged
    return PreparedDemo(**json.loads(done.stdout))


def add_examples(log: BinaryIO, environment: Mapping[str, str]) -> bool:
    """Add the example comments. Return False if they are not complete; the log says why."""
    command = wrapped([sys.executable, "-m", "replygate", "demo"])
    done = subprocess.run(  # noqa: S603 - our own words
        command, env=environment, stdout=log, stderr=log, start_new_session=True, check=False
    )
    return not done.returncode
