"""What a function says of a word, remembered for when the word comes again."""

from collections.abc import Callable
from typing import Generic, TypeVar

Said = TypeVar("Said")


class Memory(dict[str, Said], Generic[Said]):
    """Asked by subscript, or by `map` over words in one go: that takes half as long as calling an `lru_cache`.

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
