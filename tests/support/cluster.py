"""A cluster of the embedded server on free ports: one server with all slots, or several."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

import redis
from redis.backoff import NoBackoff
from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot
from redis.retry import Retry

from replygate.embedded_valkey import Embedded, start
from tests.support.ports import free_ports
from tests.support.wait import wait_until

SLOTS = REDIS_CLUSTER_HASH_SLOTS


@dataclass
class Cluster:
    """The running servers by port."""

    nodes: dict[int, Embedded]
    _directory: Path
    _stack: ExitStack

    @property
    def url(self) -> str:
        return "redis+cluster://" + ",".join(f"127.0.0.1:{port}" for port in self.nodes)

    def client(self, port: int) -> redis.Redis:
        return redis.Redis(port=port, socket_timeout=5, retry=Retry(NoBackoff(), 0))

    def clients(self) -> list[redis.Redis]:
        return [self.client(port) for port in self.nodes]

    def id(self, port: int) -> str:
        return str(self.client(port).execute_command("CLUSTER MYID").decode())

    def add_replica(self, primary: int) -> int:
        """Start a replica of a primary, wait until it has everything, and return its port."""
        port, bus = free_ports(2)
        _start(self._directory / str(port), port, bus, self._stack)
        client = self.client(port)
        client.execute_command("CLUSTER", "MEET", "127.0.0.1", primary, self._bus(primary))
        wait_until(lambda: _serves(client, len(self.nodes)), "the replica knows the cluster")
        client.execute_command("CLUSTER", "REPLICATE", self.id(primary))
        wait_until(lambda: client.info("replication").get("master_link_status") == "up", "the replica has everything")
        return port

    def _bus(self, port: int) -> int:
        return int(self.client(port).config_get("cluster-port")["cluster-port"])

    def kill(self, port: int) -> None:
        """Kill a primary, wait until its replica has its slots, and start it again, as a replica of its successor."""
        other, bus = next(node for node in self.nodes if node != port), self._bus(port)
        (slot, *_), *_ = (row for row in self.client(port).execute_command("CLUSTER SLOTS") if int(row[2][1]) == port)
        self.nodes[port].process.kill()
        wait_until(lambda: self.owner(slot, other) != port, "a replica takes over")
        self.nodes[port].stop()
        self.nodes[port] = _start(self._directory / str(port), port, bus, self._stack)

    def owner(self, slot: int, seen_by: int = 0) -> int:
        """Return the port of the server that has a slot, as one server knows it, or the first one."""
        asked = self.client(seen_by) if seen_by else self.clients()[0]
        for first, last, (_, port, *_), *_ in asked.execute_command("CLUSTER SLOTS"):
            if first <= slot <= last:
                return int(port)
        raise LookupError(slot)


def slot_of_site(site: str) -> int:
    return key_slot(f"{{{site}}}".encode())


@contextmanager
def running_cluster(directory: Path, n: int = 1) -> Iterator[Cluster]:
    """Start a cluster of `n` primaries, each with its share of the slots, and wait until all of them serve."""
    ports = free_ports(2 * n)
    with ExitStack() as stack:
        nodes = {
            port: _start(directory / str(port), port, bus, stack) for port, bus in zip(ports, ports[n:], strict=False)
        }
        cluster, share = Cluster(nodes, directory, stack), SLOTS // n
        for i, client in enumerate(cluster.clients()):
            last = SLOTS - 1 if i == n - 1 else (i + 1) * share - 1
            client.execute_command("CLUSTER", "ADDSLOTSRANGE", i * share, last)
            client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", i + 1)
        for port, bus in list(zip(ports, ports[n:], strict=False))[1:]:
            cluster.clients()[0].execute_command("CLUSTER", "MEET", "127.0.0.1", port, bus)
        for client in cluster.clients():
            wait_until(lambda client=client: _serves(client, n), "the cluster serves all slots")
        yield cluster


@contextmanager
def restored_cluster(directory: Path, backup: Path) -> Iterator[Cluster]:
    """Start a cluster from the files of `valkey-cli --cluster backup`, each server with the slots of its snapshot.

    A server with an append-only file would ignore the snapshot, so each begins without one.
    """
    primaries = json.loads((backup / "nodes.json").read_text())
    ports = free_ports(2 * len(primaries))
    with ExitStack() as stack:
        nodes: dict[int, Embedded] = {}
        for primary, port, bus in zip(primaries, ports, ports[len(primaries) :], strict=False):
            (directory / str(port)).mkdir(mode=0o700)
            (snapshot,) = backup.glob(f"*{primary['name']}.rdb")
            copyfile(snapshot, directory / str(port) / "dump.rdb")
            nodes[port] = _start(directory / str(port), port, bus, stack, appendonly="no", dbfilename="dump.rdb")
        cluster = Cluster(nodes, directory, stack)
        for epoch, (primary, client) in enumerate(zip(primaries, cluster.clients(), strict=True), 1):
            taken = set(_slots([row[:2] for row in client.execute_command("CLUSTER SLOTS")]))  # those of its keys
            wanted = set(_slots(primary["slots"]))
            assert taken <= wanted
            client.execute_command("CLUSTER", "ADDSLOTS", *(wanted - taken))
            client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", epoch)
        for port, bus in list(zip(ports, ports[len(primaries) :], strict=False))[1:]:
            cluster.clients()[0].execute_command("CLUSTER", "MEET", "127.0.0.1", port, bus)
        for client in cluster.clients():
            wait_until(lambda client=client: _serves(client, len(nodes)), "the cluster serves all slots")
            client.config_set("appendonly", "yes")
        yield cluster


def _slots(ranges: Iterable[Sequence[int]]) -> Iterator[int]:
    for first, last in ranges:
        yield from range(int(first), int(last) + 1)


def _start(directory: Path, port: int, bus: int, stack: ExitStack, **more: str) -> Embedded:
    options = {
        "port": str(port),
        "bind": "127.0.0.1",
        "cluster-enabled": "yes",
        "cluster-port": str(bus),
        "cluster-node-timeout": "2000",
        "maxmemory": "0",
        "repl-diskless-sync-delay": "0",  # replicas are synchronized at once instead of in five seconds
        **more,
    }
    server = start(directory, fsync="everysec", options=options)
    stack.callback(server.stop)
    return server


def _serves(client: redis.Redis, n: int) -> bool:
    info = client.execute_command("CLUSTER INFO")
    return info["cluster_state"] == "ok" and int(info["cluster_size"]) == n


def by_server(cluster: Cluster) -> dict[int, str]:
    """Return a site of each server, by port."""
    return {cluster.owner(slot_of_site(site)): site for site in map("site-{}".format, range(20))}


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
