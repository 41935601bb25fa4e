"""The test box: moderators paste a text and see the filters' verdict and its reasons. Nothing is stored.

The judge answers a check (`comments.storage.checks`). The page of a check reloads itself until the answer is there, so
it needs no script and no request waits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from comments.errors import Invalid, NotFound, Problem, TooMany
from comments.model import Comment
from comments.pseudonyms import new_id
from comments.site import Site
from comments.storage.checks import CheckAnswer
from comments.thread_addresses import thread_key
from comments.validation import field_problems, tidied
from comments.visitor_fields import VISITOR_FIELDS
from service.accounts import sessions
from service.accounts.sessions import SignedIn
from service.deps import Deps, deps
from service.web import asked_checks
from service.web.reasons import reasons_of, spam_percentage

blueprint = Blueprint("test_box", __name__, url_prefix="/sites/<site>/test")

#: Fields of the form.
TESTED_FIELDS = (*VISITOR_FIELDS, "thread")
#: Thread of a text without one.
NO_THREAD = "test"
#: Seconds until the page of a check without an answer reloads.
RELOAD_SECONDS = "1"
#: Id of the part of the page that shows the answer.
VERDICT = "verdict"


@blueprint.get("")
def test_page(site: str) -> str:
    signed = sessions.require_role(site)
    return _page(deps().storage.sites.get(site), signed, {})


@blueprint.post("")
def submit_test(site: str) -> ResponseReturnValue:
    """Ask for a check and lead to its page."""
    signed, stored = sessions.require_change(site), deps().storage.sites.get(site)
    # The history of an address that somebody guessed would tell whose address it is.
    hidden = () if sessions.may_see_emails(signed.person, stored) else ("email",)
    texts = {name: request.form.get(name, "") for name in TESTED_FIELDS if name not in hidden}
    try:
        comment = comment_from(deps(), stored, texts)
        id = asked_checks.ask_for_check(signed.person.name, _without_required_fields(stored), [comment])
    except Invalid as error:
        return _page(stored, signed, texts, problems=error.problems), 422
    except TooMany as error:
        page = _page(stored, signed, texts, trouble="These are many checks in one minute. Please wait a little.")
        return page, 429, {"Retry-After": str(error.retry_after)}
    return redirect(url_for("test_box.result_page", site=site, id=id, _anchor=VERDICT), 303)


@blueprint.get("/<id>")
def result_page(site: str, id: str) -> ResponseReturnValue:
    """The verdict, or a page that reloads itself while a judge may still answer. Only the person who asked sees it."""
    signed, stored, now = sessions.require_role(site), deps().storage.sites.get(site), deps().now()
    answer = deps().storage.checks.answer(site, id)
    if answer is None or answer.request.by != signed.person.name or not answer.request.comments:
        raise NotFound("This check has expired. Ask again.")
    texts = _texts_of(answer.request.comments[0])
    page = make_response(_page(stored, signed, texts, answer=answer, trouble=asked_checks.trouble(answer, now)))
    if asked_checks.is_waiting(answer, now):
        page.headers["Refresh"] = f"{RELOAD_SECONDS}; url={asked_checks.next_look(VERDICT)}"
    return page


def comment_from(deps: Deps, site: Site, fields: Mapping[str, str]) -> Comment:
    """Build the comment that the text would be, sent from a form of the site by an unknown browser and network.

    An email address counts as confirmed, so that the history of a known author speaks for the text.

    Name, email address, website and page may be empty. Raises Invalid with every problem of every field.
    """
    texts = tidied(fields)
    texts["thread"] = thread_key(texts.get("thread", "") or NO_THREAD, site)
    if problems := field_problems(texts, _without_required_fields(site)):
        raise Invalid(problems)
    visitor: dict[str, Any] = {name: texts.get(name, "") for name in VISITOR_FIELDS}
    return Comment(
        id=new_id(),
        site=site.id,
        thread=texts["thread"],
        received=deps.now(),
        identity=deps.pseudonyms.author(texts.get("email", "")),
        email_confirmed=bool(texts.get("email")),
        form_token="valid",  # noqa: S106 -- no secret
        **visitor,
    )


def _without_required_fields(site: Site) -> Site:
    return replace(site, required=("content",))


def _texts_of(comment: Comment) -> dict[str, str]:
    texts = {name: getattr(comment, name) for name in TESTED_FIELDS}
    return texts | {"thread": "" if comment.thread == NO_THREAD else comment.thread}


def _page(
    site: Site,
    signed: SignedIn,
    texts: Mapping[str, str],
    answer: CheckAnswer | None = None,
    problems: Sequence[Problem] = (),
    trouble: str = "",
) -> str:
    verdict = answer.results[0].decision if answer and answer.results else None
    return render_template(
        "review/test_box.html",
        site=site,
        signed=signed,
        sees_emails=sessions.may_see_emails(signed.person, site),
        texts=texts,
        problems=problems,
        trouble=trouble,
        look_again=asked_checks.next_look(VERDICT) if answer and not verdict and not trouble else "",
        reasons=reasons_of(verdict, deps().signals),
        percent=spam_percentage,
        now=deps().now(),
    )
