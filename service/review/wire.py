"""Parts shared by the operations and schemas of review."""

from functools import partial
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, GetPydanticSchema
from pydantic_core import core_schema

from comments.lifecycle import MODERATOR_ACTIONS, REVIEWED, Action
from service.web.operations import operation

#: Declares an operation for people who are signed in. The sign-in is checked before the request is parsed.
reviewing = partial(operation, auth="session", tags=("review",), errors=(401, 403, 404, 422), parse=False)
#: Error statuses of an operation without a body or query.
UNREAD = (401, 403, 404)


def one_of(*values: str) -> GetPydanticSchema:
    """Restrict text to `values`; the OpenAPI document lists them."""
    return GetPydanticSchema(lambda source, handler: core_schema.literal_schema([str(value) for value in values]))


Reviewable = Annotated[str, one_of(*REVIEWED)]
Verb = Annotated[str, one_of(*MODERATOR_ACTIONS)]
VerbOrUndo = Annotated[str, one_of(*MODERATOR_ACTIONS, Action.UNDO)]
Version = Annotated[int, Field(ge=0, description="version of the comment that the moderator saw")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")
