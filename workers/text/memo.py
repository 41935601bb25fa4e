"""Remembering what was worked out, where an `lru_cache` takes too long to ask."""

from collections.abc import Callable
from typing import Generic, TypeVar

Said = TypeVar("Said")


class Memory(dict[str, Said], Generic[Said]):
    """What a function says of words. Asked by subscript, or by `map` over many: half as long as an `lru_cache` takes.

    When it is full it forgets everything: what is said often is soon back. Long words are worked out anew each time,
    because they seldom come again and anybody can make many of them.
    """

    def __init__(self, about: Callable[[str], Said], most: int = 1 << 14, longest: int = 32) -> None:
        super().__init__()
        self._about, self._most, self._longest = about, most, longest

    def __missing__(self, word: str) -> Said:
        said = self._about(word)
        if len(word) <= self._longest:
            if len(self) >= self._most:
                self.clear()
            self[word] = said
        return said


class Same(Generic[Said]):
    """A value as the key of an `lru_cache`, told from others by identity: where hashing it would take too long."""

    def __init__(self, value: Said) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value
