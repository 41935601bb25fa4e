"""Plan moves of threads, show what they would do, and apply them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .audit import AuditAction, AuditEntry
from .errors import Invalid, Problem
from .site import Site
from .storage.interfaces import Storage
from .thread_addresses import address_rules, readable_address, thread_key
from .validation import is_web_address, thread_problems

#: Threads read at a time.
LISTED = 500


@dataclass(frozen=True, slots=True)
class PlannedMove:
    """A move and its effect: "move", "merge" with comments that are there, "alias" without any to move.

    The effect is "none" if both names are the same thread already.
    """

    source: str
    target: str
    comments: int  # published, under the old name
    effect: str


def known_threads(storage: Storage, site: str, prefix: str = "", after: str = "") -> Iterator[str]:
    """Yield the names of all threads that begin with `prefix`, sorted, after the name `after`."""
    while names := storage.thread_moves.known(site, prefix, after, LISTED):
        yield from names
        after = names[-1]


def has_changed_rules(storage: Storage, site: Site) -> bool:
    """Return True if threads may have names that earlier settings of the site gave them.

    The first call for a site records its rules: the migration and submissions follow those of that moment.
    """
    followed, current = storage.thread_moves.rules(site.id), str(address_rules(site))
    if not followed:
        storage.thread_moves.set_rules(site.id, current)
    return followed not in ("", current)


def follow_rules(storage: Storage, site: Site) -> None:
    """Move each thread to the name that the settings of the site give it now. It can be interrupted and repeated."""
    for name in known_threads(storage, site.id):
        key = thread_key(name, site)
        if key != name and storage.thread_moves.resolve(site.id, [key])[0] != name:
            storage.thread_moves.move(site.id, name, key, unlimited=True)
    storage.thread_moves.set_rules(site.id, str(address_rules(site)))


def mapping_text(content: bytes) -> str:
    """Decode a mapping file: UTF-8, or the UTF-16 that spreadsheets call Unicode text. Raises Invalid."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Invalid([Problem("file", "encoding", "must be saved as UTF-8")]) from None


def mapping_of(rows: Iterable[list[str]], site: Site) -> dict[str, str]:
    """Return old -> new name from rows of two addresses. Empty rows and a heading without addresses are skipped.

    Raises Invalid, with the numbers of all rows that have no two addresses or contradict an earlier row. The rows of a
    CSV reader are numbered by their line.
    """
    problems, pairs, is_first = list[Problem](), list[tuple[int, str, str]](), True
    for n, row in enumerate(rows, 1):
        n, cells = getattr(rows, "line_num", n), [cell.strip() for cell in row]
        is_heading = is_first and tuple(cell.lower() for cell in cells) in (("from", "to"), ("old", "new"))
        is_first = is_first and not any(cells)
        if len(cells) == 2 and all(cells) and not is_heading:
            old, new = (thread_key(cell, site) for cell in cells)
            if old != new or cells[0] == cells[1]:  # two spellings of one thread need no move
                pairs.append((n, old, new))
        elif any(cells) and not is_heading:
            problems.append(Problem("file", "row", f"line {n} must have an old and a new address"))
    problems += _contradictions(pairs, "file", "line")
    if problems:
        raise Invalid(problems)
    return {old: new for _, old, new in pairs}


def joined_moves(parts: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return all these moves as one mapping. Raises Invalid, with the numbers of all that contradict an earlier one."""
    pairs = [(n, old, new) for n, part in enumerate(parts, 1) for old, new in part.items()]
    if problems := list(_contradictions(pairs, "moves", "move")):
        raise Invalid(problems)
    return {old: new for _, old, new in pairs}


def _contradictions(pairs: Iterable[tuple[int, str, str]], field: str, noun: str) -> Iterator[Problem]:
    """Yield a problem for each numbered pair whose old name has another new name before."""
    first: dict[str, tuple[int, str]] = {}
    for n, old, new in pairs:
        before, there = first.setdefault(old, (n, new))
        if new != there:
            old, new, there = readable_address(old), readable_address(new), readable_address(there)
            text = f"{noun} {n} moves {old} to {new}, but {noun} {before} moves it to {there}"
            yield Problem(field, "contradiction", text)


def prefix_moves(storage: Storage, site: Site, source: str, target: str) -> dict[str, str]:
    """Return old -> new name of all threads below an address. Both ends are cut at the same place."""
    start, end = thread_key(source, site).rstrip("/"), target.rstrip("/")
    names = (name for name in known_threads(storage, site.id, start) if name[len(start) :][:1] in ("", "/", "?", "#"))
    return {name: thread_key(end + name[len(start) :], site) for name in names}


def moved_prefix(site: Site, source: str, target: str) -> tuple[str, str] | None:
    """Return the addresses below which pages without comments move too. None for keys: no pages are below them."""
    old, new = thread_key(source, site), thread_key(target, site)
    return (old, new) if is_web_address(old) and is_web_address(new) else None


def add_prefix(storage: Storage, site: Site, source: str, target: str) -> None:
    """Let pages below the address `source` that have no comments yet answer with those below `target`. Raises Invalid.

    It comes before the moves of a prefix, so that no comment arrives between the two.
    """
    if addresses := moved_prefix(site, source, target):
        storage.thread_moves.add_prefix(site.id, *addresses)


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
    done = _moved_already(storage, site, moves)
    counts = zip(storage.threads.counts(site, names), storage.threads.counts(site, ends), strict=True)
    return [
        PlannedMove(old, new, n, "none" if old in done else "merge" if n and there else "move" if n else "alias")
        for (old, new), (n, there) in zip(moves.items(), counts, strict=True)
    ]


def _moved_already(storage: Storage, site: str, moves: Mapping[str, str]) -> set[str]:
    """Return the old names that are aliases of the new thread. A thread itself may move back to its alias."""
    starts = zip(moves, storage.thread_moves.resolve(site, list(moves)), strict=True)
    ends = storage.thread_moves.resolve(site, list(moves.values()))
    return {old for (old, start), end in zip(starts, ends, strict=True) if start == end != old}


def apply_moves(
    storage: Storage, site: str, moves: Mapping[str, str], by: str, origin: str = "", unlimited: bool = False
) -> int:
    """Move the threads and record each move in the audit. Repeating it changes nothing. Returns the number of moves."""
    n = 0
    for old, new in moves.items():
        if not _moved_already(storage, site, {old: new}):
            target = storage.thread_moves.move(site, old, new, unlimited)
            entry = AuditEntry(by, AuditAction.THREAD_MOVE, old, before=old, after=target, site=site, origin=origin)
            storage.audit.append(entry)
            n += 1
    return n
