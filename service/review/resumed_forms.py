"""One page with one button after signing in: send what was pressed or typed before the session had ended."""

from dataclasses import dataclass

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from comments.errors import NotFound
from comments.lifecycle import Action
from service.accounts import sessions
from service.accounts.kept_forms import KeptForm, forget_form, kept_form
from service.accounts.sessions import SignedIn
from service.deps import deps

blueprint = Blueprint("resumed_forms", __name__, url_prefix="/resume")

#: Characters of a typed text that the page shows.
SHOWN_TEXT = 500
#: What was pressed, by the endpoint of the form, as the end of "You ...".
PRESSED = {
    "form_actions.submit_note": "wrote a note",
    "settings_pages.save": "saved settings",
    "settings_pages.ask_to_preview": "asked for a preview of settings",
    "author_rules.add_rule": "added a rule",
    "staff_replies.reply_by_form": "wrote a reply",
    "members.invite": "invited a person",
}
#: Fields with text that a person typed.
TYPED_FIELDS = ("text", "content", "note")


@dataclass(frozen=True, slots=True)
class ResumedForm:
    """Description of a kept form. `back` is the page to go to instead."""

    sentence: str
    button: str
    typed: str
    back: str


@blueprint.get("")
def show_kept_form() -> ResponseReturnValue:
    signed = sessions.require_sign_in()
    form = kept_form(signed.person)
    if form is None:
        return redirect(url_for("queue_pages.home"), 303)
    return render_template("review/resume.html", signed=signed, form=_describe(form, signed), fields=form.fields)


@blueprint.post("")
def send_kept_form() -> ResponseReturnValue:
    """Let the browser repeat this request, with the fields of the page, at the address of the form (307)."""
    signed = sessions.require_sign_in()
    sessions.check_csrf(signed)
    form = kept_form(signed.person)
    if form is None:
        raise NotFound("this form was sent already, or it is too old")
    response = redirect(form.path, 307)
    forget_form(response)
    return response


@blueprint.post("/cancel")
def drop_kept_form() -> ResponseReturnValue:
    signed = sessions.require_sign_in()
    sessions.check_csrf(signed)
    form = kept_form(signed.person)
    response = redirect(_way_back(form) if form else url_for("queue_pages.home"), 303)
    forget_form(response)
    return response


def _describe(form: KeptForm, signed: SignedIn) -> ResumedForm:
    endpoint, values = _matched(form)
    typed = next((text for name in TYPED_FIELDS if (text := form.field(name).strip())), "")[:SHOWN_TEXT]
    if endpoint == "form_actions.submit_decision" and form.field("action") in list(Action):
        label = Action(form.field("action")).row.label or "Undo"
        author = _author(values.get("site", ""), values.get("id", ""), signed)
        return ResumedForm(f"You pressed {label} for the comment by {author}.", label, typed, _way_back(form))
    sentence = f"You {PRESSED.get(endpoint, 'sent a form')}."
    return ResumedForm(sentence, "Send it now", typed, _way_back(form))


def _matched(form: KeptForm) -> tuple[str, dict[str, str]]:
    """Return the endpoint and the parts of the address that the form was sent to."""
    try:
        adapter = current_app.create_url_adapter(request)
        endpoint, values = adapter.match(form.path.partition("?")[0], "POST") if adapter else ("", {})
    except HTTPException:
        return "", {}
    return endpoint, {name: str(value) for name, value in values.items()}


def _author(site: str, id: str, signed: SignedIn) -> str:
    """Return the author's name, for people who may see the comment."""
    if not sessions.has_role(signed.person, site, "viewer"):
        return "someone"
    try:
        return deps().storage.comments.get(site, id).author or "Anonymous"
    except NotFound:
        return "someone"


def _way_back(form: KeptForm) -> str:
    _, values = _matched(form)
    return url_for("queue_pages.queue", site=values["site"]) if "site" in values else url_for("queue_pages.home")
