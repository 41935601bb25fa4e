"""Names of domains over all sites, in memory."""

from collections.abc import Mapping, Sequence
from threading import Lock

from comments.lifecycle import Label
from comments.shared_learning import Together


class MemorySharedReputation:
    def __init__(self, together: Together) -> None:
        self._lock, self._together = Lock(), together
        self._told: dict[tuple[str, str], tuple[Label, frozenset[str]]] = {}

    def update(self, site: str, comment: str, label: Label | None, domains: Sequence[str]) -> None:
        with self._lock:
            self._told.pop((site, comment), None)
            if label is not None:
                self._told[site, comment] = label, frozenset(domains)

    def other_sites(self, site: str, domains: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        with self._lock:
            found = {
                domain: (self._sites(site, domain, Label.HAM), self._sites(site, domain, Label.SPAM))
                for domain in domains
            }
        return {domain: counts for domain, counts in found.items() if any(counts)}

    def _sites(self, site: str, domain: str, label: Label) -> int:
        told, here = self._told.items(), self._together.of(site)
        return len({of for (of, _), (said, names) in told if of not in here and said is label and domain in names})
