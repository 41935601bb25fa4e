"""Sign in with a password or a one-time link, with a second factor if the person has one, and sign out."""

import secrets

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from comments.audit import AuditAction
from comments.errors import NotFound, SignInNeeded, TooMany
from comments.person import Person
from comments.pseudonyms import digest, token_digest
from service.deps import deps
from service.web.client_network import client_networks
from service.web.errors import handle_error, prefers_html
from service.web.page_addresses import current_address

from . import passwords, sessions, totp
from .audit_trail import append_entry
from .devices import device_of, remember_device
from .kept_forms import KEPT_SECONDS, has_kept_form, keep_form, kept_form
from .site_creators import wants_setup

blueprint = Blueprint("sign_in", __name__)

#: Attempts in 15 minutes. The limits per network slow guessing of many names; an IPv6 subscriber has many networks.
PER_NETWORK, PER_HOUSEHOLD, WINDOW_SECONDS = 30, 120, 900
#: Attempts for one account: from one network or browser, and from everywhere. With the second alone, a stranger with
#: ten wrong tries would lock the owner out.
PER_ACCOUNT, PER_ACCOUNT_ANYWHERE = 10, 100
#: Seconds to enter the code after the password.
CODE_SECONDS = 300
TOO_MANY = "Too many attempts. Wait 15 minutes, or ask the operator for a sign-in link."


@blueprint.app_errorhandler(SignInNeeded)
def ask_to_sign_in(error: SignInNeeded) -> Response:
    """Redirect people to the sign-in page and then back; answer programs with 401."""
    if not prefers_html():
        return handle_error(error)
    onward = current_address() if request.method == "GET" else ""
    response = redirect(url_for("sign_in.sign_in_form", next=sessions.safe_path(onward)), 303)
    keep_form(response)
    return response


@blueprint.get("/sign-in")
def sign_in_form() -> Response:
    onward = sessions.safe_path(request.args.get("next", ""))
    if sessions.read_session():
        return redirect(onward, 303)
    response = make_response(_page(onward))
    # For people who sign in by a link, which does not carry the page that they wanted.
    sessions.set_private_cookie(response, _onward_cookie(), onward, KEPT_SECONDS)
    return response


def _onward_cookie() -> str:
    return f"{sessions.cookie_name()}-next"


@blueprint.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    sessions.check_origin()
    name, password = request.form.get("name", ""), request.form.get("password", "")
    onward = sessions.safe_path(request.form.get("next", ""))
    try:
        count_attempt(name, device_of(name))
    except TooMany as error:
        return _page(onward, TOO_MANY, name), 429, {"Retry-After": str(error.retry_after)}
    person = _person(name)
    if not passwords.is_correct(person.password, password):
        _audit_failure(name)
        return _page(onward, "Wrong name or password.", name), 403
    return _continue(person, onward)


def _audit_failure(name: str) -> None:
    """Store the name only if such a person exists: people type their password into the wrong field."""
    try:
        append_entry(deps().storage.people.get(name).name, AuditAction.SIGN_IN_FAILED)
    except NotFound:
        append_entry("", AuditAction.SIGN_IN_FAILED)


def _continue(person: Person, onward: str) -> ResponseReturnValue:
    """Open a session, or ask for the code first. The token of this step cannot be used as a sign-in link."""
    if not person.totp_salt:
        return _finish(person, onward)
    token = secrets.token_urlsafe(24)
    deps().storage.people.put_link(digest("code", token), person.name, CODE_SECONDS)
    return _code_page(token, onward)


def _finish(person: Person, onward: str) -> Response:
    response = redirect(url_for("resumed_forms.show_kept_form") if kept_form(person) else onward, 303)
    sessions.open_session(response, person)
    sessions.set_private_cookie(response, _onward_cookie(), "", 0)  # a later link leads to what is wanted then
    remember_device(response, person.name)
    append_entry(person.name, AuditAction.SIGN_IN)
    return response


def _code_page(token: str, onward: str, message: str = "") -> str:
    return render_template("accounts/two_factor_code.html", token=token, onward=onward, message=message)


@blueprint.post("/sign-in/code")
def check_code() -> ResponseReturnValue:
    """The second step. Storing the used code and comparing are one step, so a code signs in only once."""
    sessions.check_origin()
    people, token = deps().storage.people, request.form.get("token", "")
    onward = sessions.safe_path(request.form.get("next", ""))
    try:
        person = people.get(people.peek_link(digest("code", token)))
        people.attempt(f"sign-in:code:{digest(person.name, device_of(person.name))}", PER_ACCOUNT, WINDOW_SECONDS)
    except NotFound:
        return _page(onward, "This took too long. Please sign in again."), 403
    except TooMany as error:
        return _code_page(token, onward, TOO_MANY), 429, {"Retry-After": str(error.retry_after)}
    after = totp.use_code(person, request.form.get("code", ""), deps().pseudonyms, deps().now())
    if after is None or not people.compare_and_set(person, after):
        append_entry(person.name, AuditAction.SIGN_IN_FAILED, "code")
        return _code_page(token, onward, "Wrong code, or a code that was used before."), 403
    if after.recovery_digests != person.recovery_digests:
        append_entry(person.name, AuditAction.RECOVERY, after=f"{len(after.recovery_digests)} left")
    people.take_link(digest("code", token))
    return _finish(after, onward)


def _page(onward: str, message: str = "", name: str = "") -> str:
    return render_template(
        "accounts/sign_in.html", onward=onward, message=message, name=name, has_kept_form=has_kept_form()
    )


def count_attempt(name: str, device: str = "") -> None:
    """Count an attempt before looking the name up, so unknown names have the same limit. Raises TooMany.

    `device` names a browser or session of this person. It has attempts of its own.
    """
    attempt, (origin, household, _) = deps().storage.people.attempt, client_networks(deps())
    attempt(f"sign-in:origin:{origin}", PER_NETWORK, WINDOW_SECONDS)
    attempt(f"sign-in:household:{household}", PER_HOUSEHOLD, WINDOW_SECONDS)
    attempt(f"sign-in:account:{digest(name, device or origin)}", PER_ACCOUNT, WINDOW_SECONDS)
    if not device:
        attempt(f"sign-in:account:{digest(name)}", PER_ACCOUNT_ANYWHERE, WINDOW_SECONDS)


def _person(name: str) -> Person:
    """The person of that name; for an unknown name one without a password, so that checking takes the same time."""
    try:
        return deps().storage.people.get(name)
    except NotFound:
        return Person(name)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    signed = sessions.read_session()
    if signed:
        sessions.check_csrf(signed)
        append_entry(signed.person.name, AuditAction.SIGN_OUT)
    response = redirect(url_for("sign_in.sign_in_form"), 303)
    sessions.close_session(response)
    return response


@blueprint.get("/link/<token>")
def show_link(token: str) -> str | tuple[str, int]:
    """Show a button and change nothing: email and chat programs open links on their own."""
    try:
        return render_template("accounts/sign_in_link.html", name=deps().storage.people.peek_link(token_digest(token)))
    except NotFound:
        return render_template("accounts/expired_link.html"), 404


@blueprint.post("/link/<token>")
def use_link(token: str) -> ResponseReturnValue:
    sessions.check_origin()
    try:
        person = deps().storage.people.get(deps().storage.people.take_link(token_digest(token)))
    except NotFound:
        return render_template("accounts/expired_link.html"), 404
    append_entry(person.name, AuditAction.LINK_USE)
    onward = sessions.safe_path(request.cookies.get(_onward_cookie(), ""))
    return _continue(person, url_for("setup_pages.begin_setup") if wants_setup(person) else onward)
