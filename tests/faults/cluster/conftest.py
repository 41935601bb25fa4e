"""A cluster of three primaries, with an empty storage for each test."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from comments.storage.interfaces import Storage
from comments.storage.redis import open_redis
from tests.support.builders import settings
from tests.support.cluster import Cluster, running_cluster


@pytest.fixture(scope="package")
def cluster() -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="rgk") as directory, running_cluster(Path(directory), 3) as running:
        yield running


@pytest.fixture
def store(cluster: Cluster, valkey_url: str) -> Storage:
    for client in cluster.clients():
        client.flushall()
    return open_redis(settings(redis_url=cluster.url, queue_redis_url=valkey_url))
