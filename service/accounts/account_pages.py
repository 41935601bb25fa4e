"""The account page: password, two-factor authentication and sessions of the person who is signed in."""

from dataclasses import replace
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from comments.audit import AuditAction
from comments.errors import Invalid, NotFound, Problem
from comments.person import Person
from comments.validation import name_problems, tidied
from service.deps import deps

from . import passwords, totp
from .audit_trail import append_entry, entry, replace_person
from .sessions import SignedIn, check_csrf, has_role, open_session, require_sign_in
from .shown_once import redirect_with_secret, secrets_to_show, shown_response
from .sign_in import count_attempt

blueprint = Blueprint("account_pages", __name__, url_prefix="/account")


@blueprint.get("")
def account_page() -> str:
    return _page(require_sign_in(), done=request.args.get("done", ""))


def _page(signed: SignedIn, **context: object) -> str:
    sessions = sorted(
        deps().storage.people.sessions(signed.person.name).items(), key=lambda s: s[1].started, reverse=True
    )
    return render_template(
        "accounts/account.html", signed=signed, sessions=sessions, shortest=passwords.SHORTEST, **context
    )


def _require_change() -> SignedIn:
    """The person who changes their own account. Raises SignInNeeded, NotAllowed."""
    signed = require_sign_in()
    check_csrf(signed)
    return signed


@blueprint.post("")
def change_password() -> ResponseReturnValue:
    """End all other sessions of this person and renew the current one."""
    signed = _require_change()
    try:
        person = _with_new_password(signed)
    except Invalid as error:
        return _page(signed, problems=error.problems), 422
    replace_person(signed.person, person, replace(entry(signed, AuditAction.PASSWORD), site=""))
    _end_other_sessions(signed)
    response = redirect(url_for("account_pages.account_page", done="password"), 303)
    open_session(response, person)
    return response


@blueprint.post("/name")
def change_display_name() -> ResponseReturnValue:
    """Change the name that readers see on replies, and reserve it on the sites where this person may reply."""
    signed = _require_change()
    name = tidied({"author": request.form.get("display_name", "")})["author"]
    if problems := [Problem("display_name", p.code, "cannot be used: " + p.message) for p in name_problems(name)]:
        return _page(signed, problems=problems, display_name=name), 422
    person = replace(signed.person, display_name=name)
    replace_person(signed.person, person, replace(entry(signed, AuditAction.DISPLAY_NAME, after=name), site=""))
    for site in person.roles if name else ():
        if has_role(person, site, "moderator"):
            deps().storage.evidence.add_staff_name(site, name)
    return redirect(url_for("account_pages.account_page", done="name"), 303)


def _with_new_password(signed: SignedIn) -> Person:
    """Raises Invalid, TooMany."""
    _check_current_password(signed)
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        raise Invalid([Problem("again", "different", "does not match the new password")])
    return replace(signed.person, password=passwords.hash_password(password))


def _check_current_password(signed: SignedIn, field: str = "current") -> None:
    """Check the password in the form, if the person has one. Raises Invalid, TooMany, Busy."""
    if signed.person.password:
        count_attempt(signed.person.name, signed.session)
        if not passwords.is_correct(signed.person.password, request.form.get(field, "")):
            raise Invalid([Problem(field, "wrong", "is not your current password")])


def _end_other_sessions(signed: SignedIn) -> None:
    """End the person's other sessions, and the sign-in links that were not used yet."""
    people = deps().storage.people
    people.end_links(signed.person.name)
    for session in people.sessions(signed.person.name):
        if session != signed.session:
            people.close_session(session)


@blueprint.post("/sessions")
def end_sessions() -> ResponseReturnValue:
    """End one session, or all others if none is named. Raises NotFound for a session of someone else."""
    signed = _require_change()
    session = request.form.get("session", "")
    if not session:
        _end_other_sessions(signed)
    elif session in deps().storage.people.sessions(signed.person.name):
        deps().storage.people.close_session(session)
    else:
        raise NotFound("you have no such session")
    append_entry(signed.person.name, AuditAction.SESSION_END, after="one" if session else "all others")
    return redirect(url_for("account_pages.account_page", done="sessions"), 303)


@blueprint.post("/codes/begin")
def set_up_two_factor() -> ResponseReturnValue:
    _require_change()
    return redirect(url_for("account_pages.two_factor_page"), 303)


@blueprint.get("/codes")
def two_factor_page() -> ResponseReturnValue:
    """Show a new secret, or the recovery codes of the one that was turned on a moment ago.

    A secret is stored only after the person has entered a code made from it.
    """
    signed = require_sign_in()
    if codes := secrets_to_show(signed).get("codes", ""):
        page = render_template("accounts/recovery_codes.html", signed=signed, codes=codes.split("\n"))
        return shown_response(page)
    if signed.person.totp_salt:
        return redirect(url_for("account_pages.account_page"), 303)
    return shown_response(_setup_page(signed, totp.new_salt()))


def _setup_page(signed: SignedIn, salt: str, **context: object) -> str:
    secret = totp.secret(deps().pseudonyms, signed.person.name, salt)
    host = urlsplit(deps().settings.public_url).netloc
    url = totp.otpauth_url(secret, signed.person.name, host)
    return render_template(
        "accounts/two_factor_setup.html",
        signed=signed,
        salt=salt,
        secret=totp.grouped(secret),
        url=url,
        qr_code=totp.qr_code(url),
        **context,
    )


@blueprint.post("/codes")
def turn_on_two_factor() -> ResponseReturnValue:
    """Turn it on, and lead to the recovery codes, which are shown once."""
    signed = _require_change()
    salt = request.form.get("salt", "")[:64] or totp.new_salt()
    secret = totp.secret(deps().pseudonyms, signed.person.name, salt)
    try:
        _check_current_password(signed)
        step = totp.matching_step(secret, totp.normalized(request.form.get("code", "")), deps().now(), 0)
        if not step:
            raise Invalid([Problem("code", "wrong", "is not the code that your app shows now")])
    except Invalid as error:
        return _setup_page(signed, salt, problems=error.problems), 422
    codes = totp.new_recovery_codes()
    person = replace(signed.person, totp_salt=salt, last_totp_step=step, recovery_digests=totp.recovery_digests(codes))
    replace_person(signed.person, person, replace(entry(signed, AuditAction.CODES_ON), site=""))
    _end_other_sessions(signed)
    shown = "\n".join(totp.grouped(code) for code in codes)
    return redirect_with_secret(signed, url_for("account_pages.two_factor_page"), codes=shown)


@blueprint.post("/codes/off")
def turn_off_two_factor() -> ResponseReturnValue:
    signed = _require_change()
    try:
        _check_current_password(signed, "off")
    except Invalid as error:
        return _page(signed, problems=error.problems), 422
    person = replace(signed.person, totp_salt="", last_totp_step=0, recovery_digests=())
    replace_person(signed.person, person, replace(entry(signed, AuditAction.CODES_OFF), site=""))
    return redirect(url_for("account_pages.account_page", done="codes-off"), 303)
