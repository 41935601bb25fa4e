"""Pipelines and transactions in a cluster."""

from collections.abc import Sequence
from typing import Any

import redis
from redis.client import Pipeline
from redis.exceptions import AskError, ClusterDownError, NoScriptError, TryAgainError

from .client import Client
from .cluster_commands import slot_of, slot_of_command


class ClusterPipeline(Pipeline):
    """Commands in one round trip for each server. A transaction with keys of several slots is one for each slot.

    The slots follow each other in the order of their first commands. So what must not be missing is queued first.
    """

    def __init__(self, cluster: Client, transaction: bool) -> None:
        super().__init__(cluster.connection_pool, cluster.response_callbacks, transaction, None)
        self._cluster, self._is_transaction = cluster, transaction
        self._watching: Client = None  # the transaction on the server of the watched keys

    def watch(self, *names: Any) -> Any:
        def begin(server: Client, is_asking: bool) -> Any:
            pipe = server.pipeline()
            pipe.watch(*names)
            return pipe

        self._watching = self._cluster.in_slot(slot_of(names[0]), begin)
        return True

    def multi(self) -> None:
        if self._watching:
            self._watching.multi()
        else:
            super().multi()

    def execute_command(self, *words: Any, **options: Any) -> Any:
        if self._watching:
            return self._watching.execute_command(*words, **options)
        return self.pipeline_execute_command(*words, **options)

    def reset(self) -> None:  # type: ignore[override]  # as redis-py's own
        if watching := getattr(self, "_watching", None):
            watching.reset()
            self._watching = None
        super().reset()

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        try:
            if self._watching:
                return list(self._watching.execute(raise_on_error))
            stack = self.command_stack
            replies = self._in_transactions(stack) if self._is_transaction else self._in_round_trips(stack)
            if raise_on_error:
                self.raise_first_error(stack, replies)  # type: ignore[no-untyped-call]
            return replies
        finally:
            self.reset()

    def _slots(self, stack: Sequence[Any]) -> list[int | None]:
        """Return the slot of each command. One without a key goes where the first command with one goes."""
        slots = [slot_of_command(words) for words, _ in stack]
        first = next((slot for slot in slots if slot is not None), None)
        return [first if slot is None else slot for slot in slots]

    def _in_transactions(self, stack: Sequence[Any]) -> list[Any]:
        slots, replies = self._slots(stack), dict[int, Any]()
        for slot in dict.fromkeys(slots):
            places = [n for n, of in enumerate(slots) if of == slot]
            commands = [stack[n] for n in places]
            found = self._cluster.in_slot(slot, lambda server, ask, some=commands: self._sent(server, some, ask))
            replies |= zip(places, found, strict=True)
        return [replies[n] for n in range(len(stack))]

    def _in_round_trips(self, stack: Sequence[Any]) -> list[Any]:
        slots, replies = self._slots(stack), dict[int, Any]()
        owners = {slot: self._owner(slot) for slot in dict.fromkeys(slots)}
        for server in dict.fromkeys(owners.values()):
            places = [n for n, slot in enumerate(slots) if owners[slot] is server]
            some = [stack[n] for n in places]
            with self._cluster.calls_to(server):
                replies |= zip(places, self._sent(server, some), strict=True)
        return [self._followed(stack[n], replies[n]) for n in range(len(stack))]

    def _owner(self, slot: int | None) -> Client:
        return self._cluster.servers()[0] if slot is None else self._cluster.nodes.of_slot(slot)

    def _sent(self, server: Client, commands: Sequence[Any], is_asking: bool = False) -> list[Any]:
        if is_asking:
            raise TryAgainError("a transaction waits until its slot has moved")
        pipe = server.pipeline(self._is_transaction)
        pipe.scripts, pipe.command_stack = set(self.scripts), list(commands)
        return list(pipe.execute(raise_on_error=False))

    def _followed(self, command: Any, reply: Any) -> Any:
        """Send a command again that was refused because its slot is on another server."""
        if isinstance(reply, ClusterDownError):
            self._cluster.nodes.expect_changes()
        if not isinstance(reply, (AskError, TryAgainError)):
            return reply
        words, options = command
        try:
            try:
                return self._cluster.execute_command(*words, **options)
            except NoScriptError:
                for script in self.scripts:
                    self._cluster.script_load(script.script)
                return self._cluster.execute_command(*words, **options)
        except redis.RedisError as error:
            return error
