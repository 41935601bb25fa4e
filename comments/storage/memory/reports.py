"""What readers report, in memory."""

from collections import Counter
from collections.abc import Mapping, Sequence

from comments.errors import TooMany
from comments.model import Comment
from comments.setting_values import MAX_REPORTS
from comments.storage.reports import KEPT

from .paging import page_of
from .site_data import Shelf, Shelves


class MemoryReports:
    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    def add(self, comment: Comment, origin: str, wrong: str, per_minute: int) -> Mapping[str, int]:
        with self._shelves.lock:
            now, shelf = self._shelves.now(), self._fresh(comment.site)
            whole_again, wait = shelf.after_one_more(origin, per_minute, now)
            if wait:
                raise TooMany("too many reports from here", wait)
            shelf.spend(origin, whole_again)
            found = shelf.reports.setdefault(comment.id, {})
            if origin not in found and len(found) < MAX_REPORTS:
                found[origin] = wrong
                shelf.reported[comment.id] = round(now * 1000)
                shelf.reports_kept += 1
            return Counter(found.values())

    def of(self, site: str, ids: Sequence[str]) -> list[Mapping[str, int]]:
        with self._shelves.lock:
            reports = self._fresh(site).reports
            return [Counter(reports.get(id, {}).values()) for id in ids]

    def latest(self, site: str, limit: int, cursor: str = "") -> tuple[list[str], str]:
        with self._shelves.lock:
            rows = sorted((at, id) for id, at in self._fresh(site).reported.items())
            found, following = page_of(rows, cursor, limit, newest=True)
            return [id for _, id in found], following

    def _fresh(self, site: str) -> Shelf:
        """The shelf without the reports that are too old."""
        shelf, oldest = self._shelves[site], (self._shelves.now() - KEPT) * 1000
        for id in [id for id, at in shelf.reported.items() if at <= oldest]:
            del shelf.reported[id], shelf.reports[id]
        return shelf
