"""The audit, rules and traces in memory."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from comments.audit import AuditEntry, AuditPage, AuditQuery
from comments.author_rules import AuthorRule, RuleTarget
from comments.errors import Invalid, Problem
from comments.lifecycle import Status
from comments.storage.values import HistoryPage, HistoryQuery

from .paging import page
from .site_data import SHARED, Shelves


class MemoryAudit:
    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    def append(self, *entries: AuditEntry) -> None:
        note(self._shelves, *entries)

    def page(self, site: str, search: AuditQuery, limit: int, cursor: str = "") -> AuditPage:
        found = [e for e in reversed(self._shelves[site or SHARED].audit) if search.wants(e)]
        if cursor:
            last = _place(cursor)
            found = [e for e in found if _place(e.id) < last]
        return AuditPage(tuple(found[:limit]), found[limit - 1].id if len(found) > limit else "")

    def all(self, site: str) -> Iterator[AuditEntry]:
        yield from tuple(self._shelves[site or SHARED].audit)


def note(shelves: Shelves, *entries: AuditEntry) -> None:
    """Keep the entries with the time of now, which gives them their order too."""
    for entry in entries:
        with shelves.lock:
            kept = shelves[entry.site or SHARED].audit
            at = round(shelves.now() * 1000)
            dated = replace(entry, id=f"{at}-{len(kept)}", at=datetime.fromtimestamp(at / 1000, UTC))
            kept.append(dated)


def _place(id: str) -> tuple[int, int]:
    at, _, n = id.partition("-")
    if not (at.isdecimal() and n.isdecimal()):
        raise Invalid([Problem("cursor", "malformed", "is not one of our cursors")])
    return int(at), int(n)


class MemoryAuthorRules:
    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    def put(self, site: str, rule: AuthorRule, entry: AuditEntry) -> None:
        with self._shelves.lock:
            self._shelves[site].rules[rule.name] = rule
            note(self._shelves, entry)

    def delete(self, site: str, name: str, entry: AuditEntry) -> bool:
        with self._shelves.lock:
            if self._shelves[site].rules.pop(name, None) is None:
                return False
            note(self._shelves, entry)
            return True

    def get(self, site: str, names: list[str]) -> list[AuthorRule]:
        return among(self._shelves[site].rules, tuple(names))

    def all(self, site: str) -> list[AuthorRule]:
        return sorted(self._shelves[site].rules.values(), key=lambda s: (s.at, s.name), reverse=True)


def among(rules: dict[str, AuthorRule], names: tuple[str, ...], terms: bool = False) -> list[AuthorRule]:
    """Those of the names, and with `terms` all that are about terms."""
    asked = [rules[name] for name in names if name in rules]
    return asked + [s for s in rules.values() if terms and s.target is RuleTarget.TERM]


class MemoryAuthorHistory:
    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    def find(self, site: str, trace: HistoryQuery, limit: int, cursor: str = "") -> HistoryPage:
        decided = [c for s in Status if s is not Status.QUEUED for c in self._shelves[site].in_status(s)]
        fitting = sorted((c for c in decided if trace.fits(c)), key=lambda c: (c.received, c.id))
        rows, following = page(fitting, cursor, limit, newest=True)
        return HistoryPage(tuple(rows), following, len(decided), rows[-1].received if following else None)
