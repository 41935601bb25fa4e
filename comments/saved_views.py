"""Addresses of lists of comments that people save under a name, for themselves or for a site's team."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .errors import Invalid, NotFound, Problem

#: Saved views of one person, or of one team, on one site.
MAX_VIEWS = 20
MAX_VIEW_NAME = 40


@dataclass(frozen=True, slots=True)
class SavedView:
    """One saved view. The name is unique among those of its person, or of its team, on one site."""

    site: str  # "" for the list of all sites
    name: str
    query: str  # of the address, as "status=spam&q=casino"
    by: str = ""  # of a shared view: the person who shared it


def with_view(views: Sequence[SavedView], new: SavedView) -> tuple[SavedView, ...]:
    """Add a view, or replace the one with its name. Raises Invalid if there are too many."""
    others = tuple(view for view in views if (view.site, view.name) != (new.site, new.name))
    if sum(view.site == new.site for view in others) >= MAX_VIEWS:
        raise Invalid([Problem("name", "too-many", f"There are {MAX_VIEWS} saved views. Delete one first.")])
    return (*others, new)


def without_view(views: Sequence[SavedView], site: str, name: str) -> tuple[SavedView, ...]:
    """Raises NotFound."""
    left = tuple(view for view in views if (view.site, view.name) != (site, name))
    if len(left) == len(views):
        raise NotFound("there is no saved view with this name")
    return left


def renamed(views: Sequence[SavedView], site: str, name: str, new: str) -> tuple[SavedView, ...]:
    """Rename a view. Raises NotFound; Invalid if the name is taken."""
    without_view(views, site, name)
    if new != name and any((view.site, view.name) == (site, new) for view in views):
        raise Invalid([Problem("name", "taken", "Another saved view has this name.")])
    return tuple(replace(view, name=new) if (view.site, view.name) == (site, name) else view for view in views)
