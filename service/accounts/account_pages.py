"""One's own account: the password, the second step of signing in, and where one is signed in."""

from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from comments.audit import AuditAction
from comments.errors import Invalid, NotFound, Problem
from comments.origins import origin_of
from comments.site import Person
from service.deps import deps

from . import passwords, totp
from . import sessions as auth
from .audit_trail import entry, note, replace_person
from .sessions import Signed
from .sign_in import count_try

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
def page() -> str:
    return _page(auth.current(), done=request.args.get("done", ""))


def _page(signed: Signed, **shown: object) -> str:
    sessions = sorted(
        deps().storage.people.sessions(signed.person.name).items(), key=lambda s: s[1].started, reverse=True
    )
    return render_template("accounts/account.html", signed=signed, sessions=sessions, **shown)


def _asked() -> Signed:
    """Who asks for a change of their own account, and means it. Raises SignInNeeded, NotAllowed."""
    signed = auth.current()
    auth.check_csrf(signed)
    return signed


@blueprint.post("")
def choose_password() -> ResponseReturnValue:
    """Ends every other session of this person and renews their own."""
    signed = _asked()
    try:
        person = _with_new_password(signed.person)
    except Invalid as error:
        return _page(signed, problems=error.problems), 422
    replace_person(signed.person, person, replace(entry(signed, AuditAction.PASSWORD), site=""))
    _end_sessions(signed)
    response = redirect(url_for("account.page", done="password"), 303)
    auth.sign_in(response, person)
    return response


def _with_new_password(person: Person) -> Person:
    """Raises Invalid, TooMany."""
    _check_password(person)
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        raise Invalid([Problem("again", "different", "is not the same as above")])
    return replace(person, password=passwords.choose(password))


def _check_password(person: Person, field: str = "current") -> None:
    """The current password is asked for where there is one. Raises Invalid, TooMany."""
    if person.password:
        count_try(person.name)
        if not passwords.matches(person.password, request.form.get(field, "")):
            raise Invalid([Problem(field, "wrong", "is not your current password")])


def _end_sessions(signed: Signed) -> None:
    """All but the one in use."""
    people = deps().storage.people
    for session in people.sessions(signed.person.name):
        if session != signed.session:
            people.close_session(session)


@blueprint.post("/sessions")
def end_sessions() -> ResponseReturnValue:
    """End one session, or without a name every other one. Raises NotFound for one that is not one's own."""
    signed = _asked()
    wanted = request.form.get("session", "")
    if not wanted:
        _end_sessions(signed)
    elif wanted in deps().storage.people.sessions(signed.person.name):
        deps().storage.people.close_session(wanted)
    else:
        raise NotFound("there is no such session of yours")
    note(signed.person.name, AuditAction.SESSION_END, after="one" if wanted else "all others")
    return redirect(url_for("account.page", done="sessions"), 303)


@blueprint.post("/codes/begin")
def begin_codes() -> str:
    """Show a secret; nothing is kept of it before a code of it came back."""
    return _codes_page(_asked(), totp.new_salt())


def _codes_page(signed: Signed, salt: str, **shown: object) -> str:
    key = totp.secret(deps().pseudonyms, signed.person.name, salt)
    host = (origin_of(deps().settings.public_url) or request.host_url).rpartition("//")[2].strip("/")
    address = totp.address(key, signed.person.name, host)
    return render_template(
        "accounts/recovery_codes.html",
        signed=signed,
        salt=salt,
        secret=totp.grouped(totp.written(key)),
        address=address,
        picture=totp.picture(address),
        **shown,
    )


@blueprint.post("/codes")
def turn_codes_on() -> ResponseReturnValue:
    """Shows the recovery codes, this once."""
    signed = _asked()
    salt = request.form.get("salt", "")[:64] or totp.new_salt()
    key = totp.secret(deps().pseudonyms, signed.person.name, salt)
    try:
        _check_password(signed.person)
        step = totp.counter_of(key, totp.tidied(request.form.get("code", "")), deps().now(), 0)
        if not step:
            raise Invalid([Problem("code", "wrong", "is not the one that is shown now")])
    except Invalid as error:
        return _codes_page(signed, salt, problems=error.problems), 422
    made = totp.new_recovery()
    person = replace(signed.person, codes=salt, code_used=step, recovery=totp.digests(made))
    replace_person(signed.person, person, replace(entry(signed, AuditAction.CODES_ON), site=""))
    _end_sessions(signed)
    return render_template("accounts/recovery.html", signed=signed, codes=[totp.grouped(code) for code in made])


@blueprint.post("/codes/off")
def turn_codes_off() -> ResponseReturnValue:
    signed = _asked()
    try:
        _check_password(signed.person, "off")
    except Invalid as error:
        return _page(signed, problems=error.problems), 422
    plain = replace(signed.person, codes="", code_used=0, recovery=())
    replace_person(signed.person, plain, replace(entry(signed, AuditAction.CODES_OFF), site=""))
    return redirect(url_for("account.page", done="codes-off"), 303)
