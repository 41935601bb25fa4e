"""Evidence in memory, without rules: the counterpart of the script comments/windows_count and its lookups."""

from collections.abc import Sequence
from datetime import UTC, datetime

from comments.lifecycle import Status
from comments.shared_learning import LearningGroups
from comments.storage.people_records import record_of_links, record_of_people
from comments.storage.values import Evidence, EvidenceQuery, WindowUse

from .corpus import token_counts
from .site_data import SHARED_SITE, AllSites, SiteData


class MemoryEvidence:
    def __init__(self, sites: AllSites, together: LearningGroups) -> None:
        self._sites, self._together = sites, together

    def look_up(self, site: str, questions: Sequence[EvidenceQuery]) -> list[Evidence]:
        with self._sites.lock:
            return [self._evidence(site, q) for q in questions]

    def _evidence(self, site: str, q: EvidenceQuery) -> Evidence:
        data = self._sites[site]
        counts: dict[str, int] = {}
        for use in q.uses:
            n = self._count(self._sites[SHARED_SITE if use.shared else site], use, q)
            counts[use.window] = max(n, counts.get(use.window, 0))
        statuses = (Status.APPROVED, Status.SPAM)
        days = [data.first_seen.get((status, name)) for status in statuses for name in q.author[:1]]
        opened, parent = data.opened.get(q.thread), data.comments.get(q.parent)
        in_thread = parent is not None and parent.thread == q.thread
        return Evidence(
            counts=counts,
            approved=tuple(data.authors[Status.APPROVED][name] for name in q.author),
            spam=tuple(data.authors[Status.SPAM][name] for name in q.author),
            first_seen=min((day for day in days if day), default=None),
            parent_published=not q.parent or (in_thread and data.is_visible(q.parent)),
            thread_closed=q.thread in data.closed,
            thread_opened=datetime.fromtimestamp(opened, UTC) if opened is not None else None,
            staff_names=frozenset(data.staff_names),
            corpus=token_counts(self._sites[self._together.corpus_site(site)], q.tokens),
            approved_by_people=tuple(data.by_people[Status.APPROVED][record_of_people(name)] for name in q.author),
            spam_by_people=tuple(data.by_people[Status.SPAM][record_of_people(name)] for name in q.author),
            links_approved=any(data.by_people[Status.APPROVED][record_of_links(name)] for name in q.trusted),
        )

    def add_staff_name(self, site: str, name: str) -> None:
        with self._sites.lock:
            self._sites[site].staff_names.add(name)

    def _count(self, data: SiteData, use: WindowUse, q: EvidenceQuery) -> int:
        now = self._sites.now()
        times = data.windows[use.window, use.value]
        times[:] = [at for at in times if at > now - use.seconds]
        if q.is_check:
            return len(times)
        if q.first_attempt and not use.before:
            times.append(now)
        return max(0, len(times) - 1)
