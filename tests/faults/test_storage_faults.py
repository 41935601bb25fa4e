"""Responses of the web service if Valkey's response is lost, or Valkey does not respond."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from comments.job_queue import RQJobs
from comments.pseudonyms import Pseudonyms
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.redis import connect, open_redis
from replygate.embedded_valkey import Embedded, socket_path, start
from service import create_app
from service.deps import Deps
from tests.faults.proxy import Proxy
from tests.support.builders import SECRET, a_site, settings
from tests.support.wait import wait_until
from workers.deps import now

BODY = {"thread": "t", "author": "Ada", "email": "ada@example.org", "content": "It rained on the day we left."}


@pytest.fixture
def directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="rgf") as path:
        yield Path(path)


@pytest.fixture
def server(directory: Path) -> Iterator[Embedded]:
    running = start(directory)
    yield running
    os.kill(running.process.pid, signal.SIGCONT)
    running.stop()


@pytest.fixture
def store(server: Embedded) -> Storage:
    """Open the storage directly, without the proxy."""
    opened = open_redis(settings(redis_url=server.url))
    opened.sites.put(a_site(per_minute=0))
    return opened


@pytest.fixture
def proxy(server: Embedded, directory: Path) -> Iterator[Proxy]:
    made = Proxy(socket_path(directory))
    yield made
    made.close()


def app(to: Settings) -> Flask:
    return create_app(Deps(to, open_redis(to), RQJobs(connect(to)), Pseudonyms(SECRET), now))


@pytest.mark.parametrize("headers", [{"Idempotency-Key": "k"}, {}], ids=["with a key", "without a key"])
def test_repeating_a_submission_after_a_lost_response_gives_the_same_comment(
    store: Storage, proxy: Proxy, headers: dict[str, str]
) -> None:
    client = app(settings(redis_url=proxy.url)).test_client()
    client.get("/v1/sites/blog/threads/t/comments")  # loads the scripts and caches the site
    client.post("/v1/sites/blog/comments", json={**BODY, "content": "The first of two."})
    for n in range(20):
        body = {**BODY, "content": f"Number {n}: it rained on the day we left."}
        own = {name: f"{value}{n}" for name, value in headers.items()}
        proxy.cut = b"it rained on the day we left"
        assert client.post("/v1/sites/blog/comments", json=body, headers=own).status_code == 503
        proxy.cut = b""
        again = client.post("/v1/sites/blog/comments", json=body, headers=own)
        assert again.status_code == 202
        assert client.post("/v1/sites/blog/comments", json=body, headers=own).json == again.json
    assert proxy.cuts == 20
    assert store.comments.counters("blog").accepted == 21


def test_an_unresponsive_server_gives_503_in_time(server: Embedded, store: Storage) -> None:
    client = app(settings(redis_url=server.url)).test_client()
    assert client.post("/v1/sites/blog/comments", json=BODY).status_code == 202
    server.process.send_signal(signal.SIGSTOP)
    for _ in range(3):
        begun = time.monotonic()
        refused = client.post("/v1/sites/blog/comments", json={**BODY, "content": "Something else."})
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) >= 1
        assert time.monotonic() - begun < 15, "the request waits no longer than the time limit"
    server.process.send_signal(signal.SIGCONT)
    more = {**BODY, "content": "One more."}
    wait_until(lambda: client.post("/v1/sites/blog/comments", json=more).status_code == 202, "soon all is well again")
