"""Pages for signing in and out: by password or by a one-time link, with a code where a person wants one."""

import secrets

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from comments.audit import AuditAction
from comments.errors import NotFound, SignInNeeded, TooMany
from comments.pseudonyms import digest, token_digest
from comments.site import Person
from service.deps import deps
from service.web.errors import handle_error, prefers_html

from . import passwords, sessions, totp
from .audit_trail import note

blueprint = Blueprint("sign_in", __name__)

#: Tries in 15 minutes. An account's limit slows guessing from many places; an origin's slows one place guessing names.
PER_ACCOUNT, PER_ORIGIN, WINDOW = 10, 30, 900
#: Seconds between the password and the code.
CODE_LIFE = 300
LIMITED = "Too many tries. Wait some minutes, or ask for a sign-in link."


@blueprint.app_errorhandler(SignInNeeded)
def ask_to_sign_in(error: SignInNeeded) -> Response:
    """People are led to the sign-in page and back again; programs are told."""
    if not prefers_html():
        return handle_error(error)
    onward = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(url_for("sign_in.form", next=sessions.own_path(onward)), 303)


@blueprint.get("/sign-in")
def form() -> Response | str:
    onward = sessions.own_path(request.args.get("next", ""))
    return redirect(onward, 303) if sessions.signed_in() else _page(onward)


@blueprint.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    sessions.check_origin()
    name, password = request.form.get("name", ""), request.form.get("password", "")
    onward = sessions.own_path(request.form.get("next", ""))
    try:
        count_try(name)
    except TooMany as error:
        return _page(onward, LIMITED, name), 429, {"Retry-After": str(error.retry_after)}
    person = _person(name)
    if not passwords.matches(person.password, password):
        _note_failure(name)
        return _page(onward, "That name and password do not belong together.", name), 403
    return _enter(person, onward)


def _note_failure(name: str) -> None:
    """Under the name only where it is somebody's: people type their password into the wrong field."""
    try:
        note(deps().storage.people.get(name).name, AuditAction.SIGN_IN_FAILED)
    except NotFound:
        note("", AuditAction.SIGN_IN_FAILED)


def _enter(person: Person, onward: str) -> ResponseReturnValue:
    """Open a session, or ask for the code first. What is kept meanwhile is named apart from links, to be none."""
    if not person.codes:
        return _admit(person, onward)
    token = secrets.token_urlsafe(24)
    deps().storage.people.put_link(digest("code", token), person.name, CODE_LIFE)
    return _code_page(token, onward)


def _admit(person: Person, onward: str) -> Response:
    response = redirect(onward, 303)
    sessions.sign_in(response, person)
    note(person.name, AuditAction.SIGN_IN)
    return response


def _code_page(token: str, onward: str, told: str = "") -> str:
    return render_template("accounts/code.html", token=token, onward=onward, told=told)


@blueprint.post("/sign-in/code")
def give_code() -> ResponseReturnValue:
    """The second step. A code that works is used up in the same moment, so that of two who give it one gets in."""
    sessions.check_origin()
    people, token = deps().storage.people, request.form.get("token", "")
    onward = sessions.own_path(request.form.get("next", ""))
    try:
        person = people.get(people.peek_link(digest("code", token)))
        people.attempt(f"sign-in:code:{digest(person.name)}", PER_ACCOUNT, WINDOW)
    except NotFound:
        return _page(onward, "That took too long. Please sign in again."), 403
    except TooMany as error:
        return _code_page(token, onward, LIMITED), 429, {"Retry-After": str(error.retry_after)}
    after = totp.accepted(person, request.form.get("code", ""), deps().pseudonyms, deps().now())
    if after is None or not people.compare_and_set(person, after):
        note(person.name, AuditAction.SIGN_IN_FAILED, "code")
        return _code_page(token, onward, "That code is not right, or was used before."), 403
    if after.recovery != person.recovery:
        note(person.name, AuditAction.RECOVERY, after=f"{len(after.recovery)} left")
    people.take_link(digest("code", token))
    return _admit(after, onward)


def _page(onward: str, told: str = "", name: str = "") -> str:
    return render_template("accounts/sign_in.html", onward=onward, told=told, name=name)


def count_try(name: str) -> None:
    """Before anything is looked up, so that names that do not exist are limited like those that do. Raises TooMany."""
    attempt, origin = deps().storage.people.attempt, deps().pseudonyms.origin(request.remote_addr or "")
    attempt(f"sign-in:origin:{origin}", PER_ORIGIN, WINDOW)
    attempt(f"sign-in:account:{digest(name)}", PER_ACCOUNT, WINDOW)


def _person(name: str) -> Person:
    """A stranger is a person without a password: nobody can be them, and checking takes as long."""
    try:
        return deps().storage.people.get(name)
    except NotFound:
        return Person(name)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    signed = sessions.signed_in()
    if signed:
        sessions.check_csrf(signed)
        note(signed.person.name, AuditAction.SIGN_OUT)
    response = redirect(url_for("sign_in.form"), 303)
    sessions.sign_out(response)
    return response


@blueprint.get("/link/<token>")
def link(token: str) -> str | tuple[str, int]:
    """Changes nothing: mail and chat programs follow links on their own."""
    try:
        return render_template("accounts/link.html", name=deps().storage.people.peek_link(token_digest(token)))
    except NotFound:
        return render_template("accounts/lost_link.html"), 404


@blueprint.post("/link/<token>")
def take_link(token: str) -> ResponseReturnValue:
    sessions.check_origin()
    try:
        person = deps().storage.people.get(deps().storage.people.take_link(token_digest(token)))
    except NotFound:
        return render_template("accounts/lost_link.html"), 404
    note(person.name, AuditAction.LINK_USE)
    return _enter(person, url_for("review.home"))
