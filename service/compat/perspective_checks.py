"""Check requests of the Perspective API against its rules and the attributes of this service."""

from collections.abc import Sequence

from comments.attributes import ATTRIBUTES

from .google_errors import GoogleError, api_error
from .perspective_messages import (
    PLAIN_TEXT_ENTRY,
    PROBABILITY_SCORE,
    AnalyzeCommentRequest,
    Context,
    SuggestCommentScoreRequest,
    TextEntry,
)

#: Bytes of a comment in UTF-8.
MAX_COMMENT_BYTES = 20_480
#: Characters of a name, and number of languages, that an error repeats.
LONGEST_NAME, MAX_LANGUAGES = 60, 10


def attributes_to_score(asked: AnalyzeCommentRequest) -> tuple[str, ...]:
    """Return the attributes that the text is scored for. Raises GoogleError for a request that the API refuses."""
    _check_texts(asked.comment, asked.context)
    if not asked.requested_attributes:
        raise api_error("Missing requested_attributes", "MISSING_REQUESTED_ATTRIBUTES")
    for name, parameters in asked.requested_attributes.items():
        _check_known(name)
        if parameters.score_type not in ("SCORE_TYPE_UNSPECIFIED", PROBABILITY_SCORE):
            raise GoogleError(f"Requested score type {parameters.score_type} is not supported by attribute {name}")
    languages = [language_code(tag) for tag in asked.languages]
    return supported_attributes([*asked.requested_attributes], languages, asked.drop_unsupported_attributes)


def check_suggestion(suggested: SuggestCommentScoreRequest) -> None:
    """Raises GoogleError for a suggestion that the API refuses."""
    _check_texts(suggested.comment, suggested.context)
    if not suggested.attribute_scores:
        raise GoogleError("Missing attribute_scores")
    for name, scores in suggested.attribute_scores.items():
        _check_known(name)
        given = [scores.summary_score, *(span.score for span in scores.span_scores)]
        if any(score and not 0 <= score.value <= 1 for score in given):
            raise GoogleError(f"Scores of attribute {name} must be probabilities between 0 and 1")


def supported_attributes(names: Sequence[str], languages: Sequence[str], drop: bool) -> tuple[str, ...]:
    """Return the attributes that support all of these languages. Raises GoogleError for others, unless `drop`."""
    kept = []
    for name in names:
        refused = [language for language in languages if not ATTRIBUTES[name].supports(language)]
        if not refused:
            kept.append(name)
        elif not drop:
            listed = ", ".join(refused[:MAX_LANGUAGES])
            found = {"detectedLanguages": refused[:MAX_LANGUAGES], "attribute": name}
            raise api_error(
                f"Attribute {name} does not support request languages: {listed}",
                "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
                languageNotSupportedByAttributeError=found,
            )
    return tuple(kept)


def language_code(tag: str) -> str:
    """Return the ISO 639 code of a BCP-47 tag: "pt" of "pt-BR". A tag with a script, like "hi-Latn", stays itself."""
    code, _, rest = tag[:LONGEST_NAME].replace("_", "-").lower().partition("-")
    return code if len(rest.partition("-")[0]) != 4 else f"{code}-{rest}"


def empty_comment() -> GoogleError:
    return api_error("Comment must be non-empty.", "COMMENT_EMPTY")


def _check_texts(comment: TextEntry, context: Context | None) -> None:
    if not comment.text.strip():
        raise empty_comment()
    if len(comment.text.encode()) > MAX_COMMENT_BYTES:
        raise api_error("Comment text too long.", "COMMENT_TOO_LONG")
    if comment.type not in ("TEXT_TYPE_UNSPECIFIED", PLAIN_TEXT_ENTRY):
        raise GoogleError("Currently, only 'PLAIN_TEXT' comments are supported")
    if context and context.entries and context.article_and_parent_comment:
        raise GoogleError(
            "Context can have either entries or article_and_parent_comment, but both fields were populated."
        )


def _check_known(name: str) -> None:
    if name not in ATTRIBUTES:
        raise api_error(f"Unknown requested attribute: {name[:LONGEST_NAME]}", "UNKNOWN_ATTRIBUTE")
