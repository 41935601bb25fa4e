"""Title and address of threads, which sites give to threads that are named by a key."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ThreadDetails:
    """Title of a thread's article and address of its page; "" for what nobody has set."""

    title: str = ""
    url: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.title, self.url)))


class ThreadDetailsStore(Protocol):
    """Details move with their thread. In a merge those of the thread that is there win."""

    def get(self, site: str, threads: Sequence[str]) -> list[ThreadDetails]: ...

    def put(
        self, site: str, thread: str, title: str | None, url: str | None, only_missing: bool = False
    ) -> ThreadDetails | None:
        """Set the title, the address or both; None leaves one as it is and "" deletes it. Aliases are followed.

        With `only_missing` nothing that is set changes. Returns the details before, or None if nothing changed.
        """
