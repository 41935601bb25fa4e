"""Answers of the Akismet API: single words as text, with what else a client should know in headers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Response

from comments.lifecycle import Status
from comments.model import Decision
from comments.site import Site

VALID_KEY, INVALID_KEY, SPAM_WORD, HAM_WORD = "valid", "invalid", "true", "false"
FEEDBACK_TAKEN = "Thanks for making the web a better place."

GUID, PRO_TIP, RECHECK = "X-akismet-guid", "X-akismet-pro-tip", "X-akismet-recheck-after"
DEBUG_HELP, ERROR = "X-akismet-debug-help", "X-akismet-error"
ALERT_CODE, ALERT_MESSAGE = "X-akismet-alert-code", "X-akismet-alert-msg"
#: Akismet's code for a site whose owner has taken back its access.
SITE_REVOKED = "10403"

DISCARD = "discard"
#: Value of X-akismet-error. Akismet's plugin then leaves the comment to a moderator, whatever the word is.
NEEDS_REVIEW = "needs-review"
#: Points, as a multiple of the spam threshold, from which a client may discard spam unseen. Clients that obey keep no
#: copy, so that nobody can correct it.
DISCARD_FACTOR = 2.0
#: Signals of a part that failed: nobody can say what the comment is.
FAILED_PARTS = frozenset({"filter.failed", "needs-human"})

NO_ANSWER = "Comments cannot be checked now. Ask again in some minutes."
NO_KEY = "This key is not valid. Use the Akismet key of a site, from its settings or `replygate site akismet-key`."
NO_BLOG = 'Missing required field: blog, the address of the site with "https://".'
BAD_MONTH = "The month must have the form 2026-09."
DELETED = "This site was deleted. Its owner can restore it."


@dataclass(frozen=True, slots=True)
class CheckWord:
    """The answer to comment-check. `word` is "" if there is no verdict."""

    word: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_discard(self) -> bool:
        return self.headers.get(PRO_TIP) == DISCARD


SURE_SPAM = CheckWord(SPAM_WORD)
SURE_HAM = CheckWord(HAM_WORD)
DISCARDED = CheckWord(SPAM_WORD, {PRO_TIP: DISCARD})
NO_VERDICT = CheckWord("")


def check_word(decision: Decision, site: Site) -> CheckWord:
    """Return the answer for the judge's decision. If a part failed, there is none: the client asks again later.

    The site chooses the word for comments that need review. As much as spam has is never called anything else: the
    judge marks nothing as spam before the site has some lessons.
    """
    if decision.status is Status.APPROVED:
        return SURE_HAM
    if decision.status is Status.SPAM:
        return DISCARDED if decision.score >= DISCARD_FACTOR * decision.spam_at else SURE_SPAM
    if any(signal.name in FAILED_PARTS for signal in decision.signals):
        return NO_VERDICT
    is_spam = site.akismet_review == "spam" or decision.score >= decision.spam_at
    return CheckWord(SPAM_WORD if is_spam else HAM_WORD, {ERROR: NEEDS_REVIEW})


def text_answer(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with exactly this text: clients compare it as it is."""
    return Response(text, status, headers, content_type="text/plain; charset=utf-8")


def help_answer(text: str, word: str = "") -> Response:
    """Answer a request that cannot be used. The header is only allowed on such answers."""
    return text_answer(word or text, headers={DEBUG_HELP: text})


def bad_key_answer() -> Response:
    return help_answer(NO_KEY, INVALID_KEY)


def deleted_site_answer() -> Response:
    headers = {ALERT_CODE: SITE_REVOKED, ALERT_MESSAGE: DELETED, DEBUG_HELP: DELETED}
    return text_answer(INVALID_KEY, headers=headers)
