"""Threads that moved, and the aliases that they leave behind."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ThreadAlias:
    """A name under which a thread answers as well: its address before it moved, or another one."""

    alias: str
    thread: str


class ThreadMoves(Protocol):
    """Threads that moved. The old name is an alias: it answers with the thread that its comments are in now."""

    def resolve(self, site: str, threads: Sequence[str]) -> list[str]:
        """Return the thread that answers for each name: the name itself unless it is an alias."""

    def move(self, site: str, source: str, target: str, unlimited: bool = False) -> str:
        """Move a thread with its comments to another, or merge the two; the old name becomes an alias. Atomic.

        An alias of the target is followed. Returns the new thread. Raises Invalid if both are the same thread, and,
        unless `unlimited`, if both are so large that merging them would stop the server for long.
        """

    def aliases(self, site: str) -> Iterator[ThreadAlias]: ...

    def known(self, site: str, prefix: str = "", after: str = "", limit: int = 100) -> list[str]:
        """Return names of threads that begin with `prefix`, sorted, after the name `after`."""

    def finish(self, site: str) -> int:
        """Write the new thread into the records of moved comments. It can be interrupted and repeated.

        Returns the number of records. Until then every record is read as if it named the new thread.
        """

    def has_unfinished(self, site: str) -> bool:
        """Return True if records of moved comments still name an old thread."""

    def rules(self, site: str) -> str:
        """Return the rules for addresses that all threads of the site follow; "" if they are not known."""

    def set_rules(self, site: str, rules: str) -> None: ...

    def finish_step(self, site: str) -> int:
        """Do a small part of `finish`, which the next call continues. Returns the number of records."""

    def normalize(self, site: str, key_of: Callable[[str], str]) -> int:
        """Move every thread to the name that `key_of` gives it now. Returns the number of moved threads."""
