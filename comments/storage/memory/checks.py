"""Checks in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from comments.pseudonyms import new_id
from comments.storage.checks import CHECK_SECONDS, CheckAnswer, CheckedComment, CheckRequest

from .site_data import AllSites


@dataclass(slots=True)
class _StoredCheck:
    request: CheckRequest
    until: float
    parts: dict[int, tuple[int, tuple[CheckedComment, ...]]] = field(default_factory=dict)
    failed: bool = False


class MemoryChecks:
    def __init__(self, sites: AllSites) -> None:
        self._sites = sites
        self._checks: dict[tuple[str, str], _StoredCheck] = {}

    def ask(self, site: str, request: CheckRequest) -> str:
        id = new_id()
        with self._sites.lock:
            now = self._sites.now()
            self._checks = {key: check for key, check in self._checks.items() if check.until > now}
            self._checks[site, id] = _StoredCheck(request, now + CHECK_SECONDS)
        return id

    def add(self, site: str, id: str, start: int, judged: int, results: Sequence[CheckedComment]) -> None:
        with self._sites.lock:
            if check := self._find(site, id):
                check.parts[start] = judged, tuple(results)
                check.until = self._sites.now() + CHECK_SECONDS

    def fail(self, site: str, id: str) -> None:
        with self._sites.lock:
            if check := self._find(site, id):
                check.failed = True

    def answer(self, site: str, id: str) -> CheckAnswer | None:
        with self._sites.lock:
            check = self._find(site, id)
            if check is None:
                return None
            parts = [check.parts[start] for start in sorted(check.parts)]
            results = tuple(result for _, found in parts for result in found)
            return CheckAnswer(check.request, results, sum(n for n, _ in parts), check.failed)

    def _find(self, site: str, id: str) -> _StoredCheck | None:
        check = self._checks.get((site, id))
        return check if check and check.until > self._sites.now() else None
