"""A storage whose data a test can make older instead of waiting."""

from collections.abc import Callable

import pytest

from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from tests.support.stored import age


@pytest.fixture
def aging(storage: Storage, valkey_settings: Settings) -> tuple[Storage, Callable[[float], None]]:
    client = connect(valkey_settings)
    return storage, lambda seconds: age(client, seconds)
