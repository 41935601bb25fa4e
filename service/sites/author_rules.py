"""Whom and what a site trusts, mutes and bans: the list, and the forms that change it."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Literal

import idna
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, StringConstraints

from comments.audit import AuditAction
from comments.author_rules import FOREVER, RULE_DURATIONS, About, Stance, Standing
from comments.errors import Invalid, NotFound, Problem
from comments.site import Site
from comments.storage.interfaces import Storage
from service.accounts import sessions
from service.accounts.audit_trail import entry
from service.accounts.sessions import Signed
from service.deps import deps
from service.web import site_cache
from service.web.operations import validated

blueprint = Blueprint("standings", __name__, url_prefix="/sites/<site>/standings")

#: All terms are matched with every comment, so that there may be so many and no more.
MAX_TERMS = 500
MAX_VALUE = 200
#: A keyed name as pages show it; an author's may go on with "@" and a network's.
KEYED = re.compile(r"[A-Za-z0-9_-]{1,40}(@[A-Za-z0-9_-]{1,40})?")
DOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+")
SCHEME = re.compile(r"[a-z]+:/*", re.IGNORECASE)

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_VALUE)]


class Asked(BaseModel):
    """The form. An e-mail is turned into its keyed name at once, and kept nowhere."""

    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    about: Literal["email", "author", "origin", "domain", "term"]
    value: Text
    stance: Stance
    days: Literal["", "1", "7", "30", "365"] = ""
    note: Text = ""


@blueprint.get("")
def page(site: str) -> str:
    signed = sessions.require(site, "viewer")
    return _page(site_cache.get_site(site), signed, done=request.args.get("done", ""))


def _page(site: Site, signed: Signed, **shown: object) -> str:
    return render_template(
        "sites/author_rules.html",
        site=site,
        signed=signed,
        now=deps().now(),
        standings=deps().storage.author_rules.all(site.id),
        ends=RULE_DURATIONS,
        forever=FOREVER,
        may_change=sessions.ranks(signed.person, site.id, "moderator"),
        **shown,
    )


@blueprint.post("")
def take(site: str) -> ResponseReturnValue:
    signed = sessions.require_change(site)
    try:
        asked = validated(Asked, request.form.to_dict(), strict=False)
        standing = _standing(asked, signed, deps().now())
        _check_room(deps().storage, site, standing)
    except Invalid as error:
        return _page(site_cache.get_site(site), signed, problems=error.problems, given=request.form), 422
    noted = entry(signed, AuditAction.STANDING_SET, standing.name, after=_told(standing), site=site)
    deps().storage.author_rules.put(site, standing, noted)
    return _back(site, "taken")


def _told(standing: Standing) -> str:
    until = "" if standing.until == FOREVER else f" until {standing.until:%Y-%m-%d %H:%M}"
    return f"{standing.stance}{until}"


def _back(site: str, done: str) -> ResponseReturnValue:
    """To the author or network one came from, else to the list."""
    onward = request.args.get("back", "")
    plain = sessions.own_path(onward).startswith(f"/sites/{site}/")
    return redirect(onward if plain else url_for("standings.page", site=site, done=done), 303)


def _standing(asked: Asked, signed: Signed, now: datetime) -> Standing:
    """Raises Invalid."""
    about = About.AUTHOR if asked.about == "email" else About(asked.about)
    value = _value(asked)
    if not value:
        raise Invalid([Problem("value", "malformed", f"is not {WANTED[asked.about]}")])
    until = now + timedelta(days=int(asked.days)) if asked.days else FOREVER
    return Standing(about, value, asked.stance, signed.person.name, now, until, asked.note)


WANTED = {
    "email": "an e-mail address",
    "author": "the keyed name of an author",
    "origin": "the keyed name of a network",
    "domain": "a domain, such as spam.example",
    "term": "a word or phrase",
}


def _value(asked: Asked) -> str:
    """As comments are looked up by it; "" where it is none."""
    text = asked.value
    if asked.about == "email":
        return deps().pseudonyms.author(text) if "@" in text.strip("@") else ""
    if asked.about == "domain":
        return _domain(text)
    if asked.about == "term":
        return text if text.isprintable() else ""
    return text if KEYED.fullmatch(text) else ""


def _domain(text: str) -> str:
    """Of a domain or an address, in its ASCII form."""
    host = re.split(r"[/?#:]", SCHEME.sub("", text, count=1), maxsplit=1)[0].rpartition("@")[2].strip(".").lower()
    try:
        plain = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return ""
    return plain if DOMAIN.fullmatch(plain) else ""


def _check_room(storage: Storage, site: str, standing: Standing) -> None:
    """Raises Invalid."""
    if standing.about is not About.TERM:
        return
    others = [s for s in storage.author_rules.all(site) if s.about is About.TERM and s.value != standing.value]
    if len(others) >= MAX_TERMS:
        raise Invalid([Problem("value", "too-many", f"would be one too many: {MAX_TERMS} terms are looked for")])


@blueprint.post("/lift")
def lift(site: str) -> ResponseReturnValue:
    """Raises NotFound for one that is not there, or no longer."""
    signed = sessions.require_change(site)
    name = request.form.get("name", "")
    was = deps().storage.author_rules.get(site, [name])
    noted = entry(signed, AuditAction.STANDING_LIFT, name, before=_told(was[0]) if was else "", site=site)
    if not was or not deps().storage.author_rules.delete(site, name, noted):
        raise NotFound("there is no such standing")
    return _back(site, "lifted")
