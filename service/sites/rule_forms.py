"""The form of one rule."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from comments.author_rules import FOREVER, AuthorRule, RuleEffect, RuleTarget
from comments.errors import Invalid, Problem
from comments.rule_lists import MAX_RULE_NOTE
from comments.rule_values import (
    MAX_RULE_TEXT,
    RULE_KINDS,
    check_combination,
    check_hidden_emails,
    parse_effect,
    parse_value,
    with_value,
)
from comments.visitor_fields import VISITOR_FIELDS
from service.deps import deps

from .rule_scopes import RuleScope

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_RULE_TEXT)]


class RuleForm(BaseModel):
    """The form. An email address is replaced with its pseudonym at once and not stored."""

    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    kind: str = "term"
    value: Text = ""
    effect: str = "ban"
    days: Literal["", "1", "7", "30", "365"] = ""
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_RULE_NOTE)] = ""
    fields: tuple[str, ...] = VISITOR_FIELDS
    inside: bool = False
    step: Literal["save", "preview"] = "save"


def rule_from_form(scope: RuleScope, form: RuleForm) -> AuthorRule:
    """Return the rule that the form describes. Raises Invalid with every problem."""
    now, problems = deps().now(), []
    until = now + timedelta(days=int(form.days)) if form.days else FOREVER
    rule = AuthorRule(RuleTarget.TERM, form.value, RuleEffect.BAN, scope.signed.person.name, now, until, form.note)
    if unknown := [name for name in form.fields if name not in VISITOR_FIELDS]:
        problems.append(Problem("fields", "unknown", f"has no {', '.join(unknown)}"))
    rule = replace(rule, fields=form.fields, inside=form.inside)
    try:
        rule = replace(rule, effect=parse_effect(form.effect))
    except ValueError as error:
        problems.append(Problem("effect", "unknown", str(error)))
    if form.kind not in RULE_KINDS:
        problems.append(Problem("kind", "unknown", f"is none of {', '.join(RULE_KINDS)}"))
    else:
        try:
            rule = with_value(rule, parse_value(form.kind, form.value, scope.owner, deps().pseudonyms))
            rule = check_combination(rule)
            rule = rule if scope.sees_emails else check_hidden_emails(form.kind, rule)
        except ValueError as error:
            problems.append(Problem("value", "malformed", str(error)))
    if problems:
        raise Invalid(problems)
    return rule
