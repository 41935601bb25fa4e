"""A real Valkey server for each process that runs tests, and a storage on it, empty for each test."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

from comments.settings import Settings
from comments.storage.interfaces import CoreStorage, Storage
from comments.storage.memory import open_memory
from comments.storage.redis import connect, open_redis
from replygate.embedded_valkey import start
from tests.support.app_caches import use_app_caches
from tests.support.builders import settings
from tests.support.cluster import running_cluster

#: No deadline, because the machine may be busy. The examples are the same in each run, so that a failure is caused by a
#: change and not by chance.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], derandomize=True
)
hypothesis.settings.load_profile("patient")
use_app_caches()

TESTS = Path(__file__).parent
#: Files that take longest, in the order of their start. The other processes would wait for one that starts last.
#: Those of the browser come after the others, next to all further files that use it, so that it starts once.
LONGEST = (
    "integration/replygate/test_up.py",
    "integration/review/test_stored_markup.py",
    "integration/reading/test_cached_reading.py",
    "faults/test_soak.py",
    "faults/test_matrix.py",
    "faults/test_refusing_store.py",
    "faults/test_fail_over.py",
    "integration/web/test_every_address.py",
    "browser/test_accessibility.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {TESTS / name: n for n, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="rg") as directory:  # short, because a socket path has at most 107 bytes
        server = start(Path(directory), fsync="everysec")
        yield server.url
        server.stop()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """Return the address of a Redis: the operator's own server may be one. `make tools` installs Debian's package."""
    program = shutil.which("redis-server")
    assert program, "redis-server is missing: run `make tools`"
    with tempfile.TemporaryDirectory(prefix="rg") as directory:
        server = start(Path(directory), fsync="everysec", program=program)
        yield server.url
        server.stop()


def emptied(url: str, queue_url: str = "") -> str:
    client = connect(settings(redis_url=url, queue_redis_url=queue_url))
    client.flushall()
    client.close()
    return url


@pytest.fixture
def valkey_url(valkey_server: str) -> str:
    return emptied(valkey_server)


@pytest.fixture(scope="module")
def valkey_of_module(valkey_server: str) -> str:
    """Return the address of a server that is empty at the start of a module, for processes that serve all its tests."""
    return emptied(valkey_server)


@pytest.fixture
def valkey_settings(valkey_url: str) -> Settings:
    return settings(redis_url=valkey_url)


@pytest.fixture
def redis_storage(valkey_settings: Settings) -> Storage:
    return open_redis(valkey_settings)


@pytest.fixture(scope="session")
def cluster_server(valkey_server: str) -> Iterator[str]:
    """A cluster of one server, which refuses calls with keys of several slots as any cluster does."""
    with tempfile.TemporaryDirectory(prefix="rgc") as directory, running_cluster(Path(directory)) as cluster:
        yield cluster.url


@pytest.fixture
def cluster_settings(cluster_server: str, valkey_server: str) -> Settings:
    return settings(redis_url=emptied(cluster_server, valkey_server), queue_redis_url=valkey_server)


@pytest.fixture
def cluster_storage(cluster_settings: Settings) -> Storage:
    return open_redis(cluster_settings)


@pytest.fixture
def empty_redis_url(redis_server: str) -> str:
    return emptied(redis_server)


@pytest.fixture
def original_redis_storage(empty_redis_url: str) -> Storage:
    """Return an empty storage on Redis; `redis_storage` is on Valkey."""
    return open_redis(settings(redis_url=empty_redis_url))


@pytest.fixture
def memory() -> CoreStorage:
    return open_memory(lambda: datetime.now(UTC))


@pytest.fixture
def storage(redis_storage: Storage) -> Storage:
    return redis_storage
