"""The web service on each back end with signed-in accounts, and a Valkey server with durable settings."""

from collections.abc import Iterator

import pytest
from redis import Redis

from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from tests.support.operations import open_operated_app, send_heartbeats
from tests.support.receiver import Receiver
from tests.support.web_app import SignedInClient, WebApp, open_web_app


@pytest.fixture
def web_app(storage: Storage) -> WebApp:
    return open_web_app(storage)


@pytest.fixture
def mo(web_app: WebApp) -> SignedInClient:
    return web_app.signed_in("mo", blog="moderator")


@pytest.fixture
def owner(web_app: WebApp) -> SignedInClient:
    return web_app.signed_in("ow", blog="owner")


@pytest.fixture
def durable(valkey_settings: Settings) -> Iterator[Redis]:
    """Configure the server durably, and restore its settings after the test."""
    client = connect(valkey_settings)
    before = {name: client.config_get(name)[name] for name in ("appendonly", "appendfsync", "maxmemory-policy")}
    client.config_set("appendfsync", "always")
    yield client
    for name, value in before.items():
        client.config_set(name, value)
    client.config_set("maxmemory", 0)
    client.close()


@pytest.fixture
def operated_app(storage: Storage, durable: Redis) -> WebApp:
    send_heartbeats(storage)
    return open_operated_app(storage)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as listening:
        yield listening
