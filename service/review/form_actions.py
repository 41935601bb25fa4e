"""The way without JavaScript: a button settles one comment, a form leaves a note, and one is back where one was."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from comments.lifecycle import Action
from service.accounts import sessions
from service.deps import deps
from service.web import site_cache
from service.web.operations import validated

from .decisions import Stale, Step, check_reason, settle
from .notes import leave_note
from .queue_pages import comment_page
from .schemas import FormNote, FormStep
from .search import View

blueprint = Blueprint("settling", __name__, url_prefix="/review")


@blueprint.post("/<site>/<id>")
def decide(site: str, id: str) -> ResponseReturnValue:
    """Back to the page one came from, which says what happened."""
    signed = sessions.require_change(site)
    asked = validated(FormStep, request.form.to_dict(), strict=False)
    step = Step(id, asked.version, Action(asked.action), asked.reason)
    check_reason(site_cache.get_site(site), step.action, step.reason)
    try:
        settle(deps(), site, step, signed.person.name)
    except Stale as error:
        return comment_page(error.comment, site_cache.get_site(site), signed, stale=True), 409
    return _back(site, id, asked)


@blueprint.post("/<site>/<id>/notes")
def note(site: str, id: str) -> ResponseReturnValue:
    signed = sessions.require_change(site)
    leave_note(site, id, validated(FormNote, request.form.to_dict(), strict=False).text, signed)
    return redirect(url_for("review.comment", site=site, id=id, _anchor="notes"), 303)


def _back(site: str, id: str, asked: FormStep) -> Response:
    if asked.alone:
        return redirect(url_for("review.comment", site=site, id=id), 303)
    fields = asked.model_dump(include=set(View.model_fields) - {"settled"}).items()
    view = {name: text for name, text in fields if text}
    if asked.everywhere:
        return redirect(url_for("review.everywhere", **view, settled=f"{site}.{id}"), 303)
    return redirect(url_for("review.queue", **{**view, "site": site, "settled": id}), 303)
