"""A primary, two replicas and three Sentinels on free ports, for tests of fail-overs."""

import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from replygate.embedded_valkey import binary
from tests.faults.proxy import Proxy
from tests.support.ports import free_ports
from tests.support.wait import wait_until

SERVICE = "comments"
NODES, SENTINELS = 3, 3
#: Milliseconds without an answer after which a Sentinel considers a server down, and for one fail-over.
DOWN_AFTER, FAIL_OVER = 1_500, 10_000
#: A server without a replica that answered in the last two seconds refuses writes.
NEEDS_REPLICA = ("--min-replicas-to-write", "1", "--min-replicas-max-lag", "2")


def client(port: int) -> redis.Redis:
    return redis.Redis(port=port, socket_timeout=5, retry=Retry(NoBackoff(), 0))


@dataclass
class ReplicaSet:
    """The running servers. `nodes` are the data servers by port; the `proxy` is in front of the first primary."""

    nodes: dict[int, "subprocess.Popen[bytes]"]
    sentinel_ports: list[int]
    proxy: Proxy | None = None

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.sentinel_ports)
        return f"redis+sentinel://{hosts}/{SERVICE}/0"

    def primary(self) -> int:
        """Return the port of the primary that the first Sentinel names."""
        _, port = client(self.sentinel_ports[0]).execute_command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE)
        return int(port)

    def fail_over(self) -> None:
        """Start a planned fail-over, in which the primary waits until its successor has everything (Valkey 9)."""
        client(self.sentinel_ports[0]).execute_command("SENTINEL", "FAILOVER", SERVICE, "COORDINATED")

    def fail_over_at_once(self) -> None:
        """Start a planned fail-over in which the primary takes writes until it hears of its successor."""
        client(self.sentinel_ports[0]).execute_command("SENTINEL", "FAILOVER", SERVICE)

    def kill_primary(self) -> None:
        self.nodes[self.primary()].send_signal(signal.SIGKILL)


@contextmanager
def replica_set(directory: Path, may_be_cut_off: bool = False) -> Iterator[ReplicaSet]:
    """Start all servers, and wait until the replicas have everything and the Sentinels know each other.

    A primary that `may_be_cut_off` has a proxy in front of it. Each server then needs a replica that confirms writes.
    """
    ports = free_ports(NODES + SENTINELS)
    nodes, sentinels = ports[:NODES], ports[NODES:]
    with ExitStack() as stack:
        others: list[subprocess.Popen[bytes]] = []
        proxy = None
        if may_be_cut_off:
            proxy = Proxy(nodes[0], lambda port: any(_has_port(process, port) for process in others))
            stack.callback(proxy.close)
        known = proxy.port if proxy else nodes[0]
        safe = NEEDS_REPLICA if may_be_cut_off else ()
        announced = ("--replica-announce-port", str(known), *safe)
        running = {known: _start_node(directory, nodes[0], stack, announced)}
        for port in nodes[1:]:
            running[port] = _start_node(directory, port, stack, ("--replicaof", "127.0.0.1", str(known), *safe))
            others.append(running[port])
        for port in nodes[1:]:
            wait_until(lambda port=port: client(port).info("replication").get("master_link_status") == "up")
        for port in sentinels:
            others.append(_start_sentinel(directory, port, known, stack))
        for port in sentinels:
            wait_until(lambda port=port: _sees_all(port), "a Sentinel finds all others")
        yield ReplicaSet(running, sentinels, proxy)


def _has_port(process: "subprocess.Popen[bytes]", port: int) -> bool:
    return any(c.laddr and c.laddr.port == port for c in psutil.Process(process.pid).net_connections("tcp4"))


def _start_node(directory: Path, port: int, stack: ExitStack, more: Sequence[str]) -> "subprocess.Popen[bytes]":
    files = directory / str(port)
    files.mkdir()
    words = [binary(), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(files), "--save", ""]
    # Replicas are synchronized at once instead of in five seconds.
    words += ["--appendonly", "yes", "--appendfsync", "always", "--repl-diskless-sync-delay", "0"]
    process = _start([*words, *more], stack)
    wait_until(lambda: _answers(port))
    return process


def _start_sentinel(directory: Path, port: int, primary: int, stack: ExitStack) -> "subprocess.Popen[bytes]":
    path = directory / f"sentinel-{port}.conf"
    path.write_text(
        f"port {port}\nbind 127.0.0.1\nsentinel monitor {SERVICE} 127.0.0.1 {primary} 2\n"
        f"sentinel down-after-milliseconds {SERVICE} {DOWN_AFTER}\nsentinel failover-timeout {SERVICE} {FAIL_OVER}\n"
    )
    process = _start([binary(), str(path), "--sentinel"], stack)
    wait_until(lambda: _answers(port))
    return process


def _start(words: list[str], stack: ExitStack) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stack.callback(process.wait)
    stack.callback(process.kill)
    return process


def _answers(port: int) -> bool:
    try:
        return bool(client(port).ping())
    except redis.RedisError:
        return False


def _sees_all(port: int) -> bool:
    watched = client(port).sentinel_master(SERVICE)
    return watched["num-other-sentinels"] == SENTINELS - 1 and watched["num-slaves"] == NODES - 1
