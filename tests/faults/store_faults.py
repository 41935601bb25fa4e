"""Faults of the store: of one Valkey, of the network to it, and of several servers."""

import hashlib
import time
import urllib.error
import urllib.request

from comments.storage.redis.scripts import source
from tests.faults.installation import Installation, pause
from tests.faults.proxy import Proxy
from tests.faults.replica_set import ReplicaSet
from tests.support.cluster import Cluster, slot_of_site
from tests.support.wait import wait_until

#: Submissions whose response gets lost between Valkey and the web server.
LOST_RESPONSES = 30


def connections_closed(to: Installation) -> None:
    client = to.valkey()
    for _ in range(12):
        client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        pause(0.5)


def scripts_flushed(to: Installation) -> None:
    client = to.valkey()
    for _ in range(20):
        client.script_flush()
        pause(0.2)


def memory_full(to: Installation) -> None:
    client = to.valkey()
    before = client.config_get("maxmemory")["maxmemory"]
    client.config_set("maxmemory", 1)
    pause(6)
    client.config_set("maxmemory", before)


def read_only(to: Installation) -> None:
    """Make Valkey the replica of a server that does not exist."""
    client = to.valkey()
    client.replicaof("127.0.0.1", "1")
    pause(6)
    client.replicaof("NO", "ONE")


def wrong_eviction(to: Installation) -> None:
    """Let Valkey delete keys when it is full. Readiness must report that."""
    client = to.valkey()
    client.config_set("maxmemory-policy", "allkeys-lru")
    wait_until(lambda: _readiness(to) == 503, "it is not ready")
    pause(3)
    client.config_set("maxmemory-policy", "noeviction")
    wait_until(lambda: _readiness(to) == 200, "it is ready")


def _readiness(to: Installation) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{to.port}/readyz", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def network_faults(to: Installation) -> None:
    """Let the network be slow, closed, refused and silent, and lose responses to submissions."""
    proxy = to.store.servers if to.store else None
    assert isinstance(proxy, Proxy)
    proxy.delay = 0.05
    pause(2)
    proxy.delay = 0.0
    for _ in range(4):
        proxy.close_connections()
        pause(0.5)
    proxy.refuses = True
    proxy.close_connections()
    pause(2)
    proxy.refuses = False
    proxy.flows.clear()
    pause(3)
    proxy.flows.set()
    pause(1)
    digest = hashlib.sha1(source("comments/accept").encode(), usedforsecurity=False).hexdigest()
    before, until = proxy.cuts, time.monotonic() + 30
    while proxy.cuts < before + LOST_RESPONSES and time.monotonic() < until:
        proxy.cut = digest.encode()
        pause(0.05)
        proxy.cut = b""
        pause(0.1)
    assert proxy.cuts >= before + LOST_RESPONSES


def primary_killed(to: Installation) -> None:
    """Kill the primary that has the site. A server of a cluster starts again after its replica took its place."""
    servers = to.store.servers if to.store else None
    if isinstance(servers, Cluster):
        servers.kill(servers.owner(slot_of_site(to.site)))
        return
    assert isinstance(servers, ReplicaSet)
    servers.kill_primary()


def primary_cut_off(to: Installation) -> None:
    """Cut the primary off from replicas and Sentinels, but not from its clients, until another one is elected."""
    servers = to.store.servers if to.store else None
    assert isinstance(servers, ReplicaSet)
    assert servers.proxy
    first = servers.primary()
    servers.proxy.flows.clear()
    wait_until(lambda: servers.primary() != first, "another server is the primary")
    pause(4)
    servers.proxy.flows.set()
