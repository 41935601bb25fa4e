"""A cluster of three primaries: the whole service works on it, also while a site moves and after a server is lost."""

import itertools
import json
import signal
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import redis
from redis.exceptions import AskError, TryAgainError

from comments.audit import AuditAction, AuditEntry
from comments.errors import StorageDown
from comments.lifecycle import Action, Status
from comments.model import Comment
from comments.shared_learning import LearningGroups
from comments.site import Webhook
from comments.storage.interfaces import Storage
from comments.storage.redis import connect, open_redis
from comments.storage.redis.client import StoreClient
from comments.storage.redis.scripts import Script
from comments.storage.values import CommentChange
from replygate.embedded_valkey import start
from tests.support.builders import NOW, a_comment, a_decision, a_site, an_admission, moderated, published, settings
from tests.support.cluster import Cluster, running_cluster, slot_of_site
from tests.support.receiver import Receiver
from tests.support.running_service import running_service
from tests.support.wait import wait_until
from workers.learning.copy_tokens import lesson_tokens

SITES = ("blog", "news", "shop")
#: Comments of each site before a slot moves, and after it.
COMMENTS = 6
LUA = Path(__file__).parents[2] / "comments/storage/lua"
PARTS = (("work", "judge"), ("work", "delivery"), ("sweep",))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="rgk") as directory, running_cluster(Path(directory), 3) as running:
        yield running


@pytest.fixture
def store(cluster: Cluster, valkey_url: str) -> Storage:
    for client in cluster.clients():
        client.flushall()
    return open_redis(settings(redis_url=cluster.url, queue_redis_url=valkey_url))


def move_at_once(cluster: Cluster, slot: int, source: int, target: int) -> None:
    """Move a slot as Valkey 9 does it by itself."""
    client = cluster.client(source)
    client.execute_command("CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", slot, slot, "NODE", cluster.id(target))
    wait_until(lambda: cluster.client(target).execute_command("CLUSTER MYID") and has_slot(cluster, slot, target))


def move_by_keys(cluster: Cluster, slot: int, source: int, target: int) -> None:
    """Move a slot key by key, as every version can. In the middle of it, the site has keys on both servers."""
    a, b = cluster.client(source), cluster.client(target)
    b.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", cluster.id(source))
    a.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", cluster.id(target))
    while keys := a.execute_command("CLUSTER", "GETKEYSINSLOT", slot, 5):
        a.execute_command("MIGRATE", "127.0.0.1", target, "", 0, 5000, "KEYS", *keys)
    for client in (b, a, *cluster.clients()):
        client.execute_command("CLUSTER", "SETSLOT", slot, "NODE", cluster.id(target))


def has_slot(cluster: Cluster, slot: int, port: int) -> bool:
    """Return True if every server names the owner of a slot."""
    return all(
        (int(first) <= slot <= int(last)) is False or int(owner) == port
        for client in cluster.clients()
        for first, last, (_, owner, *_), *_ in client.execute_command("CLUSTER SLOTS")
    )


@dataclass
class Crowd:
    """Visitors and readers of some sites, and a moderator who removes every fifth comment that is published."""

    url: str
    store: Storage
    accepted: dict[str, list[str]] = field(default_factory=lambda: {site: [] for site in SITES})
    removed: list[tuple[str, str]] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> "Crowd":
        runs = [(run, site) for site in SITES for run in (self._submit, self._read, self._moderate)]
        self._threads = [threading.Thread(target=run, args=(site,)) for run, site in runs]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, n: int) -> None:
        """Wait until `n` more comments of each site are accepted."""
        before = {site: len(ids) for site, ids in self.accepted.items()}
        wait_until(
            lambda: all(len(ids) >= before[site] + n for site, ids in self.accepted.items()), "comments are accepted"
        )

    def _ask(self, path: str, body: object = None, key: str = "") -> dict[str, object] | None:
        """Return the answer; None for a refusal."""
        request = urllib.request.Request(f"{self.url}/v1/sites/{path}", json.dumps(body).encode() if body else None)
        request.add_header("Content-Type", "application/json")
        if key:
            request.add_header("Idempotency-Key", key)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                self.statuses.add(answer.status)
                found: dict[str, object] = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            self.statuses.add(error.code)
            if error.code != 503:
                self.failures.append(f"{path}: {error.code} {error.read()!r}")
            return None

    def _submit(self, site: str) -> None:
        for n in itertools.count():
            body = {"thread": f"post-{n % 3}", "author": "Ada", "email": "ada@example.org", "content": f"Text {n}."}
            while not self._stop.is_set():
                if answer := self._ask(f"{site}/comments", body, f"{site}-{n}"):
                    self.accepted[site].append(str(answer["id"]))
                    break
                self._stop.wait(0.05)
            if self._stop.wait(0.02):
                return

    def _read(self, site: str) -> None:
        for n in itertools.count():
            self._ask(f"{site}/comments?thread=post-{n % 3}")
            if self._stop.wait(0.05):
                return

    def _moderate(self, site: str) -> None:
        for n in itertools.count(0, 5):
            while not self._stop.wait(0.05):
                try:
                    if len(self.accepted[site]) <= n:
                        continue
                    comment = self.store.comments.get(site, self.accepted[site][n])
                    if comment.status is Status.APPROVED:
                        moderated(self.store, comment, Action.REMOVE)
                    if comment.status is not Status.QUEUED:
                        self.removed.append((site, comment.id))
                        break
                except StorageDown:
                    continue
            if self._stop.is_set():
                return


