"""Plan moves of threads, show what they would do, and apply them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .audit import AuditAction, AuditEntry
from .errors import Invalid, Problem
from .site import Site
from .storage.interfaces import Storage
from .thread_addresses import thread_key
from .validation import thread_problems

#: Threads read at a time.
LISTED = 500


@dataclass(frozen=True, slots=True)
class PlannedMove:
    """A move and its effect: "move", "merge" with comments that are there, or "alias" without any to move."""

    source: str
    target: str
    comments: int  # published, under the old name
    effect: str


def known_threads(storage: Storage, site: str, prefix: str = "", after: str = "") -> Iterator[str]:
    """Yield the names of all threads that begin with `prefix`, sorted, after the name `after`."""
    while names := storage.thread_moves.known(site, prefix, after, LISTED):
        yield from names
        after = names[-1]


def mapping_of(rows: Iterator[list[str]], site: Site) -> dict[str, str]:
    """Return old -> new name from rows of two addresses. Empty rows and a heading without addresses are skipped."""
    pairs = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    malformed = [n for n, row in enumerate(pairs, 1) if len(row) != 2 or not all(row)]
    if malformed:
        raise Invalid([Problem("file", "row", f"row {malformed[0]} must have an old and a new address")])
    if pairs and tuple(cell.lower() for cell in pairs[0]) in (("from", "to"), ("old", "new")):
        del pairs[0]
    return {thread_key(old, site): thread_key(new, site) for old, new in pairs}


def prefix_moves(storage: Storage, site: Site, source: str, target: str) -> dict[str, str]:
    """Return old -> new name of all threads below an address. Both ends are cut at the same place."""
    start, end = thread_key(source, site).rstrip("/"), target.rstrip("/")
    names = (name for name in known_threads(storage, site.id, start) if name[len(start) :][:1] in ("", "/", "?", "#"))
    return {name: thread_key(end + name[len(start) :], site) for name in names}


def check_moves(moves: Mapping[str, str]) -> None:
    """Raise Invalid for a name that no thread can have, and for a move that leads back to its beginning."""
    if problems := [problem for name in moves.values() for problem in thread_problems(name)]:
        raise Invalid(problems)
    for start in moves:
        end = moves[start]
        for _ in moves:
            if end not in moves:
                break
            end = moves[end]
        if end == start or end in moves:
            raise Invalid([Problem("to", "loop", f"{start} would lead back to itself")])


def planned_moves(storage: Storage, site: str, moves: Mapping[str, str]) -> list[PlannedMove]:
    """Return what each move would do now."""
    names, ends = list(moves), list(moves.values())
    counts = zip(storage.threads.counts(site, names), storage.threads.counts(site, ends), strict=True)
    return [
        PlannedMove(old, new, n, "merge" if n and there else "move" if n else "alias")
        for (old, new), (n, there) in zip(moves.items(), counts, strict=True)
    ]


def apply_moves(
    storage: Storage, site: str, moves: Mapping[str, str], by: str, origin: str = "", unlimited: bool = False
) -> None:
    """Move the threads and record each move in the audit. Repeating it changes nothing."""
    for old, new in moves.items():
        if storage.thread_moves.resolve(site, [old])[0] != storage.thread_moves.resolve(site, [new])[0]:
            target = storage.thread_moves.move(site, old, new, unlimited)
            entry = AuditEntry(by, AuditAction.THREAD_MOVE, old, before=old, after=target, site=site, origin=origin)
            storage.audit.append(entry)
