"""Backups of a cluster: everything is restored, also to another number of servers, and a moving slot loses nothing."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from comments.archive.site_export import secret_key_fingerprint
from comments.audit import AuditAction, AuditEntry
from comments.errors import StorageDown
from comments.pseudonyms import Pseudonyms
from comments.storage.codec import dump
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys, renamed_key
from comments.storage.redis import connect, open_redis
from comments.storage.redis.cluster_snapshots import SnapshotReader
from comments.storage.values import DATA_VERSION
from replygate.__main__ import cli
from replygate.backup.backup_file import BackupHeader, pack_backup
from tests.support.builders import SECRET, a_site, accepted, published, settings
from tests.support.cluster import Cluster, by_server, move_at_once, move_by_keys, slot_of_site
from tests.support.dumped_store import stored_bytes
from tests.support.lively_site import fill_site, leave_work

#: What only one installation has: its test writes, and the time of its backup.
NOT_COPIED = (b"rg:probe", b"rg:{~}:probe", b"rg:{~}:backup", b"rg:beats", b"rg:{~}:beats")
OTHER_NAMES, CLUSTER_NAMES = Keys("rg"), Keys("rg", True)


@pytest.fixture
def filled(cluster: Cluster, store: Storage) -> list[str]:
    """A site with everything on one server, and a comment on each other one. Servers do not wait for replicas."""
    store.server.prepare()
    fill_site(store, 3)
    leave_work(store, "blog")
    sites = list(by_server(cluster).values())
    for site in sites:
        store.sites.put(a_site(id=site), AuditEntry("ow", AuditAction.SITE_SET, "title", site=site))
        published(store, site=site)
    for client in cluster.clients():
        client.config_set("repl-diskless-sync-delay", 0)
    return sites


def run(url: str, queue: str, *words: str) -> Result:
    env = {"REPLYGATE_REDIS_URL": url, "REPLYGATE_SECRET_KEY": SECRET, "REPLYGATE_QUEUE_REDIS_URL": queue}
    return CliRunner().invoke(cli, words, env=env)


def worked(url: str, queue: str, *words: str) -> None:
    result = run(url, queue, *words)
    assert result.exit_code == 0, result.output


def stored(*clients: Any) -> Mapping[bytes, bytes]:
    """Return all data of an installation by its names in a cluster. Sets and hashes have no order."""
    return {
        renamed_key(key, "rg", True): b"\n".join(sorted(value.split(b"\n")))
        for client in clients
        for key, value in stored_bytes(client).items()
        if key.startswith(b"rg:") and not key.startswith(NOT_COPIED)
    }


def test_a_cluster_is_restored_to_itself_to_one_server_and_back(
    cluster: Cluster, filled: list[str], valkey_url: str, tmp_path: Path
) -> None:
    single, before = connect(settings(redis_url=valkey_url)), stored(*cluster.clients())
    single.config_set("repl-diskless-sync-delay", 0)
    worked(cluster.url, valkey_url, "backup", str(tmp_path / "of the cluster"))
    assert open_redis(settings(redis_url=cluster.url, queue_redis_url=valkey_url)).server.figures()["backup_at"] > 0

    worked(valkey_url, valkey_url, "restore", str(tmp_path / "of the cluster"))
    assert stored(single) == before
    assert not [key for key in single.scan_iter("rg:{~}:*") if renamed_key(key, "rg", False) != key]
    assert_works(open_redis(settings(redis_url=valkey_url)), filled)

    for source, url in (("of the cluster", cluster.url), ("of one server", valkey_url)):
        if source == "of one server":
            before = stored(single)
            worked(url, valkey_url, "backup", str(tmp_path / source))
        for client in cluster.clients():
            client.flushall()
        worked(cluster.url, valkey_url, "restore", str(tmp_path / source))
        assert stored(*cluster.clients()) == before
    assert_works(open_redis(settings(redis_url=cluster.url, queue_redis_url=valkey_url)), filled)


def assert_works(storage: Storage, sites: list[str]) -> None:
    storage.server.prepare()
    assert {site.id for site in storage.sites.all()} == {"blog", *sites}
    for site in sites:
        assert accepted(storage, site=site, content="After the restore.").id
        assert [entry.subject for entry in storage.audit.all(site)] == ["title"]


@contextmanager
def open_slot(cluster: Cluster, slot: int) -> Iterator[None]:
    """Begin to move a slot, as `valkey-cli --cluster reshard` does."""
    source = cluster.owner(slot)
    target = next(port for port in cluster.nodes if port != source)
    a, b = cluster.client(source), cluster.client(target)
    b.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", cluster.id(source))
    a.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", cluster.id(target))
    try:
        yield
    finally:
        for client in (a, b):
            client.execute_command("CLUSTER", "SETSLOT", slot, "STABLE")


def test_a_backup_while_a_slot_moves_is_refused(
    cluster: Cluster, filled: list[str], valkey_url: str, tmp_path: Path
) -> None:
    with open_slot(cluster, slot_of_site("blog")):
        result = run(cluster.url, valkey_url, "backup", str(tmp_path / "backups"))
    assert result.exit_code == 1
    assert "a slot of the cluster is moving" in result.output
    assert not (tmp_path / "backups").exists()


@pytest.fixture
def reader(cluster: Cluster, filled: list[str], valkey_url: str) -> SnapshotReader:
    """A backup that begins after the site was stored."""
    return SnapshotReader(connect(settings(redis_url=cluster.url, queue_redis_url=valkey_url)), "rg")


def pack(reader: SnapshotReader) -> bytes:
    header = BackupHeader("now", "0.1.0", DATA_VERSION, "rg", 0, secret_key_fingerprint(Pseudonyms(SECRET)))
    return b"".join(pack_backup(replace(header, slots=reader.slots), reader.snapshots()))


@pytest.mark.parametrize("move", [move_at_once, move_by_keys])
def test_a_slot_that_moved_during_the_backup_makes_it_fail(
    cluster: Cluster, reader: SnapshotReader, move: Callable[[Cluster, int, int, int], None]
) -> None:
    slot = slot_of_site("blog")
    source = cluster.owner(slot)
    target = next(port for port in cluster.nodes if port != source)
    move(cluster, slot, source, target)
    try:
        with pytest.raises(StorageDown, match="slots of the cluster moved during the backup"):
            pack(reader)
    finally:
        move(cluster, slot, target, source)


def test_what_a_server_has_of_slots_of_others_is_not_restored(
    cluster: Cluster, reader: SnapshotReader, valkey_url: str, tmp_path: Path
) -> None:
    (file := tmp_path / "x.backup").write_bytes(pack(reader))
    header, _, rest = file.read_bytes().partition(b"\n")
    values = json.loads(header)
    slot, wrong = slot_of_site("blog"), 0
    for ranges in values["slots"]:
        for n, (first, last) in enumerate(ranges):
            if first <= slot <= last:
                ranges[n : n + 1] = [[first, slot - 1], [slot + 1, last]]
                wrong += 1
    assert wrong == 1
    body = json.dumps(values).encode() + b"\n" + rest[: rest.rindex(b"\nsha256 ")]
    file.write_bytes(body + b"\nsha256 " + sha256(body).hexdigest().encode() + b"\n")
    worked(valkey_url, valkey_url, "restore", str(file))
    single = connect(settings(redis_url=valkey_url))
    assert not list(single.scan_iter("rg:{blog}:*"))
    assert single.hkeys("rg:sites")


def test_audit_entries_that_wait_for_their_site_are_in_its_audit_on_one_server(
    cluster: Cluster, reader: SnapshotReader, valkey_url: str, tmp_path: Path
) -> None:
    entry = AuditEntry("ow", AuditAction.SITE_SET, "waits", site="blog")
    shared = cluster.client(cluster.owner(slot_of_site("~")))
    shared.xadd(CLUSTER_NAMES.audit_waiting(), {"e": dump(entry)})
    (tmp_path / "x.backup").write_bytes(pack(reader))
    worked(valkey_url, valkey_url, "restore", str(tmp_path / "x.backup"))
    restored = open_redis(settings(redis_url=valkey_url))
    assert "waits" in [entry.subject for entry in restored.audit.all("blog")]
    assert not connect(settings(redis_url=valkey_url)).xlen(OTHER_NAMES.audit_waiting())


def test_a_cluster_without_all_slots_is_not_backed_up(
    cluster: Cluster, filled: list[str], valkey_url: str, tmp_path: Path
) -> None:
    slot = slot_of_site("site-without-comments")
    owner = cluster.client(cluster.owner(slot))
    owner.execute_command("CLUSTER", "DELSLOTS", slot)
    try:
        result = run(cluster.url, valkey_url, "backup", str(tmp_path / "backups"))
    finally:
        owner.execute_command("CLUSTER", "ADDSLOTS", slot)
    assert result.exit_code == 1
    assert "a server or slot of the cluster is missing" in result.output
    assert not (tmp_path / "backups").exists()
