"""Audit entries of several logs as one list, the newest first."""

import re
from collections.abc import Sequence

from comments.audit import AuditEntry, AuditPage, AuditQuery
from comments.errors import Invalid, Problem
from comments.storage.administration import Audit

#: Time in ms, number within it, and site of the last entry of a page.
_CURSOR = re.compile(r"(\d{1,15})-(\d{1,10})@([a-z0-9-]*)")
AuditPosition = tuple[int, int, str]


def merged_page(audit: Audit, sites: Sequence[str], query: AuditQuery, limit: int, cursor: str) -> AuditPage:
    """Return matching entries of all logs. Each log is searched only so far; the cursor goes on. Raises Invalid."""
    after = _position(cursor) if cursor else None
    rows: list[tuple[AuditPosition, AuditEntry]] = []
    searched_to: AuditPosition | None = None
    for site in sites:
        page = audit.page(site, query, limit, _log_cursor(after, site))
        rows += [(_key(entry.id, site), entry) for entry in page.rows]
        if page.cursor:
            end = _key(page.cursor, site)
            searched_to = max(searched_to, end) if searched_to else end
    rows.sort(key=lambda row: row[0], reverse=True)
    certain = [row for row in rows if searched_to is None or row[0] >= searched_to]
    shown = certain[:limit]
    has_more = len(rows) > len(shown) or searched_to is not None
    last = shown[-1][0] if len(shown) == limit else searched_to
    return AuditPage(tuple(entry for _, entry in shown), _cursor(last) if has_more and last else "")


def _key(id: str, site: str) -> AuditPosition:
    ms, _, n = id.partition("-")
    return int(ms), int(n), site


def _cursor(position: AuditPosition) -> str:
    return f"{position[0]}-{position[1]}@{position[2]}"


def _position(cursor: str) -> AuditPosition:
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise Invalid([Problem("cursor", "malformed", "is not a valid cursor")])
    return int(match[1]), int(match[2]), match[3]


def _log_cursor(after: AuditPosition | None, site: str) -> str:
    """Return where one log goes on. At the same time, entries of sites that sort lower come later."""
    if after is None:
        return ""
    ms, n, last_site = after
    return f"{ms}-{n + 1}" if site < last_site else f"{ms}-{n}"
