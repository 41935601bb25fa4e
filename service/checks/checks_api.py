"""API for a site's server: have comments of other programs checked, and send feedback about the verdicts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from flask import Blueprint, Response, request
from pydantic import Field

from comments.errors import Invalid, NotFound, Problem
from comments.lifecycle import Label
from comments.model import STAFF, Comment
from comments.pseudonyms import digest
from comments.site import Site
from comments.storage.checks import CheckAnswer
from comments.utc_times import parse_utc_time
from service.deps import deps
from service.web import site_access, site_cache
from service.web.operations import Header, json_response, operation, parsed_body, validated
from service.web.reasons import reasons_of
from service.web.request_body import read_request_body
from service.web.request_headers import idempotency_key, preferred_wait
from service.web.schemas import ID_EXAMPLE, THREAD_EXAMPLE, TIME_EXAMPLE, Wire, optional_text, visitor_field

from .checking import read_check, start_check, when_answered
from .comment_fields import NOTE_HEADER, CheckedFields, checked_comment, time_note
from .feedback import forget_lesson, read_lesson, teach_check

blueprint = Blueprint("checks_api", __name__, url_prefix="/v1/sites/<site>/checks")

#: Seconds to wait for the verdict without a preference.
DEFAULT_WAIT = 3
CHECK_EXAMPLE = f"chk_{ID_EXAMPLE}"


class CheckBody(Wire):
    """A comment with what is known about it. Nothing is required but something to judge."""

    content: str = visitor_field("content")
    author: str = visitor_field("author")
    email: str = visitor_field("email")
    url: str = visitor_field("url")
    ip: str = optional_text("The author's IP address. Stored as a keyed hash.", "203.0.113.7")
    user_agent: str = optional_text("The author's browser.", "Mozilla/5.0")
    referrer: str = optional_text("Page that led to the form.", THREAD_EXAMPLE)
    thread: str = optional_text("Key or address of the page.", THREAD_EXAMPLE)
    parent: str = optional_text("Id of a published comment of this site that it replies to.", ID_EXAMPLE)
    user: str = optional_text("Your own id of the signed-in author. Stored as a keyed hash.", "42")
    role: Literal["", "staff"] = Field(default="", description="`staff` if the author belongs to the site's team.")
    language: str = optional_text("Language of the page.", "en")
    sent: str = optional_text("Time at which it was written, if it is not now (ISO 8601).", TIME_EXAMPLE)
    trap: str = optional_text("Content of a form field that people do not see.", "")
    form_seconds: Annotated[int, Field(ge=-1, le=10**9)] = Field(
        default=-1, description="Seconds between showing the form and sending it; -1 if unknown.", examples=[40]
    )
    counts: bool = Field(
        default=False, description="Count it like a comment of the site: later copies of it are recognized."
    )


class CheckReason(Wire):
    """A finding of the filters."""

    name: str = Field(examples=["links.many"])
    title: str = Field(examples=["Many links"])
    sentence: str = Field(examples=["It has 4 links."])
    strength: float = Field(description="0 to 1")
    points: float = Field(description="below 0 for what speaks for the comment")


class CheckResult(Wire):
    """A check with its verdict, if there is one."""

    id: str = Field(examples=[CHECK_EXAMPLE])
    status: Literal["waiting", "answered", "failed"]
    asked: datetime
    verdict: Literal["ham", "unsure", "spam", ""] = Field(
        description="`unsure`: a person should look at it. Empty while the check waits, and if it failed."
    )
    probability: float | None = Field(default=None, description="of spam, by the trained models alone, from 0 to 1")
    points: float = Field(default=0.0, description="sum of the points of all reasons")
    unsure_at: float = Field(default=0.0, description="points from which the verdict is `unsure`")
    spam_at: float = Field(default=0.0, description="points from which it is `spam`, once the site has lessons")
    reasons: list[CheckReason] = Field(default=[], description="the strongest first")
    counterfactual: str = Field(default="", description="sentence: the smallest change that would have made it ham")
    feedback: Literal["ham", "spam", ""] = Field(default="", description="the label that feedback taught")


class CheckFeedback(Wire):
    """The right label of a checked comment."""

    label: Literal["ham", "spam"]


_VERDICTS: dict[str, Literal["ham", "unsure", "spam"]] = {"approve": "ham", "hold": "unsure", "spam": "spam"}


@blueprint.post("")
@operation(
    summary="Check a comment",
    description="Judges a comment that is kept elsewhere. Nothing enters the site's comments. The check is kept for "
    "`check_days`, so that feedback can teach the filters. 202 without a verdict in time: ask at `Location` later.",
    body=CheckBody,
    parse=False,
    answers={200: CheckResult, 202: CheckResult},
    headers=(
        Header("Idempotency-Key", "Identifies this check, so that you can send it again safely."),
        Header("Prefer", f"`wait=N` waits up to N seconds (at most 10; {DEFAULT_WAIT} without it) for the verdict."),
    ),
    answer_headers={
        "Location": "URL of the check.",
        NOTE_HEADER: "Says that `sent` cannot be true, and that the time of the request was used. Absent otherwise.",
    },
    errors=(429,),
    auth="site-key",
    tags=("checks",),
)
def post_check(site: str) -> Response:
    found, asker = _site_and_asker(site)
    (body, comment), key = _body_and_comment(found), idempotency_key(request)
    fingerprint = digest(body.model_dump_json()) if key else ""
    id = start_check(found, comment, asker, counts=body.counts, key=key, fingerprint=fingerprint)
    seconds = preferred_wait(request, DEFAULT_WAIT)
    note = time_note("sent", body.sent, deps().now())
    return when_answered(found.id, id, seconds, lambda answer: _response(found.id, id, answer, note))


@blueprint.get("/<id>")
@operation(
    summary="Get a check",
    description="The check with its verdict, as long as it is kept.",
    answers={200: CheckResult},
    auth="site-key",
    tags=("checks",),
)
def get_check(site: str, id: str) -> Response:
    found, _ = _site_and_asker(site)
    return json_response(_result(id, _existing(found.id, id)))


@blueprint.post("/<id>/feedback")
@operation(
    summary="Send feedback about a check",
    description="Teaches the site's model once, like a decision of a moderator. The other label replaces the lesson, "
    "and a repeat changes nothing.",
    body=CheckFeedback,
    parse=False,
    answers={200: CheckFeedback},
    errors=(429,),
    auth="site-key",
    tags=("checks",),
)
def send_feedback(site: str, id: str) -> Response:
    found, asker = _site_and_asker(site)
    feedback = parsed_body(CheckFeedback)
    if not teach_check(found, id, Label(feedback.label), asker):
        raise NotFound("This check is unknown or has expired.")
    return json_response(feedback)


@blueprint.delete("/<id>/feedback")
@operation(
    summary="Take back feedback",
    description="The filters forget what the feedback about this check taught.",
    answers={204: "It is forgotten."},
    errors=(429,),
    auth="site-key",
    tags=("checks",),
)
def take_back_feedback(site: str, id: str) -> Response:
    found, asker = _site_and_asker(site)
    if not forget_lesson(found, id, asker):
        raise NotFound("This check is unknown or has expired.")
    return Response(status=204)


def _site_and_asker(id: str) -> tuple[Site, str]:
    """Return the site and the name of the key that asks, for limits and lessons. Raises NotFound, Unauthorized."""
    site = site_cache.get_site(id)
    return site, f"key:{site_access.require_key(site, request, for_checks=True)}"


def _body_and_comment(site: Site) -> tuple[CheckBody, Comment]:
    """Return the body and the comment to check. Raises Invalid with the problems of all fields."""
    given = read_request_body(request).fields
    problems: list[Problem] = []
    try:
        body = validated(CheckBody, given, strict=True)
    except Invalid as error:
        problems += error.problems
        wrong = {problem.field for problem in problems}
        rest = {name: value for name, value in given.items() if name in CheckBody.model_fields and name not in wrong}
        body = validated(CheckBody, rest, strict=True)
    sent = parse_utc_time(body.sent)
    if body.sent and sent is None:
        problems.append(Problem("sent", "time", f"must be a time such as {TIME_EXAMPLE}"))
    fields = CheckedFields(**body.model_dump(exclude={"role", "sent", "counts"}), staff=body.role == STAFF, sent=sent)
    return body, checked_comment(site, fields, found=problems)


def _existing(site: str, id: str) -> CheckAnswer:
    answer = read_check(site, id)
    if answer is None:
        raise NotFound("This check is unknown or has expired.")
    return answer


def _response(site: str, id: str, answer: CheckAnswer | None, note: Mapping[str, str]) -> Response:
    """Answer 200 with the verdict; 202 while there is none."""
    headers = {"Location": deps().settings.site_path(site, f"/checks/{id}"), **note}
    result = _result(id, answer or _existing(site, id))
    return json_response(result, 202 if result.status == "waiting" else 200, headers)


def _result(id: str, answer: CheckAnswer) -> CheckResult:
    asked = answer.request.asked
    explained = reasons_of(answer.decision if answer.results else None, deps().signals)
    if explained is None:
        return CheckResult(id=id, status="failed" if answer.failed else "waiting", asked=asked, verdict="")
    return CheckResult(
        id=id,
        status="answered",
        asked=asked,
        verdict=_VERDICTS[answer.decision.action],
        probability=explained.probability,
        points=round(explained.score, 3),
        unsure_at=explained.hold_at,
        spam_at=explained.spam_at,
        reasons=[
            CheckReason(name=s.name, title=s.title, sentence=s.sentence, strength=s.strength, points=round(s.points, 3))
            for s in explained.signals
        ],
        counterfactual=explained.approved_if,
        feedback=_feedback(answer.request.comments[0].site, id),
    )


def _feedback(site: str, id: str) -> Literal["ham", "spam", ""]:
    label = read_lesson(site, id)
    return label.value if label else ""
