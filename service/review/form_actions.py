"""Forms of a card, for browsers without JavaScript: take an action or add a note, then return to the same page."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field
from werkzeug.wrappers import Response

from comments.lifecycle import Action
from service.accounts import sessions
from service.deps import deps
from service.web import site_cache
from service.web.operations import validated

from .decisions import CommentChanged, ModeratorDecision, add_note, check_reason, decide_comment
from .queue_pages import comment_page
from .schemas import MAX_NOTE, ActionOrUndo, Strict, Version
from .search import QueueView

blueprint = Blueprint("form_actions", __name__, url_prefix="/review")


class CardForm(QueueView):
    """A form of a card, with the view to return to; `alone` stands for the comment's own page."""

    csrf: str = ""
    version: Version
    alone: bool = False
    everywhere: bool = False


class DecisionForm(CardForm):
    action: ActionOrUndo
    reason: str = Field("", max_length=30)


class NoteForm(Strict):
    csrf: str = ""
    text: str = Field(max_length=MAX_NOTE)


@blueprint.post("/<site>/<id>")
def submit_decision(site: str, id: str) -> ResponseReturnValue:
    """Take the action, and return to a page that confirms it."""
    signed = sessions.require_change(site)
    form = validated(DecisionForm, request.form.to_dict(), strict=False)
    decision = ModeratorDecision(id, form.version, Action(form.action), form.reason)
    check_reason(site_cache.get_site(site), decision.action, decision.reason)
    try:
        decide_comment(deps(), site, decision, signed.person.name)
    except CommentChanged as error:
        return comment_page(error.comment, site_cache.get_site(site), signed, changed=True), 409
    return return_to_view(site, id, form)


@blueprint.post("/<site>/<id>/notes")
def submit_note(site: str, id: str) -> ResponseReturnValue:
    signed = sessions.require_change(site)
    form = validated(NoteForm, request.form.to_dict(), strict=False)
    add_note(deps(), site, id, form.text, signed.person.name)
    return redirect(url_for("queue_pages.comment", site=site, id=id, _anchor="notes"), 303)


def return_to_view(site: str, id: str, form: CardForm) -> Response:
    """Redirect to the page that the form was on; to one of the queue with a confirmation about the comment `id`."""
    return redirect(_view_address(site, id, form, decided=f"{site}.{id}" if form.everywhere else id), 303)


def return_to_row(site: str, id: str, form: CardForm) -> Response:
    """Redirect to the page that the form was on; to the row of the comment `id` on one of the queue."""
    return redirect(_view_address(site, id, form, _anchor=f"c-{id}"), 303)


def _view_address(site: str, id: str, form: CardForm, **changes: str) -> str:
    if form.alone:
        return url_for("queue_pages.comment", site=site, id=id)
    fields = form.model_dump(include=set(QueueView.model_fields) - {"decided"}).items()
    view = {name: text for name, text in fields if text} | changes
    if form.everywhere:
        return url_for("queue_pages.queue_of_all_sites", **view)
    return url_for("queue_pages.queue", **{**view, "site": site})
