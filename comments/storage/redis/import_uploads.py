"""Imports of owners on Redis: the state is one string, the file and its rows are lists that expire."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count

from comments.storage.codec import dump, load
from comments.storage.import_uploads import ImportState
from comments.storage.keys import Keys

from .client import Client, guarded
from .scripts import Script
from .unchanged_records import unchanged_bytes

#: Seconds for which the state and the data of an import are kept.
_STATE_SECONDS, _DATA_SECONDS = 7 * 86_400, 86_400


@guarded
class RedisImportUploads:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._replace = Script(client, "imports/replace")

    def get(self, site: str) -> ImportState | None:
        found = self._client.get(self._keys.import_state(site))
        return load(ImportState, found) if found else None

    def replace(self, site: str, before: ImportState | None, after: ImportState | None) -> bool:
        key = self._keys.import_state(site)
        stored = unchanged_bytes(self._client.get(key), before, partial(load, ImportState))
        record = dump(after) if after else b""
        return stored is not None and bool(self._replace([key], {"seconds": _STATE_SECONDS}, stored, record))

    def add_pieces(self, site: str, id: str, pieces: Iterator[bytes]) -> None:
        self._append(self._keys.import_part(site, id, "file"), pieces)

    def pieces(self, site: str, id: str) -> Iterator[bytes]:
        return iter(self._pieces(self._keys.import_part(site, id, "file")))

    def _pieces(self, key: str) -> list[bytes]:
        """Read one piece at a time, so that no command holds the server for long."""
        found: list[bytes] = []
        for n in count():
            piece = self._client.lindex(key, n)
            if piece is None:
                return found
            found.append(piece)
        return found

    def replace_rows(self, site: str, id: str, batches: Iterator[bytes]) -> int:
        key = self._keys.import_part(site, id, "rows")
        self._client.unlink(key)
        return self._append(key, batches)

    def _append(self, key: str, parts: Iterator[bytes]) -> int:
        n = 0
        for part in parts:
            n += 1
            pipe = self._client.pipeline(transaction=False)
            pipe.rpush(key, part)
            pipe.expire(key, _DATA_SECONDS)
            pipe.execute()
        return n

    def rows(self, site: str, id: str, n: int) -> bytes | None:
        found: bytes | None = self._client.lindex(self._keys.import_part(site, id, "rows"), n)
        return found

    def forget(self, site: str, id: str, parts: Sequence[str] = ("file", "rows")) -> None:
        self._client.unlink(*(self._keys.import_part(site, id, part) for part in parts))
