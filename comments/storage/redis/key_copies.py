"""Copies of all keys of an installation, from loaded snapshots to an empty server or cluster.

It may be another program or version than the one of the snapshots. A cluster may become one server, or the other way
round: keys that all sites share then get another name.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import redis

from comments.errors import SettingsInvalid, StorageDown
from comments.storage.keys import Keys, first_part, renamed_key

from .audit_log import SharedChanges
from .client import Client, keys_from
from .cluster_snapshots import SlotRanges, is_in_slots

#: Keys that one SCAN looks at, and members in one command.
_PER_SCAN = 500
#: Commands in one round trip, at most.
_PER_ROUND_TRIP = 500
#: Bytes of one round trip, about. A command has at most as many members as one SCAN finds.
_BYTES_PER_ROUND_TRIP = 1 << 20

#: Time to live of a key that is gone.
_EXPIRED = -2

Command = Sequence[Any]


def record_backup(client: Client, prefix: str, at: datetime) -> bool:
    """Record the time of a complete backup for monitoring; return False if the server is a replica, which refuses."""
    try:
        client.set(Keys(prefix).backup_at(), int(at.timestamp()))
    except redis.ReadOnlyError:
        return False
    return True


def stored_version(client: Client, prefix: str) -> int | None:
    """Return the version of an installation's data; None if there is no data. Raises StorageDown."""
    try:
        version = client.get(Keys(prefix, client.is_cluster).version())
    except redis.RedisError as error:
        raise StorageDown(str(error)) from error
    return None if version is None else int(version)


def begin_restore(client: Client, prefix: str) -> None:
    """Mark the start of a restore. Remove what an interrupted restore left behind.

    Raises SettingsInvalid if the server has other data of an installation, StorageDown if it does not answer.
    """
    keys = Keys(prefix, client.is_cluster)
    try:
        if not client.exists(keys.restoring()) and any(_all_keys(client, prefix)):
            raise SettingsInvalid(
                "the server is not empty: it has data of Replygate. Stop all parts, and restore to an empty server"
            )
        client.set(keys.restoring(), "")
        for key in list(_all_keys(client, prefix)):
            if key != keys.restoring().encode():
                client.unlink(key)
    except redis.RedisError as error:
        raise StorageDown(str(error)) from error


@dataclass(frozen=True, slots=True)
class LoadedSnapshot:
    """A server with the data of another one, and the slots of that one in its cluster; none outside of clusters."""

    client: Client
    slots: SlotRanges = ()

    def keys_of(self, prefix: str) -> Keys:
        return Keys(prefix, bool(self.slots))

    def version(self, prefix: str) -> int:
        """Return the version of the data; 0 in a snapshot without what all sites share."""
        return int(self.client.get(self.keys_of(prefix).version()) or 0)


def copy_keys(source: LoadedSnapshot, target: Client, prefix: str, progress: Callable[[int], None]) -> int:
    """Copy every key with its time to live. Return the number of keys. Raises StorageDown.

    What a server of a cluster has of other slots is the rest of a move, and older than what their servers have.
    """
    keys, in_cluster = source.keys_of(prefix), bool(target.is_cluster)
    last = {keys.version().encode(), keys.restoring().encode(), keys.probe().encode()}
    found = (
        key
        for key in _all_keys(source.client, prefix)
        if key not in last and (not source.slots or is_in_slots(key, source.slots))
    )
    pipe = target.pipeline(transaction=False)
    total = size = 0
    try:
        for is_last, (name, key, *words) in _commands(source.client, found):
            command = (name, renamed_key(key, prefix, in_cluster), *words)
            pipe.execute_command(*command)
            size += sum(len(word) for word in command if isinstance(word, bytes))
            total += is_last
            if len(pipe) >= _PER_ROUND_TRIP or size >= _BYTES_PER_ROUND_TRIP:
                pipe.execute()
                size = 0
                progress(total)
        pipe.execute()
    except redis.RedisError as error:
        raise StorageDown(str(error)) from error
    return total


