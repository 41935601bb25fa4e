"""The way without JavaScript: a button settles one comment, a form leaves a note, and one is back where one was."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from . import auth, sites
from .colleagues import leave_note
from .deps import deps
from .moderating import Stale, Step, check_reason, settle
from .openapi import validated
from .review import comment_page
from .review_schemas import FormNote, FormStep
from .seeking import View

blueprint = Blueprint("settling", __name__, url_prefix="/review")


@blueprint.post("/<site>/<id>")
def decide(site: str, id: str) -> ResponseReturnValue:
    """Back to the page one came from, which says what happened."""
    signed = auth.require_change(site)
    asked = validated(FormStep, request.form.to_dict(), strict=False)
    step = Step(id, asked.version, asked.step, asked.reason)
    check_reason(sites.get(site), step.action, step.reason)
    try:
        settle(deps(), site, step, signed.person.name)
    except Stale as error:
        return comment_page(error.comment, sites.get(site), signed, stale=True), 409
    return _back(site, id, asked)


@blueprint.post("/<site>/<id>/notes")
def note(site: str, id: str) -> ResponseReturnValue:
    signed = auth.require_change(site)
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
