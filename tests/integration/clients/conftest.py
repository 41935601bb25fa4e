"""A whole service for the tests of the clients, started once for each process that runs tests."""

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from comments.lifecycle import Status
from comments.model import Comment
from comments.pseudonyms import new_id
from comments.storage.interfaces import Storage
from comments.storage.redis import open_redis
from replygate.client import AsyncClient, Client, RetryPolicy
from replygate.embedded_valkey import start
from service.web.site_access import new_site_key
from tests.support.builders import a_site, settings
from tests.support.http_faults import HttpFaults
from tests.support.running_service import running_service


@dataclass(frozen=True)
class Served:
    """A running service with the site "blog", and the key of that site."""

    url: str
    storage: Storage
    key: str

    def comments(self, thread: str) -> list[Comment]:
        """Return the comments of a thread in every status."""
        found = (self.storage.comments.by_status("blog", status, 1000).rows for status in Status)
        return [comment for rows in found for comment in rows if comment.thread == thread]


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    with tempfile.TemporaryDirectory(prefix="rg") as directory:
        server = start(Path(directory), fsync="everysec")
        storage = open_redis(settings(redis_url=server.url))
        kept, key = new_site_key()
        storage.sites.put(a_site(keys=(kept,), per_minute=0))
        with running_service(server.url, ("work", "judge"), ("work", "background"), ("sweep",)) as url:
            yield Served(url, storage, key)
        server.stop()


@pytest.fixture
def faults(served: Served) -> Iterator[HttpFaults]:
    with HttpFaults(served.url) as proxy:
        yield proxy


@pytest.fixture
def thread() -> str:
    """Return a thread of the test's own, because all tests share one service."""
    return f"/{new_id()}"


class Blocking:
    """Calls the methods of an AsyncClient and waits for them, so that one test covers both clients."""

    def __init__(self, runner: asyncio.Runner, client: AsyncClient) -> None:
        self._runner, self._client = runner, client

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            started = getattr(self._client, name)(*arguments, **named)
            return self._runner.run(_list_of(started) if hasattr(started, "__aiter__") else started)

        return call


async def _list_of(found: Any) -> list[Any]:
    return [each async for each in found]


#: Does not wait long, because the tests cause the faults.
QUICK = RetryPolicy(first_wait=0.01, longest_wait=0.1, time_limit=20)


@pytest.fixture(params=["blocking", "async"])
def open_client(request: pytest.FixtureRequest, served: Served) -> Iterator[Any]:
    """Return a function that opens a client of either kind, by default with the site's key."""
    with asyncio.Runner() as runner:
        opened: list[Any] = []

        def open_one(url: str = served.url, key: str = served.key, policy: RetryPolicy = QUICK, **changes: Any) -> Any:
            kind = Client if request.param == "blocking" else AsyncClient
            client = kind(url, "blog", key, policy=replace(policy, **changes))
            opened.append(client if request.param == "blocking" else Blocking(runner, client))
            return opened[-1]

        yield open_one
        for client in opened:
            client.close()
