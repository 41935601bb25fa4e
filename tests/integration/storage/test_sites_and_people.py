"""Store sites, people, sessions, sign-in links and heartbeats."""

import socketserver
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from comments.audit import AuditAction, AuditEntry
from comments.errors import NotFound, SettingsInvalid, StorageDown, TooMany
from comments.person import Person
from comments.setting_values import Term
from comments.site import SiteKey
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.redis import connect, open_redis
from comments.storage.values import DATA_VERSION, Session
from tests.support.builders import a_site, settings

SESSION = Session("mo", "csrf", datetime(2026, 1, 1, tzinfo=UTC))


def test_a_site_reads_back_with_all_its_settings(storage: Storage) -> None:
    site = a_site(
        keys=(SiteKey("k1", "digest"),),
        hold_words=(Term("free"), Term("casino", ("url",))),
        required=("content",),
        hold_at=2.5,
    )
    storage.sites.put(site)
    assert storage.sites.get("blog") == site


def test_a_site_can_be_changed(storage: Storage) -> None:
    storage.sites.put(a_site())
    storage.sites.put(a_site(name="Renamed"))
    assert [s.name for s in storage.sites.all()] == ["Renamed"]


def test_sites_are_listed_by_id(storage: Storage) -> None:
    for id in ("b", "c", "a"):
        storage.sites.put(a_site(id=id))
    assert [s.id for s in storage.sites.all()] == ["a", "b", "c"]


def test_an_unknown_site_is_not_found(storage: Storage) -> None:
    with pytest.raises(NotFound):
        storage.sites.get("nothing")


def test_a_record_of_another_version_can_be_changed(redis_storage: Storage, valkey_url: str) -> None:
    """Other versions may store the fields in another order, and fields of their own."""
    record = b'{"created":1795348800000,"name":"A blog","colour":"red","id":"blog","moderation":"all"}'
    connect(settings(redis_url=valkey_url)).hset("rg:sites", "blog", record)
    before = redis_storage.sites.get("blog")
    assert redis_storage.sites.compare_and_set(before, replace(before, name="Renamed"))
    assert redis_storage.sites.get("blog").name == "Renamed"
    assert not redis_storage.sites.compare_and_set(before, replace(before, name="Again"))


def test_a_person_reads_back(storage: Storage) -> None:
    person = Person("mo", {"blog": "owner"}, "hash", operator=True)
    storage.people.put(person)
    assert storage.people.get("mo") == person
    storage.people.put(replace(person, name="al"))
    assert [p.name for p in storage.people.all()] == ["al", "mo"]
    with pytest.raises(NotFound):
        storage.people.get("nobody")


def test_a_session_lives_until_it_is_closed(storage: Storage) -> None:
    storage.people.open_session("digest", SESSION, idle=60)
    assert storage.people.session("digest", idle=60) == SESSION
    storage.people.close_session("digest")
    assert storage.people.session("digest", idle=60) is None


def test_removing_an_account_ends_its_sessions(storage: Storage) -> None:
    for name in ("mo", "al"):
        storage.people.put(Person(name, {"blog": "moderator"}))
        storage.people.open_session(f"digest of {name}", replace(SESSION, person=name), 60)
    storage.people.delete("mo", AuditEntry("al", AuditAction.PERSON_REMOVE, "mo"))
    assert [person.name for person in storage.people.all()] == ["al"]
    assert storage.people.session("digest of mo", 60) is None
    assert storage.people.session("digest of al", 60) is not None
    assert (storage.people.sessions("mo"), len(storage.people.sessions("al"))) == ({}, 1)
    assert [(e.by, e.action, e.subject) for e in storage.audit.all("")] == [("al", AuditAction.PERSON_REMOVE, "mo")]
    storage.people.delete("nobody")


def test_all_links_of_a_person_end_together(storage: Storage) -> None:
    for digest, name in (("first", "mo"), ("second", "mo"), ("third", "jo")):
        storage.people.put_link(digest, name, 60)
    storage.people.end_links("mo")
    for digest in ("first", "second"):
        with pytest.raises(NotFound):
            storage.people.peek_link(digest)
    assert storage.people.peek_link("third") == "jo"


def test_a_link_can_be_ended_as_long_as_it_works(storage: Storage, valkey_url: str) -> None:
    storage.people.put_link("digest", "mo", 3600)
    client, keys = connect(settings(redis_url=valkey_url)), Keys("rg")
    works_until = 1000 * time.time() + client.pttl(keys.link("digest"))
    assert client.zscore(keys.links("mo"), "digest") == pytest.approx(works_until, abs=1000)


def test_a_link_works_once(storage: Storage) -> None:
    storage.people.put_link("digest", "mo", 60)
    assert [storage.people.peek_link("digest") for _ in range(2)] == ["mo", "mo"]
    assert storage.people.take_link("digest") == "mo"
    for use in (storage.people.take_link, storage.people.peek_link):
        with pytest.raises(NotFound):
            use("digest")


