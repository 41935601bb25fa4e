"""Wire formats of reviewing: what is asked for and what is answered."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from .reviewed import Reviewed
from .schemas import ProblemDetails

#: A page of the queue at most, and the decisions of one bulk request.
MOST = 100

Reviewable = Literal["held", "approved", "spam", "removed"]
Verb = Literal["approve", "spam", "remove"]
Version = Annotated[int, Field(ge=0, description="version of the comment that was looked at")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Listing(Strict):
    status: Reviewable = "held"
    order: Literal["oldest", "newest"] = "oldest"
    cursor: str = Field("", max_length=200)
    limit: int = Field(20, ge=1, le=MOST)


class View(Strict):
    """The address of a queue page; `settled` names the comment that the line above the queue speaks of."""

    status: Reviewable = "held"
    order: Literal["", "oldest", "newest"] = ""
    cursor: str = Field("", max_length=200)
    settled: str = Field("", max_length=64)

    @property
    def ordered(self) -> str:
        """What waits is worked off from the oldest; what is settled is looked at from the newest."""
        return self.order or ("oldest" if self.status == "held" else "newest")


class ReviewPage(BaseModel):
    comments: list[Reviewed]
    next: str = Field(description="cursor of the next page; empty at the end")
    counts: dict[str, int] = Field(description="comments in each status now")


class Deciding(Strict):
    action: Verb
    version: Version


class FormStep(View):
    """A button pressed without JavaScript: the step, and the view to come back to (or the comment's own page)."""

    csrf: str = ""
    action: Literal[Verb, "undo"]
    version: Version
    alone: bool = False


class Undoing(Strict):
    version: Version


class BulkStep(Strict):
    id: str = Field(max_length=64)
    action: Literal[Verb, "undo"]
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
