"""The core stores of both back ends: the same tests run on each."""

import pytest

from comments.storage.interfaces import CoreStorage


@pytest.fixture(params=["memory", "redis_storage"])
def storage(request: pytest.FixtureRequest) -> CoreStorage:
    chosen: CoreStorage = request.getfixturevalue(request.param)
    return chosen