def test_attempts_are_limited_by_key(storage: Storage) -> None:
    for _ in range(3):
        storage.people.attempt("mo", 3, 60)
    with pytest.raises(TooMany) as refusal:
        storage.people.attempt("mo", 3, 60)
    assert 1 <= refusal.value.retry_after <= 60
    storage.people.attempt("al", 3, 60)


def test_running_processes_are_those_with_a_valid_heartbeat(storage: Storage) -> None:
    storage.heartbeats.beat("judge", "b", 60)
    storage.heartbeats.beat("judge", "a", 60)
    storage.heartbeats.beat("judge", "gone", 0)
    assert (storage.heartbeats.alive("judge"), storage.heartbeats.alive("sweep")) == (["a", "b"], [])


def test_a_fresh_server_is_prepared_once_and_again(storage: Storage) -> None:
    storage.server.prepare()
    storage.server.prepare()
    assert storage.server.figures()["version"] == DATA_VERSION


def test_data_of_a_later_version_stops_the_start(redis_storage: Storage, valkey_url: str) -> None:
    connect(settings(redis_url=valkey_url)).set("rg:version", 99)
    with pytest.raises(SettingsInvalid, match="99"):
        redis_storage.server.prepare()


def test_a_server_that_may_lose_data_gives_a_warning(redis_storage: Storage, valkey_url: str) -> None:
    client = connect(settings(redis_url=valkey_url))
    assert redis_storage.server.check() == []
    assert ["appendfsync" in w for w in redis_storage.server.warnings()] == [True]  # the tests use everysec
    try:
        client.config_set("maxmemory", 100 * 1024 * 1024)
        client.config_set("maxmemory-policy", "allkeys-lru")
        assert any("allkeys-lru" in c for c in redis_storage.server.check())
    finally:
        client.config_set("maxmemory", 0)
        client.config_set("maxmemory-policy", "noeviction")


def test_an_unavailable_server_raises_storage_down() -> None:
    storage = open_redis(settings(redis_url="unix:///nowhere/valkey.sock"))
    for ask in (lambda: storage.sites.get("blog"), lambda: storage.queue.depth("blog"), storage.server.check):
        with pytest.raises(StorageDown):
            ask()


@pytest.mark.parametrize(
    "url",
    [
        "somewhere",
        "redis://127.0.0.1:6379/abc",
        "redis://127.0.0.1:6379/3/4",
        "redis://127.0.0.1:6379/-1",
        "redis://127.0.0.1:6379/?foo",
        "redis://127.0.0.1:6379/0?foo=1",
        "redis://127.0.0.1:port/0",
        "redis://:a#b@127.0.0.1:6379/0",
        "unix:///tmp/valkey.sock?db=abc",
    ],
)
def test_a_malformed_address_gives_a_clear_error(url: str) -> None:
    with pytest.raises(SettingsInvalid, match="REPLYGATE_REDIS_URL"):
        connect(settings(redis_url=url))


def test_a_database_that_the_server_does_not_have_gives_a_clear_error(valkey_url: str) -> None:
    storage = open_redis(settings(redis_url=valkey_url.replace("db=0", "db=99")))
    with pytest.raises(SettingsInvalid, match="REPLYGATE_REDIS_URL names a database"):
        storage.server.prepare()


@pytest.mark.parametrize(
    ("scheme", "reply", "problem"),
    [
        ("redis", b"HTTP/1.1 400 Bad Request\r\n\r\n", "neither Redis nor Valkey"),
        (
            "redis",
            b"-ERR unknown command 'EXISTS', with args beginning with: 'a secret'\r\n",
            "begins with redis.sentinel",
        ),
        ("redis+sentinel", b"-ERR unknown command 'SENTINEL', with args: 'a secret'\r\n", "no Sentinel"),
    ],
)
def test_the_address_of_another_kind_of_server_gives_a_clear_error(scheme: str, reply: bytes, problem: str) -> None:
    class Answer(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while self.request.recv(4096):
                self.wfile.write(reply)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answer) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        path = "/mymaster/0" if "sentinel" in scheme else "/0"
        storage = open_redis(settings(redis_url=f"{scheme}://127.0.0.1:{server.server_address[1]}{path}"))
        with pytest.raises(SettingsInvalid, match=problem) as raised:
            storage.server.prepare()
        server.shutdown()
    assert "secret" not in str(raised.value)


def test_a_start_on_data_of_this_version_writes_nothing(redis_storage: Storage, valkey_url: str) -> None:
    """A server that is full or a replica refuses writes, and `replygate status` has to say so."""
    redis_storage.server.prepare()
    client = connect(settings(redis_url=valkey_url))
    try:
        client.config_set("maxmemory", 1)
        redis_storage.server.prepare()
        assert any("refuses to write" in problem for problem in redis_storage.server.check())
    finally:
        client.config_set("maxmemory", 0)


@pytest.mark.parametrize(
    "url",
    ["redis://127.0.0.1:6379", "redis://:secret@127.0.0.1:6379/15", "rediss://127.0.0.1/", "unix:///tmp/v.sock?db=3"],
)
def test_a_correct_address_is_accepted(url: str) -> None:
    connect(settings(redis_url=url)).close()
