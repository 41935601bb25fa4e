"""Requests and responses of the review API, and what all of its operations declare."""

from datetime import datetime
from functools import partial
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, GetPydanticSchema
from pydantic_core import core_schema

from comments.lifecycle import MODERATOR_ACTIONS, Action
from service.web.operations import operation
from service.web.schemas import ProblemDetails

from .presenter import ReviewedComment

#: Declares an operation for people who are signed in. The sign-in is checked before the request is parsed.
review_operation = partial(operation, auth="session", tags=("review",), errors=(401, 403, 404, 422), parse=False)
#: Error statuses of an operation without a body or query.
NO_INPUT_ERRORS = (401, 403, 404)

#: Comments on one page of the queue, and decisions in one request.
MAX_PER_REQUEST = 100
#: Characters of a note.
MAX_NOTE = 2000


def one_of(*values: str) -> GetPydanticSchema:
    """Restrict text to `values`; the OpenAPI document lists them."""
    return GetPydanticSchema(lambda source, handler: core_schema.literal_schema([str(value) for value in values]))


ActionName = Annotated[str, one_of(*MODERATOR_ACTIONS)]
ActionOrUndo = Annotated[str, one_of(*MODERATOR_ACTIONS, Action.UNDO, Action.SHOW_REPLIES)]
Version = Annotated[int, Field(ge=0, description="version of the comment that the moderator saw")]


ReasonCode = Annotated[str, Field(max_length=30, description="one of the site's reasons, if the action takes one")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FacetValue(BaseModel):
    """One value of a facet, and the number of listed comments that have it."""

    model_config = ConfigDict(from_attributes=True)

    value: str = Field(description="for the filter of the same name")
    label: str
    count: int


class ReviewPage(BaseModel):
    comments: list[ReviewedComment]
    next: str = Field(description="cursor of the next page; empty at the end")
    counts: dict[str, int] = Field(description="comments in each status now")
    total: int = Field(description="comments that match")
    unindexed: int = Field(description="comments of the status that cannot be searched yet")
    facets: dict[str, list[FacetValue]] = Field(description="by filter; empty unless `facets` is true")


class DecisionRequest(Strict):
    action: Annotated[str, one_of(*MODERATOR_ACTIONS, Action.SHOW_REPLIES)]
    version: Version
    reason: ReasonCode = ""


class UndoRequest(Strict):
    version: Version


class CommentResponse(BaseModel):
    comment: ReviewedComment


class ConflictProblem(ProblemDetails):
    """The comment has changed since the moderator saw it."""

    comment: ReviewedComment


class NoteRequest(Strict):
    text: str = Field(min_length=1, max_length=MAX_NOTE)


class NoteResponse(BaseModel):
    """A note for other moderators, or a proposal."""

    model_config = ConfigDict(from_attributes=True, json_schema_serialization_defaults_required=True)

    by: str
    at: datetime
    text: str
    action: str = Field("", description="the decision that it proposes; empty for a plain note")
    version: int = Field(0, description="version of the comment that the proposal is about")


class ProposalRequest(Strict):
    action: ActionName
    version: Version
    text: str = Field(min_length=1, max_length=MAX_NOTE, description="the reason, for the moderators")


class CommentWithNotes(CommentResponse):
    """A comment with the notes about it, the oldest first."""

    notes: list[NoteResponse]


class DecisionItem(Strict):
    id: str = Field(max_length=64)
    action: ActionOrUndo
    version: Version


class DecisionsRequest(Strict):
    decisions: list[DecisionItem] = Field(min_length=1, max_length=MAX_PER_REQUEST)


class DecisionResult(BaseModel):
    id: str
    status: int = Field(description="HTTP status that a single decision would have had")
    problem: str = Field(description="reason why nothing changed; empty if it did")
    comment: ReviewedComment | None = Field(description="its current state, if it exists")


class DecisionsResponse(BaseModel):
    results: list[DecisionResult] = Field(description="in the order of the decisions")


class BulkSelectionItem(Strict):
    id: str = Field(max_length=64)
    version: Version


class BulkActionRequest(Strict):
    action: ActionName
    reason: ReasonCode = ""
    comments: list[BulkSelectionItem] = Field(min_length=1, max_length=MAX_PER_REQUEST)


class BulkContinueRequest(Strict):
    n: int = Field(MAX_PER_REQUEST, ge=1, le=MAX_PER_REQUEST)


class BulkProgressResponse(BaseModel):
    total: int = Field(description="comments found so far")
    left: int = Field(description="not tried yet")
    done: int = Field(description="changed; these can be undone")
    changed: int = Field(description="skipped because they had changed since the selection")
    searching: bool = Field(description="still searching for older comments")


class BulkActionResponse(BulkProgressResponse):
    id: str = Field(description="the bulk action; its page is `/review/<site>/bulk/<id>`")
    results: list[DecisionResult] = Field(description="of the comments tried in this request")