def end_restore(target: Client, prefix: str, version: int) -> None:
    """Make the copy of all keys an installation with data of this version. Raises StorageDown."""
    keys = Keys(prefix, target.is_cluster)
    try:
        SharedChanges(target, keys).move_restored()
        with target.pipeline() as end:
            end.set(keys.version(), version)
            end.unlink(keys.restoring())
            end.execute()
    except redis.RedisError as error:
        raise StorageDown(str(error)) from error


def _all_keys(client: Client, prefix: str) -> Iterator[bytes]:
    return iter(client.scan_iter(keys_from(first_part(prefix)), count=_PER_SCAN))


def _commands(source: Client, found: Iterator[bytes]) -> Iterator[tuple[bool, Command]]:
    """Yield the commands that make each key again. The flag is True for the last command of a key.

    SCAN may find a key twice. For most types that changes nothing, but entries would be added twice.
    """
    ordered: set[bytes] = set()
    for some in _batches(found):
        pipe = source.pipeline(transaction=False)
        for key in some:
            pipe.type(key)
            pipe.pttl(key)
        answers = pipe.execute()
        kinds = dict(zip(some, answers[::2], strict=True))
        strings = [key for key in some if kinds[key] == b"string"]
        values = dict(zip(strings, source.mget(strings), strict=True)) if strings else {}
        for (key, kind), left in zip(kinds.items(), answers[1::2], strict=True):
            if left == _EXPIRED or values.get(key, b"") is None or key in ordered:
                continue
            if kind in (b"list", b"stream"):
                ordered.add(key)
            if kind == b"string":
                yield False, (b"SET", key, values[key])
            else:
                yield from ((False, command) for command in _READERS[kind](source, key))
            yield True, (b"PEXPIRE", key, left) if left >= 0 else (b"PERSIST", key)


def _batches(found: Iterator[bytes]) -> Iterator[list[bytes]]:
    while some := list(islice(found, _PER_SCAN)):
        yield list(dict.fromkeys(some))


def _hash(source: Client, key: bytes) -> Iterator[Command]:
    for pairs in _scanned(source.hscan, key):
        yield b"HSET", key, *(word for pair in pairs.items() for word in pair)


def _set(source: Client, key: bytes) -> Iterator[Command]:
    for members in _scanned(source.sscan, key):
        yield b"SADD", key, *members


def _sorted_set(source: Client, key: bytes) -> Iterator[Command]:
    for pairs in _scanned(source.zscan, key):
        yield b"ZADD", key, *(word for member, score in pairs for word in (repr(score).encode(), member))


def _scanned(scan: Callable[..., Any], key: bytes) -> Iterator[Any]:
    cursor = None
    while cursor != 0:
        cursor, members = scan(key, cursor or 0, count=_PER_SCAN)
        if members:
            yield members


def _list(source: Client, key: bytes) -> Iterator[Command]:
    for start in range(0, source.llen(key), _PER_SCAN):
        yield b"RPUSH", key, *source.lrange(key, start, start + _PER_SCAN - 1)


def _stream(source: Client, key: bytes) -> Iterator[Command]:
    """Yield the entries with their ids. The last id matters also after its entry was deleted: ids only grow."""
    yield b"XGROUP CREATE", key, b"restore", b"0", b"MKSTREAM"
    yield b"XGROUP DESTROY", key, b"restore"
    start = b"-"
    while entries := source.xrange(key, start, count=_PER_SCAN):
        for id, fields in entries:
            yield b"XADD", key, id, *(word for pair in fields.items() for word in pair)
        start = b"(" + entries[-1][0]
    last = source.xinfo_stream(key)["last-generated-id"]
    if last != b"0-0":
        yield b"XSETID", key, last


_READERS: dict[bytes, Callable[[Client, bytes], Iterator[Command]]] = {
    b"hash": _hash,
    b"set": _set,
    b"zset": _sorted_set,
    b"list": _list,
    b"stream": _stream,
}
