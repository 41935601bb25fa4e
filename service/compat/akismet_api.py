"""Addresses of the Akismet API, and its answers to errors. See docs/akismet.md."""

from flask import Blueprint, Response
from werkzeug.exceptions import HTTPException

from comments.errors import ReplygateError, SiteDeleted
from service.web.errors import refusal

from .akismet_account import (
    deactivate,
    key_sites,
    report_connection,
    statistics,
    statistics_token,
    subscription,
    usage_limit,
    verify_key,
)
from .akismet_answers import DEBUG_HELP, deleted_site_answer, help_answer, text_answer
from .akismet_checks import check_comment, submit_ham, submit_spam

blueprint = Blueprint("akismet_api", __name__)

#: Beginnings of all addresses. The last two are for programs that can neither send a key nor put it into a host name.
PREFIXES = ("/1.1", "/1.2", "/k/<key>/1.1", "/k/<key>/1.2")
COMMENT_CALLS = {"comment-check": check_comment, "submit-spam": submit_spam, "submit-ham": submit_ham}
#: Clients send these as GET or POST.
QUESTIONS = {
    "verify-key": verify_key,
    "usage-limit": usage_limit,
    "key-sites": key_sites,
    "get-subscription": subscription,
    "get-stats": statistics,
    "token": statistics_token,
    "deactivate": deactivate,
    "test": report_connection,
}

for start in PREFIXES:
    for path, view in COMMENT_CALLS.items():
        blueprint.add_url_rule(f"{start}/{path}", view_func=view, methods=["POST"])
    for path, view in QUESTIONS.items():
        blueprint.add_url_rule(f"{start}/{path}", view_func=view, methods=["GET", "POST"])


@blueprint.errorhandler(SiteDeleted)
def answer_deleted(_error: SiteDeleted) -> Response:
    return deleted_site_answer()


@blueprint.errorhandler(ReplygateError)
@blueprint.errorhandler(HTTPException)
def answer_error(error: ReplygateError | HTTPException) -> Response:
    """Answer errors as text. No client takes it for a verdict: it holds the comment and asks again."""
    found = refusal(error)
    detail = (
        " ".join([found.detail, *(f"{problem.field} {problem.message}." for problem in found.problems)]).strip()
        or found.title
    )
    if found.status == 422:
        return help_answer(detail)
    return text_answer(detail, found.status, {**found.headers, DEBUG_HELP: detail})
