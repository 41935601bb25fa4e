"""Run the command line on an empty deployment."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result

from comments.rq_stats import RQQueueStats, RQWorkerStats
from comments.site import Site
from comments.storage.interfaces import Storage
from replygate.__main__ import cli
from replygate.deployment import Deployment
from tests.support.builders import a_site, settings

Run = Callable[..., Result]


class OneQueue:
    def read(self) -> tuple[RQQueueStats, ...]:
        jobs = dict.fromkeys(("queued", "started", "finished", "failed", "deferred", "scheduled"), 0)
        return (RQQueueStats("judge", (RQWorkerStats("one"), RQWorkerStats("two")), jobs | {"queued": 7}),)


@pytest.fixture
def run(storage: Storage) -> Run:
    """Return a function that runs one command."""
    deployment = Deployment(
        settings(public_url="https://replies.example/"), storage, OneQueue(), lambda: datetime.now(UTC)
    )

    def command(*words: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(cli, words, input=typed, obj=deployment, catch_exceptions=False)

    return command


@pytest.fixture
def blog(storage: Storage) -> Site:
    storage.sites.put(a_site())
    return a_site()
