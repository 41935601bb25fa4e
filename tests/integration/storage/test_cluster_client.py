"""Steps with keys of several slots work in a cluster, and what needs one server says so."""

from dataclasses import replace

import pytest

from comments.audit import AuditAction, AuditEntry, AuditQuery
from comments.errors import StorageDown
from comments.settings import Settings
from comments.storage.codec import dump
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.pauses import OperatorPause
from comments.storage.redis import connect
from comments.storage.redis.audit_log import packed
from comments.storage.redis.client import StoreClient
from comments.storage.redis.scripts import Script
from tests.support.builders import NOW, a_site, settings

ENTRY = AuditEntry("ow", AuditAction.SITE_SET, "title", site="blog")


@pytest.fixture
def client(cluster_settings: Settings) -> StoreClient:
    return connect(cluster_settings)


def audited(storage: Storage, site: str) -> int:
    return len(storage.audit.page(site, AuditQuery(), 10).rows)


def test_a_change_of_a_site_is_in_the_audit_of_the_site(cluster_storage: Storage) -> None:
    cluster_storage.sites.put(a_site(), ENTRY)
    assert cluster_storage.sites.compare_and_set(a_site(), a_site(name="B"), ENTRY, AuditEntry("ow", "x"))
    assert not cluster_storage.sites.compare_and_set(a_site(), a_site(name="C"), ENTRY)
    assert (audited(cluster_storage, "blog"), audited(cluster_storage, "")) == (2, 1)


def test_a_pause_is_in_the_audit_of_the_site(cluster_storage: Storage) -> None:
    cluster_storage.judging_pauses.pause("blog", OperatorPause(NOW, "op"), ENTRY)
    cluster_storage.judging_pauses.resume("blog", ENTRY)
    assert audited(cluster_storage, "blog") == 2


def test_the_end_of_an_import_is_in_the_audit_of_the_site(cluster_storage: Storage) -> None:
    cluster_storage.archives.begin("shop", "token")
    cluster_storage.archives.finish(a_site(id="shop"), replace(ENTRY, site="shop"))
    assert audited(cluster_storage, "shop") == 1


def test_entries_that_an_ended_process_left_get_into_the_audit_of_their_site(
    cluster_storage: Storage, client: StoreClient
) -> None:
    waiting = Keys("rg").audit_waiting()
    for n in range(3):
        client.xadd(waiting, {"e": dump(replace(ENTRY, subject=str(n)))})
    for _ in range(2):
        cluster_storage.audit.move_waiting()
        assert [entry.subject for entry in cluster_storage.audit.all("blog")] == ["0", "1", "2"]
    assert not client.xlen(waiting)


def test_an_entry_that_was_moved_and_is_moved_again_is_added_once(
    cluster_storage: Storage, client: StoreClient
) -> None:
    move, keys = Script(client, "accounts/audit_add_once"), [Keys("rg").audit("blog")]
    for waiting in ("5-0", "5-1", "5-0"):
        move(keys, {"waiting": waiting, "since": 0}, packed(ENTRY))
    assert audited(cluster_storage, "blog") == 2


def test_keys_of_all_sites_are_in_one_slot(cluster_storage: Storage, client: StoreClient) -> None:
    cluster_storage.server.prepare()
    cluster_storage.sites.put(a_site())
    cluster_storage.heartbeats.beat("web", "one", 10)
    assert {key.decode() for key in client.scan_iter("*")} == {"rg:{~}:version", "rg:{~}:sites", "rg:{~}:beats:web"}


def test_commands_with_keys_of_several_slots_are_divided(client: StoreClient) -> None:
    keys = [f"{{{n}}}:key" for n in range(9)]
    for n, key in enumerate(keys):
        client.set(key, n)
    assert client.mget([*keys, "none", keys[0]]) == [*(str(n).encode() for n in range(9)), None, b"0"]
    assert client.exists(*keys) == client.unlink(*keys, "none") == 9


def test_a_pipeline_returns_replies_in_the_order_of_its_commands(client: StoreClient) -> None:
    for transaction in (False, True):
        pipe = client.pipeline(transaction=transaction)
        pipe.set("a", 1).hset("b", "field", 2).incr("a").hgetall("b").zadd("c", {"m": 3}).zrange(
            "c", 0, -1, withscores=True
        )
        assert pipe.execute()[2:] in ([2, {b"field": b"2"}, n, [(b"m", 3.0)]] for n in (0, 1))
        assert pipe.execute() == []


def test_the_figures_and_problems_are_those_of_all_servers(cluster_storage: Storage, client: StoreClient) -> None:
    assert cluster_storage.server.figures()["memory_bytes"] > 0
    assert cluster_storage.server.check() == []
    assert len(client.servers()) == 1


@pytest.mark.parametrize(
    ("scheme", "user", "problem"),
    [
        ("redis", "nobody:wrong-secret@", "invalid username-password pair"),
        ("rediss", ":wrong-secret@", "(Timeout connecting to server|SSL|Connection)"),
    ],
)
def test_the_problem_of_the_last_server_is_named(
    cluster_server: str, valkey_server: str, scheme: str, user: str, problem: str
) -> None:
    host = cluster_server.partition("://")[2]
    client = connect(settings(redis_url=f"{scheme}+cluster://{user}{host}", queue_redis_url=valkey_server))
    with pytest.raises(StorageDown, match=f"^no server of the cluster answers: {host}: {problem}") as raised:
        client.get("a")
    assert "wrong-secret" not in str(raised.value)


def test_a_refused_connection_is_named(valkey_server: str) -> None:
    with pytest.raises(StorageDown, match=r"answers: 127\.0\.0\.1:1: .*refused"):
        connect(settings(redis_url="redis+cluster://127.0.0.1:1", queue_redis_url=valkey_server)).get("a")
