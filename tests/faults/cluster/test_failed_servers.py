"""A server of a cluster that is frozen, lost or refuses delays its own sites only, and loses nothing."""

import signal
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from comments.audit import AuditAction, AuditEntry
from comments.errors import StorageDown
from comments.lifecycle import Action
from comments.shared_learning import LearningGroups
from comments.storage.interfaces import Storage
from comments.storage.redis import connect, open_redis
from tests.support.builders import a_comment, a_site, accepted, an_admission, moderated, published, settings
from tests.support.cluster import Cluster, by_server, restored_cluster, running_cluster, slot_of_site
from tests.support.cluster_visitors import SITES
from tests.support.wait import wait_until
from workers.learning.copy_tokens import lesson_tokens


def test_a_change_of_a_site_whose_server_is_away_gets_into_its_audit_later(cluster: Cluster, store: Storage) -> None:
    (gone, its_site), *_ = (row for row in by_server(cluster).items() if row[0] != cluster.owner(slot_of_site("~")))
    cluster.nodes[gone].process.send_signal(signal.SIGSTOP)
    try:
        store.sites.put(a_site(id=its_site), AuditEntry("ow", AuditAction.SITE_SET, "title", site=its_site))
    finally:
        cluster.nodes[gone].process.send_signal(signal.SIGCONT)
    wait_until(lambda: has_moved_entries(store), "its server answers")
    assert [entry.subject for entry in store.audit.all(its_site)] == ["title"]


def has_moved_entries(store: Storage) -> bool:
    try:
        store.audit.move_waiting()
    except StorageDown:
        return False
    return True


def test_a_frozen_server_delays_only_its_own_sites(cluster: Cluster, store: Storage) -> None:
    (frozen, its_site), (_, other_site), *_ = by_server(cluster).items()
    cluster.nodes[frozen].process.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(StorageDown):
            store.comments.accept(a_comment(site=its_site), an_admission())
        for _ in range(20):
            store.comments.accept(a_comment(site=other_site), an_admission())
    finally:
        cluster.nodes[frozen].process.send_signal(signal.SIGCONT)
    wait_until(
        lambda: all(client.execute_command("CLUSTER INFO")["cluster_state"] == "ok" for client in cluster.clients())
    )


def test_a_cluster_without_all_slots_is_unavailable(cluster: Cluster, store: Storage) -> None:
    slot = slot_of_site("blog")
    owner = cluster.client(cluster.owner(slot))
    owner.execute_command("CLUSTER", "DELSLOTS", slot)
    try:
        with pytest.raises(StorageDown):
            store.comments.accept(a_comment(), an_admission())
        assert "a server or slot of the cluster is missing" in store.server.check()
    finally:
        owner.execute_command("CLUSTER", "ADDSLOTS", slot)
    wait_until(lambda: "a server or slot of the cluster is missing" not in store.server.check())


def test_a_replica_takes_over_and_no_acknowledged_comment_is_lost(valkey_url: str) -> None:
    with tempfile.TemporaryDirectory(prefix="rgk") as directory, running_cluster(Path(directory), 3) as cluster:
        chosen = settings(redis_url=cluster.url, queue_redis_url=valkey_url, wait_replicas=1)
        store, first = open_redis(chosen), cluster.owner(slot_of_site("blog"))
        replica = cluster.add_replica(first)
        kept = [a_comment(thread=str(n)) for n in range(20)]
        for comment in kept:
            store.comments.accept(comment, an_admission())
        cluster.nodes[first].process.kill()
        alone = open_redis(replace(chosen, wait_replicas=0))
        wait_until(lambda: is_accepted(alone), "the replica accepts comments")
        assert all(alone.comments.load("blog", [comment.id for comment in kept]))
        with pytest.raises(StorageDown, match="only 0 of 1 replicas"):
            open_redis(chosen).comments.accept(a_comment(), an_admission())
        assert cluster.client(replica).info("replication")["role"] == "master"


def is_accepted(store: Storage) -> bool:
    try:
        store.comments.accept(a_comment(), an_admission())
    except StorageDown:
        return False
    return True


