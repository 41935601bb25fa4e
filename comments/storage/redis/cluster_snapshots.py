"""Snapshots of all servers of an installation: of the one it has, or of each primary of a cluster.

All of a site is on one primary, so each site is as of one moment. The server of what all sites share is read last: a
notice or a lesson goes from a site to what is shared, and so is never missing in both.
"""

from collections.abc import Iterator
from typing import Any

import redis
from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot

from comments.errors import StorageDown
from comments.storage.keys import Keys

from .audit_log import SharedChanges
from .client import Client
from .server_snapshot import read_snapshot

#: Ranges of slots, with the first and the last slot of each.
SlotRanges = tuple[tuple[int, int], ...]


class SnapshotReader:
    """Reads the slots of each server at the start, and its data later. Raises StorageDown."""

    def __init__(self, client: Client, prefix: str) -> None:
        self.slots, keys = tuple[SlotRanges, ...](), Keys(prefix, client.is_cluster)
        if not client.is_cluster:
            self._servers = [client]
            return
        last = client.server_of(keys.version())
        self._servers = [*(server for server in client.servers() if server is not last), last]
        self.slots = self._read_slots()
        if sum(end - first + 1 for ranges in self.slots for first, end in ranges) != REDIS_CLUSTER_HASH_SLOTS:
            raise StorageDown("a server or slot of the cluster is missing")
        try:
            # Audit entries take the other way: from what is shared to the audit of their site.
            SharedChanges(client, keys).move()
        except redis.RedisError as error:
            raise StorageDown(str(error)) from error

    def snapshots(self) -> Iterator[Iterator[bytes]]:
        """Yield the data of each server. Each has to be read to its end before the next one is asked for.

        A slot that moves meanwhile could be in no snapshot.
        """
        for server in self._servers:
            yield read_snapshot(server)
        if self.slots and self._read_slots() != self.slots:
            raise StorageDown("slots of the cluster moved during the backup. Try again")

    def _read_slots(self) -> tuple[SlotRanges, ...]:
        try:
            return tuple(map(_own_slots, self._servers))
        except redis.RedisError as error:
            raise StorageDown(str(error)) from error


def _own_slots(server: Client) -> SlotRanges:
    nodes: dict[str, dict[str, Any]] = server.execute_command("CLUSTER NODES")
    (own,) = (node for node in nodes.values() if "myself" in node["flags"].split(","))
    if own["migrations"]:
        raise StorageDown("a slot of the cluster is moving. Try again when it has moved")
    return tuple(sorted((int(ends[0]), int(ends[-1])) for ends in own["slots"]))


def is_in_slots(key: bytes, slots: SlotRanges) -> bool:
    slot = key_slot(key)
    return any(first <= slot <= last for first, last in slots)
