"""Check comments of other programs: ask for a verdict, wait for it and read it.

A comment to check comes from `comment_fields.checked_comment`. Feedback is in `feedback.py`. Rules for first-time
commenters and spot checks do not apply, because the program that asks decides about publishing.
"""

from collections.abc import Callable
from dataclasses import replace

from flask import Response

from comments.attributes import AttributeQuery
from comments.model import Comment
from comments.pseudonyms import digest
from comments.site import Site
from comments.storage.checks import CHECK_SECONDS, CheckAdmission, CheckAnswer, CheckRequest, new_check_id
from service.deps import deps
from service.web.asked_checks import queue_check
from service.web.deferred_answers import wait_until
from service.web.intake import intake_gate

#: Checks of one site that may wait for a judge. Judges answer some hundred in a second.
MAX_WAITING_CHECKS = 2_000


def kept_seconds(site: Site) -> int:
    """Return the seconds for which the site keeps checks of programs."""
    return site.check_days * 86_400


def start_check(
    site: Site,
    comment: Comment,
    asker: str,
    *,
    counts: bool = False,
    attributes: AttributeQuery | None = None,
    keep: bool = True,
    key: str = "",
    fingerprint: str = "",
) -> str:
    """Store a check, ask for judging, and return its id.

    `asker` names the program or key that asks, for limits. With `counts` evidence windows count it like a comment.
    `attributes` asks for these scores too. Without `keep` the caller deletes the check by `forget_check`. `key` is the
    client's Idempotency-Key: a repeat returns the id of the first check.

    Raises IntakePaused, Invalid, TooMany, Busy, StorageDown, and KeyReused if the key was used with another
    `fingerprint`.
    """
    intake_gate().check(site.id)
    d, id = deps(), new_check_id()
    asked = CheckRequest(None, asker, d.now(), (replace(comment, id=id),), counts=counts, attributes=attributes)
    admission = CheckAdmission(
        seconds=kept_seconds(site) if keep else CHECK_SECONDS,
        max_kept=site.max_checks,
        max_waiting=MAX_WAITING_CHECKS,
        per_minute=site.checks_per_minute,
        fingerprint=fingerprint,
        key=digest("check", key) if key else "",
        batch=d.settings.batch,
        max_wakeups=d.settings.judges,
    )
    return queue_check(d, site.id, id, asked, admission)


def read_check(site: str, id: str) -> CheckAnswer | None:
    """Return a check, answered (`is_complete`) or not yet; None if it is unknown or has expired."""
    answer = deps().storage.checks.answer(site, id)
    return answer if answer and answer.request.site is None else None


def forget_check(site: str, id: str) -> None:
    """Delete a check that nobody needs any more. Its text is gone from the storage."""
    deps().storage.checks.forget(site, id)


def when_answered(site: str, id: str, seconds: float, finish: Callable[[CheckAnswer | None], Response]) -> Response:
    """Return a response that waits for the answer outside the request threads.

    `finish` makes it, in a request thread, from the complete answer; from None if there is none in time.
    """
    checks = deps().storage.checks

    def is_over() -> bool:
        answer = checks.answer(site, id)
        return answer is None or not answer.is_waiting

    def finished(_waited: bool) -> Response:
        answer = checks.answer(site, id)
        return finish(answer if answer and answer.is_complete else None)

    return wait_until(id, seconds, is_over, finished)
