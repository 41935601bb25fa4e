"""Keys of the numbers of a site: bounded counters by hour, day and month."""

from dataclasses import dataclass

from .declarations import ExportClass, stored
from .names import Names


@dataclass(frozen=True, slots=True)
class NumberKeys(Names):
    @stored(ExportClass.EXPORTED)
    def numbers(self, site: str, period: str) -> str:
        """hash; hour, day or month and counter -> n; comments/decide, report; Numbers; 8 days, 2 years or 10 years."""
        return self._of(site, f"numbers:{period}")

    @stored(ExportClass.DERIVED)
    def busy_pages(self, site: str, period: str) -> str:
        """sorted set; at most 100 threads by published comments; comments/decide; Numbers; 100 days, or 2 years."""
        return self._of(site, f"numbers:{period}")

    @stored(ExportClass.DERIVED)
    def recount(self, site: str) -> str:
        """string; ms received up to which comments are counted again; numbers/*; comments/decide; until done."""
        return self._of(site, "recount")
