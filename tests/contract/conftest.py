"""The core stores of both back ends, one of them on Valkey and on Redis: the same tests run on each."""

import pytest

from comments.storage.interfaces import CoreStorage


@pytest.fixture(params=["memory", "redis_storage", "original_redis_storage", "cluster_storage"])
def storage(request: pytest.FixtureRequest) -> CoreStorage:
    chosen: CoreStorage = request.getfixturevalue(request.param)
    return chosen
