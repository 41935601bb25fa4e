"""Trust, mute and ban rules of a site: the list and the forms that change it."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Literal

import idna
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, StringConstraints

from comments.audit import AuditAction
from comments.author_rules import FOREVER, RULE_DURATIONS, AuthorRule, RuleEffect, RuleTarget
from comments.errors import Invalid, NotFound, Problem
from comments.hosts import is_public_suffix, is_registry_suffix
from comments.site import Site
from comments.storage.interfaces import Storage
from service.accounts import sessions
from service.accounts.audit_trail import entry
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web import site_cache
from service.web.operations import validated

blueprint = Blueprint("author_rules", __name__, url_prefix="/sites/<site>/rules")

#: Every comment is matched with all terms, so their number is limited.
MAX_TERMS = 500
MAX_TEXT = 200
#: A pseudonym as pages show it; that of an author may end in "@" and the name of a network.
KEYED_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}(@[A-Za-z0-9_-]{1,40})?")
DOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+")
SCHEME = re.compile(r"[a-z]+:/*", re.IGNORECASE)

EXPECTED_VALUES = {
    "email": "an email address",
    "author": "the pseudonym of an author",
    "origin": "the pseudonym of a network",
    "domain": "a domain, such as spam.example",
    "term": "a word or phrase",
}

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_TEXT)]


class RuleForm(BaseModel):
    """The form. An email address is replaced with its pseudonym at once and not stored."""

    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    target: Literal["email", "author", "origin", "domain", "term"]
    value: Text
    effect: RuleEffect
    days: Literal["", "1", "7", "30", "365"] = ""
    note: Text = ""


@blueprint.get("")
def rules_page(site: str) -> str:
    signed = sessions.require_role(site, "viewer")
    return _page(site_cache.get_site(site), signed, done=request.args.get("done", ""))


def _page(site: Site, signed: SignedIn, **context: object) -> str:
    return render_template(
        "sites/author_rules.html",
        site=site,
        signed=signed,
        now=deps().now(),
        rules=deps().storage.author_rules.all(site.id),
        durations=RULE_DURATIONS,
        forever=FOREVER,
        may_change=sessions.has_role(signed.person, site.id, "moderator"),
        **context,
    )


@blueprint.post("")
def add_rule(site: str) -> ResponseReturnValue:
    """Add a rule, or replace the one with the same target and value."""
    signed = sessions.require_change(site)
    try:
        form = validated(RuleForm, request.form.to_dict(), strict=False)
        rule = _rule(form, signed, deps().now())
        _check_term_limit(deps().storage, site, rule)
    except Invalid as error:
        return _page(site_cache.get_site(site), signed, problems=error.problems, given=request.form), 422
    audit_entry = entry(signed, AuditAction.RULE_SET, rule.name, after=_summary(rule), site=site)
    deps().storage.author_rules.put(site, rule, audit_entry)
    return _back(site, "added")


def _summary(rule: AuthorRule) -> str:
    until = "" if rule.until == FOREVER else f" until {rule.until:%Y-%m-%d %H:%M}"
    return f"{rule.effect}{until}"


def _back(site: str, done: str) -> ResponseReturnValue:
    """Redirect to the author's or network's page that the request came from, or to the list."""
    back = request.args.get("back", "")
    is_of_site = sessions.safe_path(back).startswith(f"/sites/{site}/")
    return redirect(back if is_of_site else url_for("author_rules.rules_page", site=site, done=done), 303)


def _rule(form: RuleForm, signed: SignedIn, now: datetime) -> AuthorRule:
    """The rule that the form describes. Raises Invalid."""
    target = RuleTarget.AUTHOR if form.target == "email" else RuleTarget(form.target)
    value = _value(form)
    if not value:
        raise Invalid([Problem("value", "malformed", f"is not {EXPECTED_VALUES[form.target]}")])
    if form.target == "domain" and is_registry_suffix(value):
        message = f"cannot be used: {value} is a public suffix. Name one of the sites under it"
        raise Invalid([Problem("value", "public-suffix", message)])
    until = now + timedelta(days=int(form.days)) if form.days else FOREVER
    return AuthorRule(target, value, form.effect, signed.person.name, now, until, form.note)


def _value(form: RuleForm) -> str:
    """The value in the form in which comments are compared with it; "" if it is malformed."""
    text = form.value
    if form.target == "email":
        return deps().pseudonyms.author(text) if "@" in text.strip("@") else ""
    if form.target == "domain":
        return _domain(text)
    if form.target == "term":
        return text if text.isprintable() else ""
    return text if KEYED_NAME.fullmatch(text) else ""


def _domain(text: str) -> str:
    """The ASCII form of a domain or of the domain in a URL, without "www."; "" if there is none."""
    host = re.split(r"[/?#:]", SCHEME.sub("", text, count=1), maxsplit=1)[0].rpartition("@")[2].strip(".").lower()
    try:
        plain = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return ""
    named = plain.removeprefix("www.")
    # Without "www.", a suffix such as `github.io` would cover the sites of other people.
    plain = plain if is_public_suffix(named) else named
    return plain if DOMAIN.fullmatch(plain) else ""


def _check_term_limit(storage: Storage, site: str, rule: AuthorRule) -> None:
    """Raises Invalid."""
    if rule.target is not RuleTarget.TERM:
        return
    others = [r for r in storage.author_rules.all(site) if r.target is RuleTarget.TERM and r.value != rule.value]
    if len(others) >= MAX_TERMS:
        message = f"cannot be added: a site has at most {MAX_TERMS} rules about words"
        raise Invalid([Problem("value", "too-many", message)])


@blueprint.post("/delete")
def delete_rule(site: str) -> ResponseReturnValue:
    """Raises NotFound if there is no such rule, or if it is deleted already."""
    signed = sessions.require_change(site)
    name = request.form.get("name", "")
    rules = deps().storage.author_rules.get(site, [name])
    audit_entry = entry(signed, AuditAction.RULE_DELETE, name, before=_summary(rules[0]) if rules else "", site=site)
    if not rules or not deps().storage.author_rules.delete(site, name, audit_entry):
        raise NotFound("there is no such rule")
    return _back(site, "deleted")
