"""A client of a cluster: every call goes to the server that has the slot of its keys.

redis-py has a client of its own for clusters, which the stores cannot use: its pipelines refuse scripts, MGET and
UNLINK, its transactions skip the conversion of replies, and it repeats commands after a lost reply. This one sends the
commands, pipelines and transactions of redis-py's ordinary client to one server after the other.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import redis
from redis.exceptions import AskError, ClusterDownError, MovedError, ReadOnlyError, TryAgainError

from comments.errors import StorageDown

from .breaker import Breaker
from .client import Client, StoreClient
from .cluster_commands import (
    CURSOR_BITS,
    CURSORS,
    ORDERED,
    SUMMED,
    TO_EVERY_SERVER,
    WITHOUT_KEY,
    missing_key,
    pattern_of,
    redirected_host,
    sent,
    server_number,
    slot_of,
    slot_of_command,
    slot_of_pattern,
)
from .cluster_nodes import ClusterNodes
from .cluster_pipeline import ClusterPipeline

T = TypeVar("T")

#: Seconds for which a command is repeated that a server refuses while its slot moves, and between two tries.
_PATIENCE, _BETWEEN_TRIES = 0.4, 0.05
#: Redirections of one command to other servers.
_MOST_MOVES = 5


class _ClosedBreaker(Breaker):
    """Never opens, because each server has a breaker of its own."""

    def open(self) -> None:
        self.close()


class ClusterClient(StoreClient):
    """Looks like a client of one server."""

    is_cluster = True

    def __init__(self, nodes: ClusterNodes) -> None:
        super().__init__()
        self.nodes, self.breaker = nodes, _ClosedBreaker()

    def servers(self) -> list[Client]:
        return self.nodes.primaries()

    def server_of(self, key: str) -> Client:
        return self.nodes.of_slot(slot_of(key))

    def info_of(self, key: str, section: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.in_slot(slot_of(key), lambda server, _: server.info(section))
        return found

    @contextmanager
    def connection_of(self, key: str) -> Iterator[Any]:
        server = self.server_of(key)
        with self.calls_to(server), server.client() as connection:
            yield connection

    def close(self) -> None:
        self.nodes.close()
        super().close()

    def pubsub(self, **options: Any) -> Any:
        """Listen through any server, because each passes on what is published on another."""
        return random.choice(self.servers()).pubsub(**options)  # noqa: S311 - any server will do

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> ClusterPipeline:
        return ClusterPipeline(self, transaction)

    def execute_command(self, *words: Any, **options: Any) -> Any:
        name = words[0]
        if name in CURSORS:
            return self._scan(words, options)
        if name in TO_EVERY_SERVER:
            return self._on_every_server(words, options)
        if name in WITHOUT_KEY:
            return self.in_slot(None, lambda server, _: server.execute_command(*words, **options))
        if (name in SUMMED or name == ORDERED) and len(words) > 2:
            return self._by_slots(words, options)
        slot = slot_of_command(words)
        return self.in_slot(slot, lambda server, is_asking: sent(server, is_asking, words, options))

    def in_slot(self, slot: int | None, call: Callable[[Client, bool], T]) -> T:
        """Run a call on the server that has the slot. Follow the slot, and wait while it moves.

        Every error that leads to a repetition means that the server did nothing.
        """
        until, moves, asked = time.monotonic() + _PATIENCE, 0, None
        while True:
            server = self.nodes.at(asked) if asked else self.servers()[0] if slot is None else self.nodes.of_slot(slot)
            is_asking, asked = asked is not None, None
            try:
                with self.calls_to(server):
                    return call(server, is_asking)
            except MovedError as error:
                moves += 1
                self.nodes.move(error.slot_id, redirected_host(error, server))
                if moves > _MOST_MOVES:
                    raise
            except AskError as error:
                asked = redirected_host(error, server)
                if time.monotonic() > until:
                    raise
            except TryAgainError:
                if time.monotonic() > until:
                    raise
                time.sleep(_BETWEEN_TRIES)

    @contextmanager
    def calls_to(self, server: Client) -> Iterator[None]:
        """Call one server with its breaker, so that a server that does not answer delays no other's calls."""
        server.breaker.check()
        try:
            yield
        except redis.TimeoutError as error:
            server.breaker.open()
            self.nodes.expect_changes()
            raise StorageDown(str(error)) from error
        except (redis.ConnectionError, ClusterDownError, ReadOnlyError, MovedError):
            self.nodes.expect_changes()
            raise
        server.breaker.close()

    def _on_every_server(self, words: Sequence[Any], options: dict[str, Any]) -> Any:
        """Return the first reply. A server that is away gets a script when it needs it."""
        replies = []
        for server in self.servers():
            try:
                with self.calls_to(server):
                    replies.append(server.execute_command(*words, **options))
            except (redis.ConnectionError, StorageDown) as error:
                failure = error
        if not replies:
            raise failure
        return replies[0]

    def _by_slots(self, words: Sequence[Any], options: dict[str, Any]) -> Any:
        name, *keys = words
        groups: dict[int, list[Any]] = {}
        for key in keys:
            groups.setdefault(slot_of(key), []).append(key)
        replies: dict[int, Any] = {}
        for slot, some in groups.items():
            part = (name, *some)
            replies[slot] = self.in_slot(slot, lambda server, ask, part=part: sent(server, ask, part, options))  # type: ignore[misc]
        if name in SUMMED:
            return sum(replies.values())
        found = {slot: iter(values) for slot, values in replies.items()}
        return [next(found[slot_of(key)]) for key in keys]

    def _scan(self, words: Sequence[Any], options: dict[str, Any]) -> Any:
        """Take one step of a scan. It begins again if the slot moved to another server since the last step."""
        place = CURSORS[words[0]]
        number, cursor = divmod(int(words[place]), 1 << CURSOR_BITS)
        slot = slot_of(words[1]) if place > 1 else slot_of_pattern(pattern_of(words))
        following: list[Client] = []
        if slot is None:
            servers = self.servers()
            first = next((n for n, server in enumerate(servers) if server_number(server) == number), 0)
            server, *following = servers[first:]

        def step(to: Client, is_asking: bool) -> Any:
            command = (*words[:place], cursor if server_number(to) == number else 0, *words[place + 1 :])
            send = _scanned if place == 1 and slot is not None else sent
            then, found = send(to, is_asking, command, options)
            if int(then):
                return server_number(to) << CURSOR_BITS | int(then), found
            return server_number(following[0]) << CURSOR_BITS if following else 0, found

        if slot is not None:
            return self.in_slot(slot, step)
        with self.calls_to(server):
            return step(server, False)


def _scanned(server: Client, is_asking: bool, words: Sequence[Any], options: Mapping[str, Any]) -> Any:
    """Scan the keys of one slot. SCAN alone is not redirected, and would find none on a former server of the slot."""
    if is_asking:
        raise TryAgainError("the keys of the slot are on two servers")
    pipe = server.pipeline()
    pipe.exists(missing_key(pattern_of(words)))
    pipe.execute_command(*words, **options)
    return pipe.execute()[1]
