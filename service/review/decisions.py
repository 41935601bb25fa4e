"""Deciding: the one way in which a moderator's step is checked, stored and taught, for pages and programs alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from comments.errors import ActionNotAllowed, Invalid, NotFound, Problem, ReplygateError, StaleVersion
from comments.job_queue import LEARN
from comments.lifecycle import Action, Role
from comments.model import Comment, Decision
from comments.site import Site
from comments.storage.values import CommentChange
from service.deps import Deps
from service.web.client_network import client_network


@dataclass(frozen=True, slots=True)
class Step:
    """What a moderator asks for, and the version of the comment that they were looking at."""

    id: str
    version: int
    action: Action
    reason: str = ""  # a code of the site's reasons


def check_reason(site: Site, action: Action, reason: str) -> None:
    """Raises Invalid for a reason that the site does not have, or for an action that takes none."""
    if reason and not action.row.takes_reason:
        raise Invalid([Problem("reason", "action", f"is not possible for {action}")])
    if reason and reason not in {known.code for known in site.reasons}:
        raise Invalid([Problem("reason", "unknown", "is not one of this site's reasons")])


class Stale(StaleVersion):
    """Raised when somebody else was faster; `comment` is how it stands now."""

    def __init__(self, comment: Comment) -> None:
        self.comment = comment
        super().__init__("this comment changed while you were looking at it")


def settle(deps: Deps, site: str, step: Step, by: str) -> Comment:
    """The comment after `step`. Raises NotFound, Stale, ActionNotAllowed."""
    (result,) = settle_all(deps, site, [step], by)
    if isinstance(result, ReplygateError):
        raise result
    return result


def settle_all(deps: Deps, site: str, steps: Sequence[Step], by: str) -> list[Comment | ReplygateError]:
    """Each comment after its step, or why it was not taken, in the order of `steps`.

    Four round trips however many there are. Of two steps for the same comment the second finds it changed.
    """
    found = deps.storage.comments.load(site, [s.id for s in steps])
    now, origin = deps.now(), client_network(deps)
    wanted = [_try(step, comment, by, now, origin) for step, comment in zip(steps, found, strict=True)]
    changes = [w for w in wanted if isinstance(w, CommentChange)]
    applied = iter(deps.storage.comments.decide(site, changes) if changes else [])
    results = list(_results(deps, site, wanted, applied))
    settled = [result.id for result in results if isinstance(result, Comment)]
    if settled:
        deps.storage.presence.clear(site, by, settled)
        deps.jobs.enqueue(LEARN, site)
    return results


def _try(step: Step, comment: Comment | None, by: str, now: datetime, origin: str) -> CommentChange | ReplygateError:
    if comment is None:
        return NotFound("there is no such comment")
    if comment.version != step.version:
        return Stale(comment)
    try:
        return CommentChange(comment, _after(comment, step, by, now), origin)
    except ActionNotAllowed as error:
        return error


def _after(comment: Comment, step: Step, by: str, now: datetime) -> Comment:
    """`status` of the Decision is filled in by the lifecycle."""
    if step.action is Action.UNDO:
        return comment.with_undo(by, now)
    return comment.with_decision(Decision(step.action, comment.status, Role.MODERATOR, by, now, reason=step.reason))


def _results(
    deps: Deps, site: str, wanted: Sequence[CommentChange | ReplygateError], applied: Iterator[bool]
) -> Iterator[Comment | ReplygateError]:
    for want in wanted:
        if isinstance(want, ReplygateError):
            yield want
        elif next(applied):
            yield want.after
        else:
            yield Stale(deps.storage.comments.get(site, want.before.id))
