"""Queue checks for a judge, and show people how theirs go, within limits for each person."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from flask import request

from comments.errors import Invalid, Problem
from comments.job_queue import JUDGE, QUEUES
from comments.model import Comment
from comments.site import Site
from comments.storage.checks import (
    MAX_CHECKED,
    PERSONAL_CHECK,
    CheckAdmission,
    CheckAnswer,
    CheckRequest,
    new_check_id,
)
from service.deps import Deps, deps

#: Checks that one person may ask for in a minute.
PER_MINUTE = 20
#: Time after which an answer is not expected any more. A judge takes less than a second for one comment, and its jobs
#: take turns.
PATIENCE = timedelta(seconds=30)


def ask_for_check(person: str, site: Site, comments: Sequence[Comment] = (), ids: Sequence[str] = ()) -> str:
    """Ask for verdicts with the settings of `site`, which may differ from the stored ones, and return the check's id.

    `comments` are judged as if they arrived now, stored comments by `ids` as if they came again at their own time. Read
    the answer with `storage.checks.answer`. Raises Invalid for texts above the site's limit and for more than
    MAX_CHECKED comments, TooMany after PER_MINUTE checks of this person.
    """
    if any(len(comment.content) > site.max_content for comment in comments):
        raise Invalid([Problem("content", "too-long", f"must be at most {site.max_content} characters long")])
    if len(comments) + len(ids) > MAX_CHECKED:
        raise Invalid([Problem("ids", "too-many", f"must be at most {MAX_CHECKED}")])
    d = deps()
    d.storage.people.attempt(f"checks of {person}", PER_MINUTE, 60)
    asked = CheckRequest(site, person, d.now(), tuple(comments), tuple(ids))
    return queue_check(d, site.id, new_check_id(), asked)


def queue_check(
    deps: Deps, site: str, id: str, request: CheckRequest, admission: CheckAdmission = PERSONAL_CHECK
) -> str:
    """Store a check, enqueue a job if one is needed, and return the id: of an earlier one if this is a repeat.

    Raises KeyReused, TooMany, Busy.
    """
    accepted = deps.storage.checks.ask(site, id, request, admission)
    if accepted.wakeup:
        deps.jobs.enqueue(JUDGE, site, accepted.wakeup)
    return accepted.id


def is_waiting(answer: CheckAnswer, now: datetime) -> bool:
    """Return True while a judge may still answer. After that the check is lost, and the person may ask again."""
    return answer.is_waiting and now - answer.request.asked < PATIENCE


def trouble(answer: CheckAnswer, now: datetime) -> str:
    """Return a sentence about a check that got no answer and will get none; "" for any other."""
    if answer.is_complete or is_waiting(answer, now):
        return ""
    if answer.failed:
        return "The judge could not finish with this. The log of its process has the error."
    if not deps().storage.heartbeats.alive(QUEUES[JUDGE]):
        return "No judge is running, so there is no answer. Start one and try again."
    return "The judge has not answered. It may be busy; try again."


def next_look(anchor: str) -> str:
    """Return the address of the current page that looks for the answer again, at `anchor`.

    It differs every time: browsers do not reload an address that only leads to another place of the same page.
    """
    looks = request.args.get("look", "0")
    query = {**request.args.to_dict(), "look": str(int(looks) + 1 if looks.isdigit() and len(looks) < 6 else 1)}
    return f"{request.root_path}{request.path}?{urlencode(query)}#{anchor}"
