"""Threads that moved, and the aliases that they leave behind."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from comments.errors import Invalid, Problem


@dataclass(frozen=True, slots=True)
class ThreadAlias:
    """A name under which a thread answers as well: its address before it moved, or another one."""

    alias: str
    thread: str


#: Prefixes of one site: each request reads them.
MAX_PREFIXES = 100


def moved_by_prefix(prefixes: Mapping[str, str], name: str) -> str:
    """Return the new name of a thread below the longest of these prefixes (old -> new address)."""
    if name in prefixes:
        return prefixes[name]
    for old in sorted(prefixes, key=len, reverse=True):
        start, end = old.rstrip("/"), prefixes[old]
        rest = name.removeprefix(start)
        if rest != name and rest[:1] in ("/", "?", "#"):
            if rest[:1] == "/" and rest[1:2] in ("", "?", "#"):  # the top of a host: keep the target's own slash
                return end + rest[1:]
            return (end.rstrip("/") if rest[:1] == "/" else end) + rest
    return name


def with_prefix(prefixes: Mapping[str, str], old: str, new: str) -> dict[str, str]:
    """Return the prefixes with another one. It replaces the opposite one. Raises Invalid for a loop, and for too many.

    A prefix whose new address is below the old one is not added: the other pages below the old one stay there.
    """
    added = {start: end for start, end in prefixes.items() if start != new} | {old: new}
    if f"{new}/".startswith(f"{old.rstrip('/')}/"):
        return dict(prefixes)
    if len(added) > MAX_PREFIXES:
        raise Invalid([Problem("to", "too-many", f"A site can have {MAX_PREFIXES} moved prefixes.")])
    for name in (name for start in added for name in (start, f"{start.rstrip('/')}/~")):
        end = name
        for _ in added:
            end = moved_by_prefix(added, end)
        if moved_by_prefix(added, end) != end:
            raise Invalid([Problem("to", "loop", f"{old} would lead back to itself")])
    return added


class ThreadMoves(Protocol):
    """Threads that moved. The old name is an alias: it answers with the thread that its comments are in now."""

    def resolve(self, site: str, threads: Sequence[str]) -> list[str]:
        """Return the thread that answers for each name: the name itself unless it is an alias, or below a moved prefix.

        A name below a moved prefix that has comments of its own answers for itself.
        """

    def add_prefix(self, site: str, old: str, new: str) -> None:
        """From now on threads without comments below the address `old` are those below `new`. Raises Invalid."""

    def prefixes(self, site: str) -> dict[str, str]: ...

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
