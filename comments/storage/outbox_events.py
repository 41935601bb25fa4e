"""The outbox: one event for each decision, until webhooks and email have it."""

from collections.abc import Sequence
from typing import Protocol

from .values import OutboxEvent


class Outbox(Protocol):
    def read(self, site: str, n: int) -> list[OutboxEvent]:
        """Return the oldest events, in order. They stay until `done`, so that a reader that dies loses none."""

    def done(self, site: str, ids: Sequence[str]) -> None: ...

    def length(self, site: str) -> int: ...
