"""What the wire formats of reviewing have in common."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Reviewable = Literal["held", "approved", "spam", "removed"]
Verb = Literal["approve", "spam", "remove"]
Version = Annotated[int, Field(ge=0, description="version of the comment that was looked at")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")
