"""Lists of comments that lose personal data after a time, in memory: the counterpart of comments/rewrite."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from comments.lifecycle import Status
from comments.model import Comment
from comments.storage.retention import CLASS_OF_STATUS, RetentionClass

from .site_data import AllSites


class MemoryRetention:
    def __init__(self, sites: AllSites) -> None:
        self._sites = sites

    def due(self, site: str, kind: RetentionClass, before: datetime, n: int) -> list[str]:
        started = self._sites[site].kept_since[kind]
        return sorted((id for id, at in started.items() if at < before.timestamp()), key=lambda id: (started[id], id))[
            :n
        ]

    def counts(self, site: str, limits: Sequence[tuple[RetentionClass, datetime]]) -> list[int]:
        lists = self._sites[site].kept_since
        return [sum(at < before.timestamp() for at in lists[kind].values()) for kind, before in limits]

    def with_due(self, limits: Mapping[str, Mapping[RetentionClass, datetime]]) -> set[str]:
        return {site for site, of_site in limits.items() if any(self.counts(site, [*of_site.items()]))}

    def rewrite(
        self,
        site: str,
        ids: Sequence[str],
        change: Callable[[Comment], Comment | None],
        done: Sequence[RetentionClass],
    ) -> int:
        with self._sites.lock:
            data, replaced = self._sites[site], 0
            for id in ids:
                after = change(data.comments[id]) if id in data.comments else None
                if after:
                    data.comments[id] = after
                    replaced += 1
                    if data.indexed.pop(id, None):
                        data.unindexed.add(id)
                for kind in done:
                    data.kept_since[kind].pop(id, None)
            return replaced

    def start(self, site: str, status: Status, ids: Sequence[str], at: datetime) -> None:
        with self._sites.lock:
            for kind in filter(None, (RetentionClass.DETAILS, CLASS_OF_STATUS.get(status))):
                for id in ids:
                    self._sites[site].kept_since[kind].setdefault(id, at.timestamp())
