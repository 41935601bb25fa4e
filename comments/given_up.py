"""Comments that the filters gave up after too many attempts, and their return to the queue by an operator."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from .errors import ActionNotAllowed
from .lifecycle import Action, Role, Status
from .model import Comment, Decision
from .storage.interfaces import CoreStorage
from .storage.queue_index import IndexQuery
from .storage.values import CommentChange

#: Signal of a comment that the filters gave up.
GIVEN_UP = "needs-human"
#: Comments that one step returns to the queue, so that their judging does not delay new comments for long.
RETRIES_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class GivenUpPage:
    """Some given up comments of a site. `total` counts all, and a few that a person has looked at since."""

    comments: tuple[Comment, ...]
    total: int


def is_given_up(comment: Comment) -> bool:
    """Return True if nobody did anything with the comment since the filters gave it up, and its text is there."""
    last = comment.decisions[-1] if comment.decisions else None
    by_filters = last is not None and last.action is Action.HOLD and last.role is Role.FILTERS
    has_signal = last is not None and any(signal.name == GIVEN_UP for signal in last.signals)
    return comment.status is Status.HELD and by_filters and has_signal and comment.has_text


def is_judged_again(comment: Comment) -> bool:
    """Return True if an operator had the comment judged again and it waits for the filters."""
    return comment.status is Status.QUEUED and bool(comment.decisions) and comment.decisions[-1].action is Action.RETRY


def queued_again(comment: Comment, by: str, at: datetime) -> Comment:
    """Return the comment in the queue, to be judged again. Raises ActionNotAllowed if the filters did not give it up.

    The author cannot see the difference: the comment was pending before.
    """
    if not is_given_up(comment):
        raise ActionNotAllowed("Only a comment that the filters gave up can be judged again.")
    return comment.with_decision(Decision(Action.RETRY, Status.QUEUED, Role.OPERATOR, by, at))


def given_up_page(storage: CoreStorage, site: str, limit: int) -> GivenUpPage:
    """Return the first given up comments of a site, as far as they are indexed."""
    found = storage.queue_index.find(site, _given_up_query(limit))
    loaded = storage.comments.load(site, [hit.id for hit in found.hits])
    return GivenUpPage(tuple(c for c in loaded if c and is_given_up(c)), found.total)


def sites_with_given_up(storage: CoreStorage, sites: Sequence[str]) -> set[str]:
    """Return those of many sites that may have given up comments."""
    return storage.queue_index.sites_with_term(sites, f"signal:{GIVEN_UP}")


def given_up_ids(storage: CoreStorage, site: str) -> Iterator[str]:
    """Yield the ids of all comments of a site that may have been given up, as far as they are indexed."""
    query = _given_up_query(RETRIES_AT_ONCE)
    while hits := storage.queue_index.find(site, query).hits:
        yield from (hit.id for hit in hits)
        query = replace(query, after=hits[-1].position)


def retry_given_up(storage: CoreStorage, site: str, ids: Sequence[str], by: str, at: datetime) -> list[str]:
    """Return given up comments to the queue, and list their ids. Skips the others, and those that changed just now."""
    comments = [c for c in storage.comments.load(site, ids) if c and is_given_up(c)]
    applied = storage.comments.decide(site, [CommentChange(c, queued_again(c, by, at)) for c in comments])
    return [comment.id for comment, done in zip(comments, applied, strict=True) if done]


def _given_up_query(limit: int) -> IndexQuery:
    return IndexQuery(all_of=((f"signal:{GIVEN_UP}",),), order="oldest", limit=limit)
