"""The servers of a cluster, and which of them has each slot."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import redis
from redis.crc import REDIS_CLUSTER_HASH_SLOTS

from comments.errors import StorageDown

from .client import Client, StoreClient

Host = tuple[str, int]

#: Seconds between two looks at the slots because of failures, so that a fail-over causes no flood of them.
_LOOK_SECONDS = 0.2


class ClusterNodes:
    """Knows the primaries by the slots that they serve. Reads the slots at first use, and again after failures."""

    def __init__(self, hosts: Sequence[Host], connect: Callable[[str, int], StoreClient]) -> None:
        self._hosts, self._connect = tuple(hosts), connect
        self._lock = threading.Lock()
        self._clients: dict[Host, StoreClient] = {}
        self._owners: list[Host | None] = []
        self._is_outdated, self._looked_at = True, float("-inf")
        self._last_problem = ""

    def of_slot(self, slot: int) -> Client:
        """Return the primary of a slot. Raises StorageDown if no server has it."""
        owner = self._current()[slot]
        if owner is None:
            raise StorageDown(f"no server of the cluster has slot {slot}")
        return self.at(owner)

    def at(self, host: Host) -> Client:
        client = self._clients.get(host)
        if client is None:
            with self._lock:
                client = self._clients.setdefault(host, self._connect(*host))
        return client

    def primaries(self) -> list[Client]:
        """Return the servers with slots, always in the same order."""
        return [self.at(host) for host in sorted({owner for owner in self._current() if owner})]

    def move(self, slot: int, host: Host) -> None:
        """Follow one slot to its new server. The others are read again at the next use."""
        owners = list(self._owners)
        owners[slot] = host
        self._owners, self._is_outdated = owners, True

    def expect_changes(self) -> None:
        """Read the slots again at the next use, because a server failed."""
        self._is_outdated = True

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def _current(self) -> Sequence[Host | None]:
        if not self._is_outdated or (self._owners and time.monotonic() < self._looked_at + _LOOK_SECONDS):
            return self._owners
        with self._lock:
            if self._is_outdated:
                self._looked_at = time.monotonic()
                owners, self._last_problem = self._read()
                self._owners, self._is_outdated = owners or self._owners, not owners
        if not self._owners:
            raise StorageDown(f"no server of the cluster answers: {self._last_problem}")
        return self._owners

    def _read(self) -> tuple[list[Host | None], str]:
        """Ask one server after the other, last those that did not answer.

        Returns an empty list and the last server's problem if none answers.
        """
        known = list(dict.fromkeys([*(owner for owner in set(self._owners) if owner), *self._hosts]))
        random.shuffle(known)
        clients = [(host, self._clients.setdefault(host, self._connect(*host))) for host in known]
        problem = ""
        for host, client in sorted(clients, key=lambda pair: bool(pair[1].breaker.is_open)):
            try:
                client.breaker.check()
                return _owners(host, _slots(client)), ""
            except redis.TimeoutError as error:
                client.breaker.open()
                problem = _problem(host, error)
            except (redis.ConnectionError, redis.ResponseError, StorageDown) as error:
                problem = _problem(host, error)
        return [], problem


def _problem(host: Host, error: Exception) -> str:
    """Return the server with its error. Neither redis-py nor a server repeats the password."""
    return f"{host[0]}:{host[1]}: {error}"


def _slots(client: Client) -> Sequence[Sequence[Any]]:
    ranges: Sequence[Sequence[Any]] = client.execute_command("CLUSTER SLOTS")
    return ranges


def _owners(asked: Host, ranges: Sequence[Sequence[Any]]) -> list[Host | None]:
    owners: list[Host | None] = [None] * REDIS_CLUSTER_HASH_SLOTS
    for first, last, (name, port, *_), *_ in ranges:
        host = name.decode() if isinstance(name, bytes) else name
        # Without a name or address of its own, a server has the one that it was asked by.
        owner = (host if host and host != "?" else asked[0], int(port))
        owners[first : last + 1] = [owner] * (last + 1 - first)
    return owners
