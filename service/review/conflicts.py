"""Answer 409 in the review API: the problem together with the comment as it is now."""

from flask import Response

from service.web.errors import PROBLEM_JSON, error_mapping

from .decisions import CommentChanged
from .presenter import ReviewedComment
from .schemas import ConflictProblem


def conflict_response(error: CommentChanged, now: ReviewedComment) -> Response:
    """The problem together with the current state, which saves the client a request."""
    mapping = error_mapping(error)
    problem = ConflictProblem(
        type=f"urn:replygate:{mapping.type}",
        title=mapping.title,
        status=mapping.status,
        detail=str(error),
        problems=[],
        comment=now,
    )
    return Response(problem.model_dump_json(), mapping.status, mimetype=PROBLEM_JSON)
