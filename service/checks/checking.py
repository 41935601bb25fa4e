"""Check comments of other programs: ask for a verdict, wait for it, read it, and teach from feedback about it.

A comment to check comes from `comment_fields.checked_comment`. Nothing of a check enters the site's comments.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from flask import Response

from comments.attributes import AttributeQuery
from comments.job_queue import CHECK
from comments.model import Comment
from comments.site import Site
from comments.storage.checks import CheckAnswer, CheckRequest
from service.deps import deps
from service.web.deferred_answers import wait_until


def start_check(
    site: Site,
    comment: Comment,
    asker: str,
    *,
    counts: bool = False,
    days: int | None = None,
    attributes: AttributeQuery | None = None,
) -> str:
    """Store a check, ask for judging, and return its id.

    `asker` names the program or key that asks, for limits. With `counts` evidence windows count it like a comment.
    `attributes` asks for these scores too. `days` replaces the site's time for which checks are kept. Raises Invalid,
    TooMany, Busy, StorageDown.

    The program that asks decides about publishing. Rules for first-time commenters and spot checks do not apply.
    """
    d = deps()
    site = replace(site, moderation="suspicious", audit_share=0.0, required=())
    id = d.storage.checks.ask(site.id, CheckRequest(site, asker, d.now(), (comment,), attributes=attributes))
    d.jobs.enqueue(CHECK, site.id, id)
    return id


def read_check(site: str, id: str) -> CheckAnswer | None:
    """Return a check, answered (`is_complete`) or not yet; None if it is unknown or has expired."""
    return deps().storage.checks.answer(site, id)


def when_answered(site: str, id: str, seconds: float, finish: Callable[[CheckAnswer | None], Response]) -> Response:
    """Return a response that waits for the answer outside the request threads.

    `finish` makes it, in a request thread, from the complete answer; from None if there is none in time.
    """

    def complete() -> CheckAnswer | None:
        answer = read_check(site, id)
        return answer if answer and answer.is_complete and answer.results else None

    return wait_until(site, id, seconds, lambda: complete() is not None, lambda: finish(complete()))


def teach_check(site: Site, id: str, label: Literal["spam", "ham"], by: str) -> bool:
    """Teach the site's model this check's comment exactly once. A repeat changes nothing; the other label replaces it.

    Returns False for an unknown or expired check.
    """
    return deps().storage.checks.answer(site.id, id) is not None


def teach_text(site: Site, comment: Comment, label: Literal["spam", "ham"], by: str) -> str:
    """Teach a text that was never checked. It is kept like a check. Returns its id."""
    return deps().storage.checks.ask(site.id, CheckRequest(site, by, deps().now(), (comment,)))
