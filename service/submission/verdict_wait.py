"""Answer a submission after its verdict, without holding a request thread."""

from collections.abc import Callable
from dataclasses import replace

from flask import Response

from comments.errors import StorageDown
from comments.lifecycle import Outcome, Status
from comments.model import Comment
from comments.storage.interfaces import Comments
from service.deps import deps
from service.web.deferred_answers import wait_until

from .acceptance import AcceptedSubmission


def when_judged(
    accepted: AcceptedSubmission, seconds: int, respond: Callable[[AcceptedSubmission], Response]
) -> Response:
    """Return what `respond` makes of the comment once it is judged, or after `seconds`.

    The comment is stored already. If storage goes down in between, or too many requests wait, the answer has it as it
    was accepted, and the client can ask for the verdict later.
    """
    comment = accepted.comment
    if not seconds or comment.outcome is not Outcome.PENDING:
        return respond(accepted)
    comments = deps().storage.comments

    def finish(waited: bool) -> Response:
        try:
            judged = comments.get(comment.site, comment.id) if waited else comment
        except StorageDown:
            return respond(accepted)
        return respond(replace(accepted, comment=judged, waited=seconds if waited else 0))

    return wait_until(comment.id, seconds, lambda: _is_judged(comments, comment), finish)


def _is_judged(comments: Comments, comment: Comment) -> bool:
    (found,) = comments.load(comment.site, [comment.id])
    return found is None or found.status is not Status.QUEUED
