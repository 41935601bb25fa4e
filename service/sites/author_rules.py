"""Pages of rules, of a site or of the whole deployment: search, add with a preview, switch off and delete."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from comments.author_rules import (
    EFFECT_LABELS,
    RULE_DURATIONS,
    SHARED_RULES,
    TARGET_LABELS,
    AuthorRule,
    RuleHits,
)
from comments.errors import Invalid, NotFound, Problem
from comments.rule_preview import COMPARED, recent_comments, would_match
from comments.rule_values import (
    MAX_RULE_TEXT,
    RULE_KINDS,
)
from comments.visitor_fields import FIELDS_BY_NAME
from service.accounts import sessions
from service.deps import deps
from service.web.operations import parsed_query, validated

from .rule_forms import RuleForm, rule_from_form
from .rule_scopes import RuleScope, rule_route, scope_to_change, scope_to_read

blueprint = Blueprint("author_rules", __name__)

RULES_PER_PAGE = 50
#: Bytes of a form: each of fifty rules has a name of at most 215 characters, of up to twelve bytes each.
MAX_RULES_FORM = 256 * 1024
STATES = {"active": "Active", "expired": "Expired", "off": "Switched off", "unused": "Never matched"}


class RuleQuery(BaseModel):
    """Conditions on the rules of the list; "" matches any."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field("", max_length=MAX_RULE_TEXT)
    target: Literal["", "author", "email-domain", "origin", "range", "domain", "term", "expression"] = ""
    effect: Literal["", "trust", "hold", "shadow", "ban"] = ""
    state: Literal["", "active", "expired", "off", "unused"] = ""
    page: int = Field(1, ge=1, le=10_000)
    done: str = Field("", max_length=20)
    n: int = Field(0, ge=0)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in the list with its hits."""

    rule: AuthorRule
    hits: RuleHits

    def is_wanted(self, query: RuleQuery, now: datetime) -> bool:
        rule, wanted = self.rule, query.q.strip().casefold()
        states = {
            "active": rule.is_active(now),
            "expired": now >= rule.until,
            "off": not rule.enabled,
            "unused": not self.hits.n,
        }
        return (
            (not query.state or states[query.state])
            and query.target in ("", rule.target)
            and query.effect in ("", rule.effect)
            and any(wanted in text.casefold() for text in (rule.value, rule.note, rule.by))
        )


@rule_route(blueprint, "", "GET")
def rules_page(site: str) -> str:
    scope, query = scope_to_read(site), parsed_query(RuleQuery)
    now, hits = deps().now(), deps().storage.author_rules.hits(scope.owner)
    rows = [RuleRow(rule, hits.get(rule.name, RuleHits())) for rule in scope.rules()]
    found = [row for row in rows if row.is_wanted(query, now)]
    first = (query.page - 1) * RULES_PER_PAGE
    return render_template(
        "sites/author_rules.html",
        **_context(scope),
        query=query,
        rows=found[first : first + RULES_PER_PAGE],
        n_found=len(found),
        n_rules=len(rows),
        n_shared=deps().storage.author_rules.count(SHARED_RULES) if scope.site else 0,
        pages=max(1, -(-len(found) // RULES_PER_PAGE)),
        states=STATES,
        targets=TARGET_LABELS,
    )


def _context(scope: RuleScope) -> Mapping[str, object]:
    return {
        "scope": scope, "site": scope.site, "signed": scope.signed, "now": deps().now(),
        "effect_options": [(effect.value, label) for effect, (label, _) in EFFECT_LABELS.items()],
    }  # fmt: skip


@rule_route(blueprint, "/new", "GET")
def new_rule_page(site: str) -> str:
    """Show the form, filled in by the link. A value that can be used has a preview at once."""
    scope = scope_to_read(site)
    if scope.site:
        sessions.require_role(site, "moderator")
    given = {name: request.args[name] for name in ("kind", "value", "effect", "note", "days") if name in request.args}
    form = validated(RuleForm, {"fields": scope.fields, **given}, strict=False)
    try:
        return _form_page(scope, form, matches=_matches(scope, rule_from_form(scope, form)) if form.value else None)
    except Invalid as error:
        return _form_page(scope, form, error.problems)


def _form_page(
    scope: RuleScope, form: RuleForm, problems: Sequence[Problem] = (), matches: Mapping[str, object] | None = None
) -> str:
    return render_template(
        "sites/rule_form.html",
        **_context(scope),
        form=form,
        problems=problems,
        matches=matches,
        kind_options=[(name, RULE_KINDS[name].label) for name in scope.kinds],
        durations=RULE_DURATIONS,
        fields={name: FIELDS_BY_NAME[name] for name in scope.fields},
        back=request.args.get("back", ""),
    )


@rule_route(blueprint, "", "POST")
def add_rule(site: str) -> ResponseReturnValue:
    """Add a rule, or replace the one with the same value; or show what it would have matched."""
    scope = scope_to_change(site)
    given: dict[str, Any] = {"fields": scope.fields, **request.form}
    if "fields" in request.form:
        given["fields"] = request.form.getlist("fields")
    form = RuleForm.model_construct(**{**RuleForm().model_dump(), **given})  # shows what was entered, also if invalid
    try:
        form = validated(RuleForm, given, strict=False)
        rule = rule_from_form(scope, form)
        if form.step == "preview":
            return _form_page(scope, form, matches=_matches(scope, rule))
        scope.save([rule])
    except Invalid as error:
        return _form_page(scope, form, error.problems), 422
    return _back(scope, "added", 1)


def _back(scope: RuleScope, done: str, n: int) -> ResponseReturnValue:
    """Redirect to the page about an author or comment, or the queue, that the request came from, or to the list."""
    back = request.args.get("back", "")
    path = re.split("[?#]", sessions.safe_path(back))[0].removeprefix(request.root_path)
    is_of_site = scope.site is not None and (
        path in (f"/review/{scope.owner}", "/review/all")
        or path.startswith((f"/sites/{scope.owner}/", f"/review/{scope.owner}/"))
    )
    return redirect(back if is_of_site else scope.address(done=done, n=str(n)), 303)


def _matches(scope: RuleScope, rule: AuthorRule) -> Mapping[str, object]:
    """Return the latest comments that the rule would have matched; of no site for the deployment."""
    if scope.site is None:
        return {"rule": rule, "compared": 0, "found": []}
    recent = recent_comments(deps().storage, scope.owner)
    return {
        "rule": rule, "compared": len(recent), "limit": COMPARED,
        "found": [comment for comment in recent if would_match(rule, comment)],
    }  # fmt: skip


@rule_route(blueprint, "/delete", "POST")
def delete_rule(site: str) -> ResponseReturnValue:
    """Delete the chosen rules. Raises NotFound if there are none, or if they are deleted already."""
    request.max_content_length = request.max_form_memory_size = MAX_RULES_FORM
    scope = scope_to_change(site)
    n = scope.delete(request.form.getlist("name"))
    if not n:
        raise NotFound("there is no such rule")
    return _back(scope, "deleted", n)


@rule_route(blueprint, "/switch", "POST")
def switch_rule(site: str) -> ResponseReturnValue:
    """Switch the chosen rules on or off. Raises NotFound if there are none."""
    request.max_content_length = request.max_form_memory_size = MAX_RULES_FORM
    scope = scope_to_change(site)
    found = deps().storage.author_rules.get(scope.owner, request.form.getlist("name"))
    if not found:
        raise NotFound("there is no such rule")
    enabled = request.form.get("to") == "on"
    scope.save([replace(rule, enabled=enabled) for rule in found])
    return _back(scope, "on" if enabled else "off", len(found))
