"""Write the new threads into the records of comments that moved."""

from comments.site import Site
from comments.thread_plans import follow_rules, has_changed_rules

from .deps import Deps


def follow_moves(d: Deps, site: Site) -> bool:
    """Join threads after a change of settings, or do a step of a move; return True if there may be more."""
    if has_changed_rules(d.storage, site):
        follow_rules(d.storage, site)
    if not d.storage.thread_moves.has_unfinished(site.id):
        return False
    d.storage.thread_moves.finish_step(site.id)
    return True
