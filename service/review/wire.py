"""What the operations of reviewing and their wire formats have in common."""

from functools import partial
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.web.operations import operation

#: Declares an operation for people who are signed in. They are known before anything of theirs is read.
reviewing = partial(operation, auth="session", tags=("review",), errors=(401, 403, 404, 422), parse=False)
#: What is answered besides where nothing can be malformed.
UNREAD = (401, 403, 404)

Reviewable = Literal["held", "approved", "spam", "removed"]
Verb = Literal["approve", "spam", "remove"]
Version = Annotated[int, Field(ge=0, description="version of the comment that was looked at")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")
