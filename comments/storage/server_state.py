"""Protocols of the stores that check the server itself and count the running processes."""

from collections.abc import Mapping
from typing import Protocol


class Server(Protocol):
    def check(self) -> list[str]:
        """Return reasons why the server cannot work, or soon will not, in sentences. Raises StorageDown."""

    def check_write(self) -> None:
        """Write a value. Raises StorageDown if the server refuses, as a replica or a full one does."""

    def warnings(self) -> list[str]:
        """Return settings of the server that should be changed, in sentences. Raises StorageDown."""

    def figures(self) -> Mapping[str, float]:
        """Return `memory_bytes`, `memory_limit_bytes` (0: none), `connections` and `version` of the data.

        Also `disk_bytes` of the append-only file, `replicas`, and `replica_lag_bytes`: what the last replica lacks.
        `backup_at` is the time of the last complete backup in seconds since 1970; 0 without one.
        """

    def prepare(self) -> None:
        """Stamp or migrate the data. Raises SettingsInvalid if it is newer than this program."""


class Heartbeats(Protocol):
    def beat(self, part: str, name: str, seconds: float) -> None:
        """Record that one process of `part` is alive for the next `seconds`."""

    def alive(self, part: str) -> list[str]:
        """Return the names of live processes, sorted."""