def test_scripts_are_loaded_again_on_a_server_that_lost_them(cluster: Cluster, store: Storage) -> None:
    for client in cluster.clients():
        client.script_flush()
    for site in SITES:
        store.comments.accept(a_comment(site=site), an_admission())


@pytest.mark.parametrize("is_first", [True, False])
def test_a_removed_site_takes_back_its_lessons_on_the_server_of_another(
    cluster: Cluster, store: Storage, valkey_url: str, is_first: bool
) -> None:
    removed, kept, _ = by_server(cluster).values()
    group = (removed, kept) if is_first else (kept, removed)
    chosen = settings(redis_url=cluster.url, queue_redis_url=valkey_url, learn_together=LearningGroups((group,)))
    together, client = open_redis(chosen), connect(chosen)
    teach(together, kept)
    lessons = together.corpus.snapshot(kept)
    for _ in range(2):
        teach(together, removed)
    assert together.corpus.snapshot(kept) != lessons
    while together.sites.remove_step(removed):
        pass
    together.sites.remove(removed, AuditEntry("Replygate", AuditAction.SITE_REMOVE, removed))
    assert together.corpus.snapshot(kept) == lessons
    assert [site.id for site in together.sites.all()] == [kept]
    assert not list(client.scan_iter(f"rg:{{{removed}}}:comment*"))
    assert together.comments.counters(kept).accepted == 1


def teach(store: Storage, site: str) -> None:
    store.sites.put(a_site(id=site))
    taught = moderated(store, published(store, site=site), Action.SPAM)
    store.corpus.learn(site, taught, lesson_tokens(taught))


def test_every_server_writes_its_files_anew_after_an_erasure(cluster: Cluster, store: Storage) -> None:
    before = [client.info("persistence")["aof_rewrites"] for client in cluster.clients()]
    assert "append-only file was written anew" in store.subjects.rewrite_disk()
    wait_until(store.subjects.is_disk_rewritten, "the files are written")
    assert all(
        client.info("persistence")["aof_rewrites"] > n for client, n in zip(cluster.clients(), before, strict=True)
    )


def test_a_server_that_refuses_to_write_its_files_is_named_and_the_others_write_them(
    cluster: Cluster, store: Storage
) -> None:
    first, *others = sorted(cluster.nodes)
    cluster.client(first).execute_command("ACL", "SETUSER", "default", "-bgrewriteaof")
    before = [cluster.client(port).info("persistence")["aof_rewrites"] for port in others]
    try:
        found = store.subjects.rewrite_disk()
    finally:
        cluster.client(first).execute_command("ACL", "SETUSER", "default", "+@all")
    assert f"the server 127.0.0.1:{first} did not write its files anew" in found
    assert found.count("the append-only file was written anew") == 1
    wait_until(store.subjects.is_disk_rewritten, "the files are written")
    after = [cluster.client(port).info("persistence")["aof_rewrites"] for port in others]
    assert all(now > then for now, then in zip(after, before, strict=True))


def test_a_cluster_started_from_the_backup_of_all_servers_has_everything_and_works(
    cluster: Cluster, store: Storage, valkey_url: str, tmp_path: Path
) -> None:
    kept = {site: published(store, site=site) for site in by_server(cluster).values()}
    for site in kept:
        store.sites.put(a_site(id=site))
    wanted = {key: client.dump(key) for client in cluster.clients() for key in client.scan_iter()}
    backup = tmp_path / "backup"
    backup.mkdir()
    address = f"127.0.0.1:{next(iter(cluster.nodes))}"
    subprocess.run(["redis-cli", "--cluster", "backup", address, str(backup)], check=True, capture_output=True)
    with tempfile.TemporaryDirectory(prefix="rgk") as directory, restored_cluster(Path(directory), backup) as restored:
        assert {key: client.dump(key) for client in restored.clients() for key in client.scan_iter()} == wanted
        opened = open_redis(settings(redis_url=restored.url, queue_redis_url=valkey_url))
        assert [site.id for site in opened.sites.all()] == sorted(kept)
        for site, comment in kept.items():
            assert opened.comments.get(site, comment.id) == comment
            assert accepted(opened, site=site, content="After the restore.").id
