"""The mark of a restore: it stays until the restore is over, so that nothing uses half of the data."""

import pytest

from comments.errors import SettingsInvalid
from comments.settings import Settings
from comments.storage.keys import Keys
from comments.storage.redis import connect
from comments.storage.redis.key_copies import begin_restore

KEYS = Keys("rg")


def test_a_restore_that_begins_again_removes_the_half_and_keeps_its_mark(valkey_settings: Settings) -> None:
    client = connect(valkey_settings)
    for _ in range(2):
        begin_restore(client, "rg")
        assert client.keys() == [KEYS.restoring().encode()]
        client.set(KEYS.comment("blog", "a"), "half")


def test_a_restore_never_replaces_the_data_of_an_installation(valkey_settings: Settings) -> None:
    client = connect(valkey_settings)
    client.set(KEYS.comment("blog", "a"), "whole")
    with pytest.raises(SettingsInvalid, match="not empty"):
        begin_restore(client, "rg")
    assert client.keys() == [KEYS.comment("blog", "a").encode()]
