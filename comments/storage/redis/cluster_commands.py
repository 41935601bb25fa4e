"""Slots of commands, and how a command is sent to one server of a cluster."""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from redis.crc import key_slot
from redis.exceptions import AskError

from .client import Client
from .cluster_nodes import Host

#: Commands without a key. Those in the second set go to every server.
WITHOUT_KEY = frozenset({"TIME", "PING", "PUBLISH", "INFO", "CONFIG GET", "SCRIPT EXISTS", "CLUSTER INFO"})
TO_EVERY_SERVER = frozenset({"SCRIPT LOAD", "FLUSHALL", "CONFIG SET"})
#: Commands whose keys may have several slots. The replies of the parts are added, or put in the order of the keys.
SUMMED, ORDERED = frozenset({"DEL", "UNLINK", "EXISTS"}), "MGET"
#: Commands with a cursor, and its place in the command.
CURSORS = {"SCAN": 1, "HSCAN": 2, "SSCAN": 2, "ZSCAN": 2}
#: A cursor of ours contains the number of its server above these bits, because no other server can go on from it.
CURSOR_BITS = 64
#: Characters that stand for others in a pattern.
_SPECIAL = frozenset("*?[]\\^")


def slot_of(key: str | bytes) -> int:
    return key_slot(key.encode() if isinstance(key, str) else bytes(key))


def missing_key(key: str) -> str:
    """Return a key in the slot of `key` that is never stored."""
    return key[: key.index("}") + 1] + ":missing"


def slot_of_command(words: Sequence[Any]) -> int | None:
    """Return the slot of the first key of a command; None without a key."""
    name = words[0]
    if name in ("EVALSHA", "EVAL"):
        return slot_of(words[3]) if int(words[2]) else None
    return None if name in WITHOUT_KEY or name in TO_EVERY_SERVER else slot_of(words[1])


def pattern_of(words: Sequence[Any]) -> str:
    """Return the pattern of a SCAN, "" without one. redis-py gives the option as bytes."""
    place = next((n for n, word in enumerate(words) if word in (b"MATCH", "MATCH")), None)
    return "" if place is None else str(words[place + 1])


def slot_of_pattern(pattern: str) -> int | None:
    """Return the slot of all keys that match; None if they have several."""
    _, has_tag, rest = pattern.partition("{")
    tag, has_end, _ = rest.partition("}")
    return slot_of(f"{{{tag}}}") if has_tag and has_end and tag and not _SPECIAL & set(tag) else None


def server_number(server: Client) -> int:
    """Return a number of a server for its cursors, never 0."""
    return zlib.crc32(repr(host_and_port_of(server)).encode()) | 1 << 32


def host_and_port_of(server: Client) -> Host:
    options = server.connection_pool.connection_kwargs
    return options["host"], options["port"]


def redirected_host(error: AskError, server: Client) -> Host:
    """Return the server that a redirection names; without a name it is on the same host."""
    return str(error.host) or host_and_port_of(server)[0], int(error.port)


def sent(server: Client, is_asking: bool, words: Sequence[Any], options: Mapping[str, Any]) -> Any:
    if not is_asking:
        return server.execute_command(*words, **options)
    pipe = server.pipeline(transaction=False)
    pipe.execute_command("ASKING")
    pipe.execute_command(*words, **options)
    return pipe.execute()[1]
