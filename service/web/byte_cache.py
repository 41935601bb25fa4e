"""What a web process remembers, bounded in bytes: what was asked for least recently is dropped first."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

V = TypeVar("V")

#: Bytes of each memory of a web process: some hundred pages of 50 comments.
MAX_BYTES = 16 * 1024 * 1024
#: The share that a single value may take; one that would push out many others is not remembered.
LARGEST = 1 / 16


class Memory(Generic[V]):
    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()
        self.bytes = 0

    def get(self, question: Hashable) -> V | None:
        with self._lock:
            if question not in self._known:
                return None
            self._known.move_to_end(question)
            return self._known[question][0]

    def put(self, question: Hashable, value: V, size: int) -> None:
        """In place of what was known. `size` in bytes, with everything."""
        with self._lock:
            self._drop(question)
            if size > self._max_bytes * LARGEST:
                return
            self._known[question] = (value, size)
            self.bytes += size
            while self.bytes > self._max_bytes:
                self._drop(next(iter(self._known)))

    def _drop(self, question: Hashable) -> None:
        if question in self._known:
            self.bytes -= self._known.pop(question)[1]