def test_nothing_acknowledged_is_lost_and_nothing_fails_while_a_site_moves(
    cluster: Cluster, store: Storage, valkey_url: str
) -> None:
    with Receiver() as receiver:
        hook = Webhook("hook", receiver.url, NOW, ("k1",))
        for site in SITES:
            store.sites.put(
                a_site(id=site, moderation="suspicious", per_minute=0, proof_of_work="off", webhooks=(hook,))
            )
        extra = {"QUEUE_REDIS_URL": valkey_url, "WEBHOOK_HTTP_ALLOW": receiver.authority}
        with running_service(cluster.url, *PARTS, again=True, **extra) as url:
            with Crowd(url, store) as crowd:
                crowd.wait_for(COMMENTS)
                for move in (move_at_once, move_by_keys):
                    slot = slot_of_site("blog")
                    source = cluster.owner(slot)
                    move(cluster, slot, source, next(port for port in cluster.nodes if port != source))
                    assert cluster.owner(slot) != source
                    crowd.wait_for(COMMENTS)
            assert crowd.failures == []
            for site, ids in crowd.accepted.items():
                assert len(set(ids)) == len(ids)
                wait_until(lambda site=site, ids=ids: are_decided(store, site, ids), f"all of {site} are decided")
            sent = set().union(*crowd.accepted.values())
            wait_until(lambda: sent <= delivered(receiver), "all decisions are delivered")
    assert crowd.removed
    for site, ids in crowd.accepted.items():
        counters = store.comments.counters(site)
        assert (counters.accepted, sum(counters.current.values())) == (len(ids), len(ids))


def are_decided(store: Storage, site: str, ids: list[str]) -> bool:
    return all(comment and comment.status is not Status.QUEUED for comment in store.comments.load(site, ids))


def delivered(receiver: Receiver) -> set[str]:
    return {json.loads(request.body)["id"].partition(":")[0] for request in receiver.requests}


def test_a_script_is_refused_as_a_whole_while_keys_of_its_slot_are_on_two_servers(
    cluster: Cluster, store: Storage
) -> None:
    slot, kept = slot_of_site("blog"), a_comment()
    store.comments.accept(kept, an_admission())
    source = cluster.owner(slot)
    target = next(port for port in cluster.nodes if port != source)
    a, b = cluster.client(source), cluster.client(target)
    b.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", cluster.id(source))
    a.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", cluster.id(target))
    a.execute_command("MIGRATE", "127.0.0.1", target, "rg:{blog}:counters", 0, 5000)
    try:
        with pytest.raises(StorageDown):
            store.comments.accept(a_comment(), an_admission())
        with pytest.raises(StorageDown):
            store.comments.decide("blog", [approved(kept)])
    finally:
        move_by_keys(cluster, slot, source, target)
    assert store.comments.counters("blog").accepted == 1
    assert store.comments.decide("blog", [approved(kept)]) == [True]


#: All scripts that are called, by their names.
SCRIPTS = sorted(
    path.relative_to(LUA).with_suffix("").as_posix() for path in LUA.rglob("*.lua") if path.parent.name != "lib"
)


class OneServer(StoreClient):
    """A client of one server of a cluster, which does not follow its slots."""

    is_cluster = True


