"""The server: problems, memory, connections, and the version of its data."""

from collections.abc import Mapping
from typing import Any

import redis

from comments.errors import SettingsInvalid, StorageDown
from comments.storage.keys import Keys
from comments.storage.values import DATA_VERSION

from .client import Client, guarded, text
from .memory import MEMORY_SHARE, is_memory_short
from .migrations import MIGRATIONS
from .thread_moves import RedisThreadMoves

#: Seconds until the value of a test write is deleted.
_PROBE_SECONDS = 60


@guarded
class RedisServer:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys

    def check(self) -> list[str]:
        servers = self._client.servers()
        wrong = [problem for server in servers for problem in _problems(server.info())]
        if self._client.is_cluster and any(_cluster_state(server) != "ok" for server in servers):
            wrong.append("a server or slot of the cluster is missing")
        try:
            self.check_write()
        except StorageDown as error:
            wrong.append(f"the server refuses to write: {error}")
        return list(dict.fromkeys(wrong))

    def check_write(self) -> None:
        self._client.set(self._keys.probe(), "", ex=_PROBE_SECONDS)

    def warnings(self) -> list[str]:
        servers = self._client.servers()
        if not all(server.info("persistence").get("aof_enabled") for server in servers):
            return ["appendonly is off: a restart of the server may lose comments; use appendonly yes"]
        if any(_configured(server, "appendfsync") not in ("always", "") for server in servers):
            return ["appendfsync is not always: a power cut loses about a second of accepted comments"]
        return []

    def figures(self) -> Mapping[str, float]:
        """Return figures of the server. Those of a cluster are sums, the fewest replicas and the longest lag."""
        infos = [server.info() for server in self._client.servers()]
        return {
            "memory_bytes": sum(float(info["used_memory"]) for info in infos),
            "memory_limit_bytes": sum(float(info.get("maxmemory", 0)) for info in infos),
            "connections": sum(float(info["connected_clients"]) for info in infos),
            "disk_bytes": sum(float(info.get("aof_current_size", 0)) for info in infos),
            "replicas": min(float(info.get("connected_slaves", 0)) for info in infos),
            "replica_lag_bytes": max(map(_replica_lag, infos)),
            "backup_at": float(self._client.get(self._keys.backup_at()) or 0),
            "version": float(self._client.get(self._keys.version()) or 0),
        }

    def prepare(self) -> None:
        if self._client.exists(self._keys.restoring()):
            raise SettingsInvalid("a restore is running or was interrupted: let it end, or run it again")
        version = int(self._client.get(self._keys.version()) or self._first_version())
        if version > DATA_VERSION:
            raise SettingsInvalid(
                f"the data has version {version}, this program supports {DATA_VERSION}: upgrade the program"
            )
        for step in range(version, DATA_VERSION):
            MIGRATIONS[step](self._client, self._keys)
            self._client.set(self._keys.version(), step + 1)
        moves = RedisThreadMoves(self._client, self._keys)
        for site in self._client.hkeys(self._keys.sites()):
            moves.finish(text(site))

    def _first_version(self) -> int:
        """Write the version to an empty server. Later starts write nothing, so they also work on a full server."""
        self._client.set(self._keys.version(), DATA_VERSION, nx=True)
        return int(self._client.get(self._keys.version()))


def _problems(info: Mapping[str, Any]) -> list[str]:
    wrong = []
    if info.get("maxmemory") and info.get("maxmemory_policy") != "noeviction":
        wrong.append(f"maxmemory-policy is {info['maxmemory_policy']}: comments would be evicted; use noeviction")
    if info.get("aof_last_write_status") == "err":
        wrong.append("the server cannot write to its disk")
    if is_memory_short(info):
        wrong.append(f"more than {MEMORY_SHARE:.0%} of maxmemory is used, so new comments are refused")
    if info.get("role") == "slave":
        wrong.append("the server is a replica: set REPLYGATE_REDIS_URL to its primary")
    return wrong


def _cluster_state(server: Client) -> str:
    return str(server.execute_command("CLUSTER INFO")["cluster_state"])


def _configured(server: Client, name: str) -> str:
    """Return a setting of a server; "" if the server hides it, as managed ones do."""
    try:
        return str(server.config_get(name).get(name, ""))
    except redis.ResponseError:
        return ""


def _replica_lag(info: Mapping[str, Any]) -> float:
    """Return the bytes of changes that the replica furthest behind does not have yet; 0 without one."""
    replicas = (info.get(f"slave{n}") for n in range(int(info.get("connected_slaves", 0))))
    offsets = [float(replica["offset"]) for replica in replicas if replica]
    return max(0.0, float(info.get("master_repl_offset", 0)) - min(offsets)) if offsets else 0.0
