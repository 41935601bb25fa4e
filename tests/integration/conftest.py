"""The web service on each back end with signed-in accounts, and a Valkey server with durable settings."""

from collections.abc import Iterator

import pytest
from redis import Redis

from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from tests.support.desk import Desk, Seat, a_desk
from tests.support.operated import a_house, say_alive
from tests.support.receiver import Receiver


@pytest.fixture
def desk(storage: Storage) -> Desk:
    return a_desk(storage)


@pytest.fixture
def mo(desk: Desk) -> Seat:
    return desk.signed_in("mo", blog="moderator")


@pytest.fixture
def owner(desk: Desk) -> Seat:
    return desk.signed_in("ow", blog="owner")


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
def house(storage: Storage, durable: Redis) -> Desk:
    say_alive(storage)
    return a_house(storage)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as listening:
        yield listening
