"""The Perspective API: comments:analyze and comments:suggestscore. See docs/perspective.md."""

from flask import Blueprint, Response, request

from comments.attributes import SPAM_ATTRIBUTE, AttributeAnswer, AttributeQuery, AttributeScore
from comments.errors import Invalid
from comments.lifecycle import Label
from comments.model import Comment
from comments.pseudonyms import digest
from comments.site import Site
from comments.storage.checks import CheckAnswer
from service.checks.checking import forget_check, start_check, when_answered
from service.checks.comment_fields import CheckedFields, checked_comment
from service.checks.feedback import teach_text
from service.web.site_access import key_id

from .google_errors import GoogleError, google_answer, google_error_response, key_error
from .perspective_checks import (
    attributes_to_score,
    check_suggestion,
    empty_comment,
    language_code,
    supported_attributes,
)
from .perspective_messages import (
    AnalyzeCommentRequest,
    AnalyzeCommentResponse,
    AttributeScores,
    Message,
    Score,
    SpanScore,
    SuggestCommentScoreRequest,
    SuggestCommentScoreResponse,
    message_of,
)
from .site_keys import site_of_key

blueprint = Blueprint("perspective_api", __name__)

#: Seconds that a request waits for the judge. Coral gives up after .8, other clients mostly later than this.
ANALYZE_SECONDS = 5.0
#: Score from which a suggestion says that a comment is spam.
SPAM_SUGGESTED = 0.5
#: Header of an answer to a suggestion: the label that it taught, or "nothing".
TAUGHT = "Replygate-Taught"


blueprint.register_error_handler(GoogleError, google_error_response)


def _site_and_asker() -> tuple[Site, str]:
    """Return the site of the request's key, and a name for the key. Raises GoogleError, TooMany."""
    given = (request.args.get("key") or request.headers.get("X-Goog-Api-Key") or "").strip()
    site = site_of_key(given) if given else None
    if site is None:
        raise key_error(given)
    return site, f"key:{key_id(given)}"


@blueprint.post("/v1alpha1/comments:analyze")
def analyze_comment() -> Response:
    site, asker = _site_and_asker()
    asked = message_of(request, AnalyzeCommentRequest)
    names, text = attributes_to_score(asked), asked.comment.text
    language = language_code(asked.languages[0]) if asked.languages else ""
    comment = _comment(site, text, language)
    query = AttributeQuery(names, language, asked.span_annotations, text if text != comment.content else "")
    id = start_check(site, comment, asker, attributes=query, keep=not asked.do_not_store)

    def finish(answer: CheckAnswer | None) -> Response:
        if asked.do_not_store:
            forget_check(site.id, id)
        return _analyzed(asked, names, answer)

    return when_answered(site.id, id, ANALYZE_SECONDS, finish)


def _comment(site: Site, text: str, language: str) -> Comment:
    try:
        return checked_comment(site, CheckedFields(content=text, language=language), lenient=True)
    except Invalid as error:
        raise empty_comment() from error


def _analyzed(asked: AnalyzeCommentRequest, names: tuple[str, ...], answer: CheckAnswer | None) -> Response:
    """Answer with the scores. Raises GoogleError."""
    found = answer.results[0].attributes if answer and answer.results else None
    if found is None:
        raise GoogleError("No judge answered in time. Try again.", 503)
    # Without a language in the request, the judge guesses it.
    supported_attributes(names, [] if asked.languages else [found.language], asked.drop_unsupported_attributes)
    return _message_answer(analysis(asked, found))


def analysis(asked: AnalyzeCommentRequest, found: AttributeAnswer) -> AnalyzeCommentResponse:
    """Return the answer to a request. Scores below the requested threshold are left out."""
    scores = {}
    for score in found.scores:
        of = _attribute_scores(score, asked.comment.text, asked.requested_attributes[score.name].score_threshold)
        if of.summary_score or of.span_scores:
            scores[score.name] = of
    return AnalyzeCommentResponse(
        attribute_scores=scores,
        languages=asked.languages or [found.language],
        detected_languages=[found.language],
        client_token=asked.client_token,
    )


def _attribute_scores(score: AttributeScore, text: str, threshold: float) -> AttributeScores:
    spans = [
        SpanScore(begin=_utf16(text, s.begin), end=_utf16(text, s.end), score=Score(value=round(s.value, 7)))
        for s in score.spans
        if s.value >= threshold
    ]
    summary = Score(value=round(score.value, 7)) if score.value >= threshold else None
    return AttributeScores(summary_score=summary, span_scores=spans)


def _utf16(text: str, index: int) -> int:
    """Return the number of UTF-16 code units before a character."""
    before = text[:index]
    return index if before.isascii() else len(before.encode("utf-16-le")) // 2


@blueprint.post("/v1alpha1/comments:suggestscore")
def suggest_score() -> Response:
    """Teach the site's model from a score of spam, once for each text. Other attributes have no model that learns."""
    site, asker = _site_and_asker()
    suggested = message_of(request, SuggestCommentScoreRequest)
    check_suggestion(suggested)
    label = suggested_label(suggested)
    if label:
        comment = _comment(site, suggested.comment.text, "")
        teach_text(site, comment, label, asker, f"perspective {digest(site.id, comment.content)}")
    answer = SuggestCommentScoreResponse(client_token=suggested.client_token, requested_languages=suggested.languages)
    return _message_answer(answer, {TAUGHT: label or "nothing"})


def suggested_label(suggested: SuggestCommentScoreRequest) -> Label | None:
    """Return what the suggestion says about spam: the total, or else the highest span."""
    scores = suggested.attribute_scores.get(SPAM_ATTRIBUTE)
    if scores is None or not (scores.summary_score or scores.span_scores):
        return None
    total = scores.summary_score or max((span.score for span in scores.span_scores), key=lambda score: score.value)
    return Label.SPAM if total.value >= SPAM_SUGGESTED else Label.HAM


def _message_answer(message: Message, headers: dict[str, str] | None = None) -> Response:
    # Google's servers leave out fields without a value, but no score of 0.
    whole = message.model_dump(by_alias=True, exclude_none=True)
    return google_answer({name: value for name, value in whole.items() if value}, headers=headers)