@pytest.fixture(scope="module")
def half_moved(cluster: Cluster) -> Iterator[tuple[OneServer, OneServer]]:
    """The servers between which a slot moves. The first has the key rg:{blog}:stays, the second rg:{blog}:moved."""
    slot = slot_of_site("blog")
    source = cluster.owner(slot)
    target = next(port for port in cluster.nodes if port != source)
    a, b = cluster.client(source), cluster.client(target)
    a.flushall()
    a.mset({"rg:{blog}:stays": "", "rg:{blog}:moved": ""})
    b.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", cluster.id(source))
    a.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", cluster.id(target))
    a.execute_command("MIGRATE", "127.0.0.1", target, "rg:{blog}:moved", 0, 5000)
    yield OneServer(port=source), OneServer(port=target)
    move_by_keys(cluster, slot, source, target)


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_is_refused_while_its_slot_moves_wherever_its_keys_are(
    half_moved: tuple[OneServer, OneServer], name: str
) -> None:
    source, target = half_moved
    stays, moved = "rg:{blog}:stays", "rg:{blog}:moved"
    for keys in ([stays], [stays, moved], [moved, stays]):
        with pytest.raises(TryAgainError):
            Script(source, name)(keys, {})
    with pytest.raises((TryAgainError, AskError)):
        Script(source, name)([moved], {})
    for keys in ([moved], [moved, stays]):
        pipe = target.pipeline(transaction=False)
        pipe.execute_command("ASKING")
        Script(target, name)(keys, {}, client=pipe)
        with pytest.raises(TryAgainError):
            pipe.execute()


def approved(comment: Comment) -> CommentChange:
    return CommentChange(comment, comment.with_decision(a_decision(Action.APPROVE)))


def test_a_scan_begins_again_on_the_new_server_of_its_slot(cluster: Cluster, valkey_url: str) -> None:
    chosen = settings(redis_url=cluster.url, queue_redis_url=valkey_url)
    client, late = connect(chosen), connect(chosen)
    keys = {f"{{blog}}:{n}".encode() for n in range(300)}
    for key in keys:
        client.set(key, "")
    assert set(late.scan_iter("{blog}:*")) == keys
    cursor, found = client.scan(0, "{blog}:*", 50)
    slot = slot_of_site("blog")
    source = cluster.owner(slot)
    move_at_once(cluster, slot, source, next(port for port in cluster.nodes if port != source))
    while cursor:
        cursor, more = client.scan(cursor, "{blog}:*", 50)
        found += more
    assert set(found) == set(late.scan_iter("{blog}:*")) == keys
    assert keys <= set(client.scan_iter("*"))


def test_a_judge_hears_of_new_work_until_its_site_moves(cluster: Cluster, store: Storage) -> None:
    for site in by_server(cluster).values():
        with store.announcements.listen_for_work(site) as next_announced:
            assert not store.comments.accept(a_comment(site=site), an_admission()).wakeup
            assert next_announced(10) == {site}
            slot = slot_of_site(site)
            source = cluster.owner(slot)
            move_at_once(cluster, slot, source, next(port for port in cluster.nodes if port != source))
            assert store.comments.accept(a_comment(site=site), an_admission()).wakeup


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


def by_server(cluster: Cluster) -> dict[int, str]:
    """Return a site of each server, by port."""
    return {cluster.owner(slot_of_site(site)): site for site in map("site-{}".format, range(20))}


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


def test_the_backup_of_all_servers_has_every_key(cluster: Cluster, store: Storage, tmp_path: Path) -> None:
    for site in by_server(cluster).values():
        store.comments.accept(a_comment(site=site), an_admission())
    wanted = set().union(*(client.keys() for client in cluster.clients()))
    backup = tmp_path / "backup"
    backup.mkdir()
    address = f"127.0.0.1:{next(iter(cluster.nodes))}"
    subprocess.run(["redis-cli", "--cluster", "backup", address, str(backup)], check=True, capture_output=True)
    files = sorted(backup.glob("*.rdb"))
    assert len(files) == len(cluster.nodes)
    found: set[bytes] = set()
    for file in files:
        options = {"dir": str(backup), "dbfilename": file.name, "appendonly": "no"}
        with tempfile.TemporaryDirectory(prefix="rgk") as directory:
            server = start(Path(directory), options=options)
            found |= set(redis.Redis.from_url(server.url).keys())
            server.stop()
    assert found == wanted
