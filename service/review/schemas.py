"""Wire formats of reviewing: what is asked for and what is answered."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from service.web.schemas import ProblemDetails

from .presenter import Reviewed
from .search import View
from .wire import Reviewable, Strict, Verb, VerbOrUndo, Version

#: A page of the queue at most, and the decisions of one bulk request.
MOST = 100

#: Characters of a note to colleagues.
MOST_OF_A_NOTE = 2000


class Listing(Strict):
    status: Reviewable = "held"
    order: Literal["oldest", "newest"] = "oldest"
    cursor: str = Field("", max_length=200)
    limit: int = Field(20, ge=1, le=MOST)


class ReviewPage(BaseModel):
    comments: list[Reviewed]
    next: str = Field(description="cursor of the next page; empty at the end")
    counts: dict[str, int] = Field(description="comments in each status now")


class Deciding(Strict):
    action: Verb
    version: Version
    reason: str = Field(
        "",
        max_length=30,
        description="code of one of the site's reasons, for an action that takes one",
    )


class FormStep(View):
    """A button pressed without JavaScript: the step, and the view to come back to (or the comment's own page)."""

    csrf: str = ""
    action: VerbOrUndo
    version: Version
    reason: str = Field("", max_length=30)
    alone: bool = False
    everywhere: bool = False


class FormNote(Strict):
    csrf: str = ""
    text: str = Field(max_length=MOST_OF_A_NOTE)


class Noting(Strict):
    text: str = Field(min_length=1, max_length=MOST_OF_A_NOTE)


class NoteLeft(BaseModel):
    by: str
    at: datetime
    text: str


class GoingOn(Strict):
    n: int = Field(MOST, ge=1, le=MOST)


class BulkProgress(BaseModel):
    total: int
    left: int = Field(description="not tried yet")
    done: int = Field(description="settled, and can be taken back")
    changed: int = Field(description="left alone, since somebody had settled them meanwhile")


class Undoing(Strict):
    version: Version


class BulkStep(Strict):
    id: str = Field(max_length=64)
    action: VerbOrUndo
    version: Version


class Bulk(Strict):
    decisions: list[BulkStep] = Field(min_length=1, max_length=MOST)


class Settled(BaseModel):
    comment: Reviewed


class Changed(ProblemDetails):
    """The comment is no longer as it was when the decider looked."""

    comment: Reviewed


class BulkRow(BaseModel):
    id: str
    status: int = Field(description="what a single decision would have been answered with")
    problem: str = Field(description="why nothing changed; empty where something did")
    comment: Reviewed | None = Field(description="as it stands now, where that is known")


class BulkSettled(BaseModel):
    results: list[BulkRow] = Field(description="in the order of the decisions")
