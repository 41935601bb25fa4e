"""Owners of rules, a site or the whole deployment: who may see and change them, and how they are saved."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Blueprint, url_for

from comments.audit import AuditAction, AuditEntry
from comments.author_rules import PAST_TENSE, SHARED_RULES, AuthorRule
from comments.errors import Invalid, Problem
from comments.rule_lists import check_limits
from comments.rule_values import EMAIL_KINDS, FIELDS_WITHOUT_EMAIL, RULE_KINDS
from comments.site import Site
from comments.visitor_fields import VISITOR_FIELDS
from service.accounts import sessions
from service.accounts.audit_trail import entry
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web import site_cache

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class RuleScope:
    """The rules of one site, or those of the deployment, as a signed-in person sees them."""

    owner: str  # id of the site, or SHARED_RULES
    site: Site | None  # None for the deployment
    signed: SignedIn

    @property
    def may_change(self) -> bool:
        return self.site is None or sessions.has_role(self.signed.person, self.owner, "moderator")

    @property
    def sees_emails(self) -> bool:
        return self.site is None or sessions.may_see_emails(self.signed.person, self.site)

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields in which this person can look for a text."""
        return VISITOR_FIELDS if self.sees_emails else FIELDS_WITHOUT_EMAIL

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of values that this person can enter."""
        return tuple(name for name in RULE_KINDS if self.sees_emails or name not in EMAIL_KINDS)

    def address(self, view: str = "rules_page", **values: str) -> str:
        """The address of a page about these rules."""
        blueprint = "rule_imports" if view in ("import_page", "export_page") else "author_rules"
        return url_for(f"{blueprint}.{view}", site=self.owner, **values)  # type: ignore[arg-type]

    def rules(self) -> list[AuthorRule]:
        return deps().storage.author_rules.all(self.owner)

    def audit_entry(self, action: AuditAction, subject: str, before: str = "", after: str = "") -> AuditEntry:
        return entry(self.signed, action, subject, before, after, site="" if self.site is None else self.owner)

    def save(self, rules: Sequence[AuthorRule]) -> None:
        """Store rules in place of those with the same names. Raises Invalid if there would be too many."""
        try:
            check_limits(self.rules(), rules)
        except ValueError as error:
            raise Invalid([Problem("value", "too-many", str(error))]) from error
        subject = rules[0].name if len(rules) == 1 else f"{len(rules)} rules"
        after = summary(rules[0]) if len(rules) == 1 else ""
        deps().storage.author_rules.put_many(
            self.owner, rules, self.audit_entry(AuditAction.RULE_SET, subject, after=after)
        )

    def delete(self, names: Sequence[str]) -> int:
        """Delete the rules with these names and return their number."""
        found = deps().storage.author_rules.get(self.owner, list(names))
        subject = found[0].name if len(found) == 1 else f"{len(found)} rules"
        before = summary(found[0]) if len(found) == 1 else ""
        audit_entry = self.audit_entry(AuditAction.RULE_DELETE, subject, before=before)
        return deps().storage.author_rules.delete_many(self.owner, [rule.name for rule in found], audit_entry)


def summary(rule: AuthorRule) -> str:
    """Return a rule's effect for the audit."""
    until = "" if rule.is_forever else f" until {rule.until:%Y-%m-%d %H:%M}"
    return f"{PAST_TENSE[rule.effect]}{until}{'' if rule.enabled else ', off'}"


def scope_to_read(site: str) -> RuleScope:
    """Raises SignInNeeded, NotAllowed and NotFound."""
    if site == SHARED_RULES:
        return RuleScope(site, None, sessions.require_operator())
    signed = sessions.require_role(site, "viewer")
    return RuleScope(site, site_cache.get_site(site), signed)


def scope_to_change(site: str) -> RuleScope:
    """Raises SignInNeeded, NotAllowed also for a forged request, and NotFound."""
    if site == SHARED_RULES:
        signed = sessions.require_operator()
        sessions.check_csrf(signed)
        return RuleScope(site, None, signed)
    signed = sessions.require_change(site)  # first, because strangers must not learn which sites exist
    return RuleScope(site, site_cache.get_site(site), signed)


def rule_route(blueprint: Blueprint, path: str, *methods: str) -> Callable[[View], View]:
    """Serve a page of rules for sites, and for the deployment, whose rules all sites share."""

    def register(view: View) -> View:
        blueprint.add_url_rule(f"/ops/rules{path}", view_func=view, methods=methods, defaults={"site": SHARED_RULES})
        blueprint.add_url_rule(f"/sites/<site>/rules{path}", view_func=view, methods=methods)
        return view

    return register
