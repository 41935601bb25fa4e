"""Addresses of Sentinels are read whole, or refused with a sentence about the variable."""

import pytest

from comments.errors import SettingsInvalid
from comments.storage.redis.addresses import is_sentinel_url, sentinel_address


def test_hosts_service_database_and_passwords_are_read() -> None:
    url = "rediss+sentinel://ada:p%40ss@one:26380,two,[::1]:5/my%20master/3?sentinel_username=s&sentinel_password=w"
    address = sentinel_address(url)
    assert address.hosts == (("one", 26380), ("two", 26379), ("::1", 5))
    assert address.service == "my master"
    assert address.server == {"db": 3, "ssl": True, "username": "ada", "password": "p@ss"}
    assert address.sentinel == {"username": "s", "password": "w"}


def test_database_and_passwords_may_be_left_out() -> None:
    address = sentinel_address("redis+sentinel://one/comments")
    assert (address.hosts, address.server, address.sentinel) == ((("one", 26379),), {"db": 0, "ssl": False}, {})


@pytest.mark.parametrize(
    "url",
    [
        "redis+sentinel://one",
        "redis+sentinel://one/",
        "redis+sentinel:///comments",
        "redis+sentinel://one,,two/comments",
        "redis+sentinel://one:port/comments",
        "redis+sentinel://one:99999/comments",
        "redis+sentinel://one/comments/x",
        "redis+sentinel://one/comments/0?db=1",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(SettingsInvalid, match="REPLYGATE_REDIS_URL"):
        sentinel_address(url)


def test_only_these_schemes_are_addresses_of_sentinels() -> None:
    urls = ("redis+sentinel://a/b", "rediss+sentinel://a/b", "redis://a/0", "unix:///a", "sentinel://a/b")
    assert [is_sentinel_url(url) for url in urls] == [True, True, False, False, False]
