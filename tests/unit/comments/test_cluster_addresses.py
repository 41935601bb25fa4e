"""Addresses of clusters are read whole, or refused with a sentence about the variable."""

import pytest

from comments.errors import SettingsInvalid
from comments.storage.redis import connect, connect_queue
from comments.storage.redis.addresses import cluster_address, is_cluster_url
from tests.support.builders import settings

CLUSTER = "redis+cluster://one,two"


def test_hosts_and_passwords_are_read() -> None:
    address = cluster_address("rediss+cluster://ada:p%40ss@one:7000,two,[::1]:5")
    assert address.hosts == (("one", 7000), ("two", 6379), ("::1", 5))
    assert address.server == {"ssl": True, "username": "ada", "password": "p@ss"}


@pytest.mark.parametrize(
    "url",
    ["redis+cluster://", "redis+cluster://one,,two", "redis+cluster://one:port", "redis+cluster://one/1",
     "redis+cluster://one?db=1"],
)  # fmt: skip
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(SettingsInvalid, match="REPLYGATE_REDIS_URL"):
        cluster_address(url)


def test_only_these_schemes_are_addresses_of_clusters() -> None:
    urls = ("redis+cluster://a", "rediss+cluster://a", "redis://a/0", "redis+sentinel://a/b", "cluster://a")
    assert [is_cluster_url(url) for url in urls] == [True, True, False, False, False]


@pytest.mark.parametrize("open_client", [connect, connect_queue])
def test_a_cluster_without_a_server_for_jobs_is_refused(open_client: object) -> None:
    assert callable(open_client)
    with pytest.raises(SettingsInvalid, match="REPLYGATE_QUEUE_REDIS_URL must name a server of its own"):
        open_client(settings(redis_url=CLUSTER))


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (CLUSTER, "REPLYGATE_QUEUE_REDIS_URL is the address of a cluster"),
        ("redis://one/x", "REPLYGATE_QUEUE_REDIS_URL: the database must be a number"),
        ("nonsense", "REPLYGATE_QUEUE_REDIS_URL is not the address"),
    ],
)
def test_the_address_of_the_server_for_jobs_is_checked(url: str, message: str) -> None:
    with pytest.raises(SettingsInvalid, match=message):
        connect_queue(settings(redis_url=CLUSTER, queue_redis_url=url))


def test_jobs_use_their_own_server_if_it_is_set_and_that_of_the_storage_otherwise() -> None:
    for chosen, host in ((settings(), "127.0.0.1"), (settings(queue_redis_url="redis://one/2"), "one")):
        assert connect_queue(chosen).connection_pool.connection_kwargs["host"] == host
