"""Lists of sites on pages for operators: search and pages, because an installation may have thousands of sites."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from comments.site import Site

T = TypeVar("T")

SITES_SHOWN = 50


class SiteListQuery(BaseModel):
    """The query string."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field("", max_length=100, description="Part of a site's id, name or origin.")
    page: int = Field(1, ge=1, le=1_000_000, description="Number of the page, from 1.")


@dataclass(frozen=True, slots=True)
class SiteList(Generic[T]):
    """One page of the rows that match; `page` is the last one if there are not so many."""

    rows: Sequence[T]
    q: str
    page: int
    first: int  # number of the first row, from 1
    found: int
    total: int

    @property
    def is_long(self) -> bool:
        """Return True if the page needs a search field and links."""
        return self.total > SITES_SHOWN

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def site_list(rows: Sequence[T], site_of: Callable[[T], Site], query: SiteListQuery) -> SiteList[T]:
    needle = query.q.strip().casefold()
    found = [row for row in rows if _matches(site_of(row), needle)] if needle else rows
    page = min(query.page, max(1, -(-len(found) // SITES_SHOWN)))
    start = (page - 1) * SITES_SHOWN
    return SiteList(found[start : start + SITES_SHOWN], query.q, page, start + 1, len(found), len(rows))


def _matches(site: Site, needle: str) -> bool:
    return any(needle in text.casefold() for text in (site.id, site.name, *site.origins))
