"""Every byte in a Valkey server: all keys with their values, by type."""

import struct
from collections.abc import Iterator
from typing import Any


def stored_bytes(client: Any) -> dict[bytes, bytes]:
    """Return each key of the server, with its whole value as one string."""
    return {key: b"\n".join(_parts(client, key)) for key in client.scan_iter("*", count=1000)}


def _parts(client: Any, key: bytes) -> Iterator[bytes]:
    readers = {
        b"string": lambda: [client.get(key) or b""],
        b"hash": lambda: [part for pair in client.hgetall(key).items() for part in pair],
        b"set": lambda: client.smembers(key),
        b"list": lambda: client.lrange(key, 0, -1),
        b"zset": lambda: [
            member + struct.pack(">d", score) for member, score in client.zrange(key, 0, -1, False, True)
        ],
        b"stream": lambda: [part for _, fields in client.xrange(key) for pair in fields.items() for part in pair],
        b"none": lambda: [],  # expired in between
    }
    yield from readers[client.type(key)]()


def keys_with(client: Any, *wanted: str) -> list[str]:
    """Return the keys whose name or value contains one of the texts, in any case."""
    needles = [text.casefold().encode() for text in wanted]
    found = []
    for key, value in stored_bytes(client).items():
        whole = (key + b"\n" + value).decode("utf-8", "surrogateescape").casefold().encode("utf-8", "surrogateescape")
        found += [f"{key.decode()}: {needle.decode()}" for needle in needles if needle in whole]
    return found
