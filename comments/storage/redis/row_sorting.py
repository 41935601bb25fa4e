"""Sort the rows of a key in flat memory. SCAN returns them in no order, and some of them twice."""

import heapq
import json
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import Any

from comments.storage.archives import StoredRow

#: Rows sorted in memory. More are sorted in temporary files.
ROWS_IN_MEMORY = 50_000


def number(score: float) -> str:
    """Write a score as JSON would, without a fraction if it has none."""
    return str(int(score)) if score == int(score) else repr(score)


def sorted_rows(pairs: Iterable[tuple[str, str]], like: StoredRow) -> Iterator[StoredRow]:
    """Sort names with values, each name once. SCAN may repeat an entry. Long lists are sorted on disk."""
    last = None
    for name, value in _sorted_pairs(pairs):
        if name != last:
            yield StoredRow(like.key, like.of, name, value)
        last = name


def _sorted_pairs(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    parts: list[Iterator[tuple[str, str]]] = []
    some: list[tuple[str, str]] = []
    for pair in pairs:
        some.append(pair)
        if len(some) == ROWS_IN_MEMORY:
            parts.append(_spilled(sorted(some)))
            some = []
    return heapq.merge(sorted(some), *parts)


def _spilled(rows: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Write sorted rows to a temporary file without a name, and return an iterator that reads them back."""
    file = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed by the iterator
    file.writelines(json.dumps(row) + "\n" for row in rows)
    file.seek(0)
    return _read_back(file)


def _read_back(file: Any) -> Iterator[tuple[str, str]]:
    with file:
        for line in file:
            name, value = json.loads(line)
            yield name, value
