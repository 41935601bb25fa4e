"""Coral's external moderation phase: judge a comment that Coral is about to store. See docs/coral.md.

Coral signs each request with a secret that it makes. The signature has no time, so a request that somebody recorded can
be sent again. It then gets the same kind of answer, changes nothing, and counts for no window of evidence.
"""

import hmac
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Literal

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict
from werkzeug.exceptions import ServiceUnavailable, Unauthorized

from comments.lifecycle import Action
from comments.model import Comment, Decision
from comments.pseudonyms import digest
from comments.site import Site
from comments.storage.checks import CheckAnswer
from service.checks.checking import start_check, when_answered
from service.checks.comment_fields import CheckedFields, checked_comment
from service.deps import deps
from service.web import site_cache
from service.web.operations import validated
from service.web.request_body import json_object

blueprint = Blueprint("coral_phase", __name__, url_prefix="/v1/sites/<site>")

#: Seconds that a request waits for the judge. Coral waits as long as its phase says, and then goes on without it.
PHASE_SECONDS = 5.0
#: Signatures of one request that are checked. Coral sends one for each of its valid secrets.
MAX_SIGNATURES = 8
#: Seconds in which the same request counts once for windows of evidence, such as repeated texts.
SAME_SECONDS = 86_400
TOXIC, SPAM_FLAG = "COMMENT_DETECTED_TOXIC", "COMMENT_DETECTED_SPAM"
#: Signals for which Coral shows the reason "toxic".
TOXIC_SIGNALS = frozenset({"toxicity.attack", "profanity.word"})


class _Part(BaseModel):
    """A part of a request. Later versions of Coral may send more fields."""

    model_config = ConfigDict(extra="ignore")


class CoralComment(_Part):
    body: str = ""


class CoralAuthor(_Part):
    id: str = ""
    role: str = "COMMENTER"


class CoralStory(_Part):
    id: str = ""
    url: str = ""


class ModerationRequest(_Part):
    action: Literal["NEW", "EDIT"] = "NEW"
    comment: CoralComment
    author: CoralAuthor = CoralAuthor()
    story: CoralStory = CoralStory()


@blueprint.post("/coral")
def moderate(site: str) -> Response:
    """Answer 204 for a comment that the filters would publish: Coral then decides by its own rules."""
    found, raw = site_cache.get_site(site), request.get_data()
    if not is_signed(raw, request.headers.get("X-Coral-Signature", ""), found.coral_keys):
        raise Unauthorized("The signature does not fit a signing secret of this site.")
    asked = validated(ModerationRequest, json_object(raw), strict=True)
    if not asked.comment.body.strip():
        return Response(status=204)  # for example only a picture
    comment = _checked(found, asked)
    same = deps().storage.check_records.put(found.id, f"coral {digest(raw.decode())}", "sent", SAME_SECONDS)
    id = start_check(found, comment, "coral", counts=asked.action == "NEW" and not same)
    return when_answered(found.id, id, PHASE_SECONDS, _answered)


def is_signed(raw: bytes, header: str, secrets: Iterable[str]) -> bool:
    """Return True if one of the signatures fits one of the secrets. All of them are compared, in constant time."""
    given = [part.strip().removeprefix("sha256=") for part in header.split(",")[:MAX_SIGNATURES]]
    made = [hmac.digest(secret.encode(), raw, sha256).hex() for secret in secrets if secret]
    fits = [hmac.compare_digest(own.encode(), other.encode()) for own in made for other in given]
    return any(fits)


def _checked(site: Site, asked: ModerationRequest) -> Comment:
    fields = CheckedFields(
        content=asked.comment.body,
        thread=asked.story.url or asked.story.id,
        user=f"coral {asked.author.id}" if asked.author.id else "",
        staff=asked.author.role != "COMMENTER",
    )
    return checked_comment(site, fields, lenient=True)


def _answered(answer: CheckAnswer | None) -> Response:
    """Answer with the phase's result. After an error Coral goes on without this phase. Raises ServiceUnavailable."""
    if answer is None or not answer.results:
        raise ServiceUnavailable("No judge answered in time.")
    result = phase_result(answer.decision)
    return jsonify(result) if result else Response(status=204)


def phase_result(decision: Decision) -> dict[str, Any]:
    """Return what Coral does with the comment: refuse it, withhold it for its moderators, or decide itself (empty)."""
    if decision.action is Action.APPROVE:
        return {}
    if decision.action is Action.SPAM:
        return {"status": "REJECTED", "actions": [_flag(SPAM_FLAG)]}
    is_toxic = any(signal.name in TOXIC_SIGNALS for signal in decision.signals)
    is_spam = not is_toxic or decision.score >= decision.hold_at
    reasons = [*([TOXIC] if is_toxic else []), *([SPAM_FLAG] if is_spam else [])]
    return {"status": "SYSTEM_WITHHELD", "actions": [_flag(reason) for reason in reasons]}


def _flag(reason: str) -> dict[str, str]:
    return {"actionType": "FLAG", "reason": reason}
