"""Messages of the Perspective API: requests, answers, and the errors for requests that do not fit.

Names, types and texts of errors are those of the API's reference, v1alpha1. Field names are accepted in camel case and
in snake case, as Google's servers do.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, TypeVar

from flask import Request
from pydantic import AllowInfNan, BaseModel, ConfigDict, Field, StrictBool, StrictStr, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from service.web.request_body import json_object, printable_name

from .google_errors import GoogleError

M = TypeVar("M", bound="Message")

PLAIN_TEXT_ENTRY = "PLAIN_TEXT"
PROBABILITY_SCORE: Literal["PROBABILITY"] = "PROBABILITY"
BAD_REQUEST_TYPE = "type.googleapis.com/google.rpc.BadRequest"
#: Problems that one answer lists.
MAX_VIOLATIONS = 20

TextType = Literal["TEXT_TYPE_UNSPECIFIED", "PLAIN_TEXT", "HTML"]
ScoreType = Literal["SCORE_TYPE_UNSPECIFIED", "PROBABILITY", "STD_DEV_SCORE", "PERCENTILE", "RAW"]
Value = Annotated[float, AllowInfNan(False)]


class Message(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def without_null(cls, given: Any) -> Any:
        """Drop fields that are null: they count as missing."""
        return {name: value for name, value in given.items() if value is not None} if isinstance(given, dict) else given


class TextEntry(Message):
    text: StrictStr = Field(default="", description="UTF-8 text.")
    type: TextType = Field(default="TEXT_TYPE_UNSPECIFIED", description="Only PLAIN_TEXT is supported.")


class ArticleAndParentComment(Message):
    article: TextEntry | None = None
    parent_comment: TextEntry | None = None


class Context(Message):
    """Texts that the comment answers. They are accepted and have no effect on scores."""

    entries: list[TextEntry] = []
    article_and_parent_comment: ArticleAndParentComment | None = None


class AttributeParameters(Message):
    score_type: ScoreType = "SCORE_TYPE_UNSPECIFIED"
    score_threshold: Value = Field(default=0.0, description="Scores below it are left out.")


class AnalyzeCommentRequest(Message):
    comment: TextEntry = TextEntry()
    context: Context | None = None
    requested_attributes: dict[str, AttributeParameters] = {}
    span_annotations: StrictBool = Field(default=False, description="Score each sentence too.")
    languages: list[StrictStr] = Field(
        [], description="ISO 639-1 or BCP-47 codes. If there is none, the judge guesses."
    )
    do_not_store: StrictBool = Field(default=False, description="Delete the comment when its scores are sent.")
    drop_unsupported_attributes: StrictBool = Field(
        False, description="Leave out attributes that do not support the language, instead of an error."
    )
    client_token: StrictStr = ""
    session_id: StrictStr = ""
    community_id: StrictStr = ""


class Score(Message):
    value: Value = 0.0
    type: ScoreType = PROBABILITY_SCORE


class SpanScore(Message):
    begin: int = Field(default=0, description="In UTF-16 code units.")
    end: int = Field(default=0, description="In UTF-16 code units; the first one that is not part of the span.")
    score: Score = Score()


class AttributeScores(Message):
    summary_score: Score | None = None
    span_scores: list[SpanScore] = []


class AnalyzeCommentResponse(Message):
    attribute_scores: dict[str, AttributeScores] = {}
    languages: list[str] = []
    detected_languages: list[str] = []
    client_token: str = ""


class SuggestCommentScoreRequest(Message):
    comment: TextEntry = TextEntry()
    context: Context | None = None
    attribute_scores: dict[str, AttributeScores] = {}
    languages: list[StrictStr] = []
    community_id: StrictStr = ""
    client_token: StrictStr = ""
    session_id: StrictStr = ""


class SuggestCommentScoreResponse(Message):
    client_token: str = ""
    requested_languages: list[str] = []
    detected_languages: list[str] = []


def message_of(request: Request, kind: type[M]) -> M:
    """Read the body of a request as JSON, whatever type it claims. Raises GoogleError, BadRequest, Invalid."""
    fields = json_object(request.get_data())
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        found = [*_violations(error)][:MAX_VIOLATIONS]
        detail = {"@type": BAD_REQUEST_TYPE, "fieldViolations": found}
        raise GoogleError("\n".join(each["description"] for each in found), 400, [detail]) from error


def _violations(error: ValidationError) -> Iterator[Mapping[str, str]]:
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        path = [printable_name(str(part)) for part in problem["loc"]]
        if problem["type"] == "extra_forbidden":
            *parents, name = path
            at = f" at '{_joined(parents)}'" if parents else ""
            text = f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.'
            yield {"field": _joined(parents), "description": text}
        else:
            yield {"field": _joined(path), "description": f"Invalid value at '{_joined(path)}': {problem['msg']}"}


def _joined(path: Iterable[str]) -> str:
    return ".".join(path)
