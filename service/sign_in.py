"""Pages for signing in and out: by password, by a one-time link, and choosing a password."""

from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from comments.errors import Invalid, NotFound, Problem, SignInNeeded, TooMany
from comments.model import Person
from comments.pseudonyms import digest, token_digest

from . import auth, passwords
from .deps import deps
from .errors import prefers_html, refuse

blueprint = Blueprint("sign_in", __name__)

#: Tries in 15 minutes. An account's limit slows guessing from many places; an origin's slows one place guessing names.
PER_ACCOUNT, PER_ORIGIN, WINDOW = 10, 30, 900


@blueprint.app_errorhandler(SignInNeeded)
def ask_to_sign_in(error: SignInNeeded) -> Response:
    """People are led to the sign-in page and back again; programs are told."""
    if not prefers_html():
        return refuse(error)
    onward = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(url_for("sign_in.form", next=auth.own_path(onward)), 303)


@blueprint.get("/sign-in")
def form() -> Response | str:
    onward = auth.own_path(request.args.get("next", ""))
    return redirect(onward, 303) if auth.signed_in() else _page(onward)


@blueprint.post("/sign-in")
def sign_in() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    auth.check_origin()
    name, password = request.form.get("name", ""), request.form.get("password", "")
    onward = auth.own_path(request.form.get("next", ""))
    try:
        _count_try(name)
    except TooMany as error:
        told = "Too many tries. Wait some minutes, or ask for a sign-in link."
        return _page(onward, told, name), 429, {"Retry-After": str(error.retry_after)}
    person = _person(name)
    if not passwords.matches(person.password, password):
        return _page(onward, "That name and password do not belong together.", name), 403
    response = redirect(onward, 303)
    auth.sign_in(response, person)
    return response


def _page(onward: str, told: str = "", name: str = "") -> str:
    return render_template("people/sign_in.html", onward=onward, told=told, name=name)


def _count_try(name: str) -> None:
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
    signed = auth.signed_in()
    if signed:
        auth.check_csrf(signed)
    response = redirect(url_for("sign_in.form"), 303)
    auth.sign_out(response)
    return response


@blueprint.get("/link/<token>")
def link(token: str) -> str | tuple[str, int]:
    """Changes nothing: mail and chat programs follow links on their own."""
    try:
        return render_template("people/link.html", name=deps().storage.people.peek_link(token_digest(token)))
    except NotFound:
        return render_template("people/lost_link.html"), 404


@blueprint.post("/link/<token>")
def take_link(token: str) -> Response | tuple[str, int]:
    auth.check_origin()
    try:
        person = deps().storage.people.get(deps().storage.people.take_link(token_digest(token)))
    except NotFound:
        return render_template("people/lost_link.html"), 404
    response = redirect(url_for("review.home"), 303)
    auth.sign_in(response, person)
    return response


@blueprint.get("/account")
def account() -> str:
    return render_template("people/account.html", signed=auth.current(), changed="changed" in request.args)


@blueprint.post("/account")
def choose_password() -> Response | tuple[str, int]:
    """Ends every other session of this person and renews their own."""
    signed = auth.current()
    auth.check_csrf(signed)
    try:
        person = _with_new_password(signed.person)
    except Invalid as error:
        return render_template("people/account.html", signed=signed, problems=error.problems), 422
    deps().storage.people.put(person)
    response = redirect(url_for("sign_in.account", changed=""), 303)
    auth.sign_in(response, person)
    return response


def _with_new_password(person: Person) -> Person:
    """The current password is asked for where there is one. Raises Invalid, TooMany."""
    if person.password:
        _count_try(person.name)
        if not passwords.matches(person.password, request.form.get("current", "")):
            raise Invalid([Problem("current", "wrong", "is not your current password")])
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        raise Invalid([Problem("again", "different", "is not the same as above")])
    return replace(person, password=passwords.choose(password))
