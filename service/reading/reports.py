"""What readers do about comments of others: report them. Enough of them make a person look; nothing else follows."""

from collections.abc import Mapping

from comments.drafts import draft_id
from comments.errors import NotFound
from comments.lifecycle import Status
from comments.model import Comment
from comments.reports import Wrong, held, is_vouched_for
from comments.site import Site
from comments.storage.values import CommentChange
from service.deps import Deps
from service.web.client_network import client_network

#: How often holding is tried anew while somebody else decides; if that is not enough, the next report tries again.
TRIES = 5


def readable(deps: Deps, site: Site, id: str) -> Comment:
    """Raises NotFound for whatever readers do not see."""
    comment = deps.storage.comments.get(site.id, id)
    if not deps.storage.threads.is_visible(comment):
        raise NotFound("readers see no such comment")
    return comment


def report(deps: Deps, site: Site, comment: Comment, wrong: Wrong) -> None:
    """Keep what the present reader finds wrong, and have a person look once so many networks reported the comment.

    The author's own network does not count, nor one that is not known. Raises TooMany, StorageDown.
    """
    origin = client_network(deps)
    if origin in ("", comment.origin):
        return
    tally = deps.storage.reports.add(comment, origin, wrong, site.per_minute)
    if 0 < site.reports_hold <= sum(tally.values()):
        _hold(deps, comment, tally)


def _hold(deps: Deps, comment: Comment, tally: Mapping[str, int]) -> None:
    for _ in range(TRIES):
        found, draft = deps.storage.comments.load(comment.site, [comment.id, draft_id(comment.id)])
        if found is None or found.status is not Status.APPROVED or is_vouched_for(found, draft):
            return
        if all(deps.storage.comments.decide(comment.site, [CommentChange(found, held(found, tally, deps.now()))])):
            return
