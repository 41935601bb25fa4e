"""Addresses of the Akismet API, and its answers to errors. See docs/akismet.md."""

from flask import Blueprint, Response

from comments.errors import SiteDeleted
from service.web.errors import MAPPINGS, Refusal

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


def akismet_error(refused: Refusal) -> Response:
    """Answer an error as text. No client takes it for a verdict: it holds the comment and asks again."""
    if refused.type == MAPPINGS[SiteDeleted].type:
        return deleted_site_answer()
    if refused.status == 422:
        return help_answer(refused.message)
    return text_answer(refused.message, refused.status, {**refused.headers, DEBUG_HELP: refused.message})
