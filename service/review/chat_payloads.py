"""Presses of buttons and messages as Slack and Telegram send them. Fields that are missing or odd are empty."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, Field
from pydantic_core import from_json

from comments.errors import NotAllowed

#: The latest time of a message, in seconds since 1970: the year 2242.
LATEST = 2**33
#: Ids of Telegram have at most 52 bits, and names at most 32 characters.
LARGEST_ID, LONGEST_ID = 2**63, 100


def _id(value: object) -> int | str:
    is_number = isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST_ID
    return value if is_number or (isinstance(value, str) and len(value) <= LONGEST_ID) else ""  # type: ignore[return-value]


def _time(value: object) -> int:
    is_time = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LATEST
    return int(value) if is_time else 0  # type: ignore[call-overload]


def _object(value: object) -> object:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[object]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


ModelT = TypeVar("ModelT", bound=BaseModel)
#: A number or a text.
Id = Annotated[int | str, BeforeValidator(_id)]
PayloadText = Annotated[str, BeforeValidator(lambda value: value if isinstance(value, str) else "")]
Time = Annotated[int, BeforeValidator(_time)]
Object = Annotated[ModelT, BeforeValidator(_object)]
Objects = Annotated[list[ModelT], BeforeValidator(_objects)]
#: Parts that are sent back as they are.
Verbatim = Annotated[list[dict[str, Any]], BeforeValidator(_objects)]


class Account(BaseModel):
    """A person, team or chat. `username` is the name of a channel in Telegram."""

    id: Id = ""
    username: PayloadText = ""


class SlackAction(BaseModel):
    """The button that was pressed."""

    block_id: PayloadText = ""
    value: PayloadText = ""


class SlackMessage(BaseModel):
    text: PayloadText = ""
    blocks: Verbatim = []


class SlackPress(BaseModel):
    """A press of a button, if `type` is "block_actions"."""

    type: PayloadText = ""
    team: Object[Account] = Account()
    user: Object[Account] = Account()
    response_url: PayloadText = ""
    message: Object[SlackMessage] = SlackMessage()
    actions: Objects[SlackAction] = []

    @property
    def action(self) -> SlackAction:
        return self.actions[0] if self.actions else SlackAction()


class TelegramMessage(BaseModel):
    message_id: Id = ""
    date: Time = 0
    text: PayloadText = ""
    sender: Object[Account] = Field(Account(), alias="from")
    chat: Object[Account] = Account()
    entities: Verbatim = []


class TelegramPress(BaseModel):
    """A press of a button under a message."""

    id: Id = ""
    sender: Object[Account] = Field(Account(), alias="from")
    message: Object[TelegramMessage] = TelegramMessage()  # type: ignore[call-arg]
    data: PayloadText = ""


class TelegramUpdate(BaseModel):
    """`callback_query` is None if no button was pressed."""

    message: Object[TelegramMessage] = TelegramMessage()  # type: ignore[call-arg]
    callback_query: Annotated[
        TelegramPress | None, BeforeValidator(lambda value: value if isinstance(value, dict) else None)
    ] = None


def payload_object(text: str) -> Mapping[str, Any]:
    """Raises NotAllowed. The services send objects only."""
    try:
        found = from_json(text, allow_inf_nan=False)
        json.dumps(found)  # numbers of thousands of digits are refused too
    except ValueError as error:
        raise NotAllowed("This is not JSON.") from error
    if not isinstance(found, dict):
        raise NotAllowed("This is not an object.")
    return found
