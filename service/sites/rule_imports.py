"""Pages to import many rules at a time, with a preview that lists every mistake, and to export them."""

from typing import Annotated, Literal

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, StringConstraints

from comments.author_rules import EFFECT_LABELS, FOREVER
from comments.errors import Invalid, Problem
from comments.rule_lists import MAX_RULE_NOTE, ListDefaults, ParsedRules, export_rules, parse_expiry, parse_rules
from comments.rule_values import RULE_KINDS, parse_effect
from comments.thread_plans import mapping_text
from service.accounts import sessions
from service.deps import deps
from service.web.operations import validated

from .rule_scopes import RuleScope, rule_route, scope_to_change, scope_to_read

blueprint = Blueprint("rule_imports", __name__)

#: Rules and problems of a list that are shown.
SHOWN_RULES, SHOWN_PROBLEMS = 50, 200


class ImportForm(BaseModel):
    """A list of rules, and the values of lines that have none of their own."""

    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    text: str = ""
    kind: Literal["", "email", "email-domain", "user", "range", "domain", "term", "expression"] = ""
    effect: str = "ban"
    expiry: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_RULE_NOTE)] = ""
    inside: bool = False
    step: Literal["preview", "import"] = "preview"


@rule_route(blueprint, "/import", "GET")
def import_page(site: str) -> str:
    scope = scope_to_read(site)
    if scope.site:
        sessions.require_role(site, "moderator")
    return _page(scope, ImportForm())


def _page(
    scope: RuleScope, form: ImportForm, problems: tuple[Problem, ...] = (), parsed: ParsedRules | None = None
) -> str:
    stored = {rule.name for rule in scope.rules()} if parsed else set()
    return render_template(
        "sites/rule_import.html",
        scope=scope,
        site=scope.site,
        signed=scope.signed,
        form=form,
        problems=problems,
        parsed=parsed,
        replaced=sum(rule.name in stored for rule in parsed.rules) if parsed else 0,
        kind_options=[(name, RULE_KINDS[name].label) for name in scope.kinds if name not in ("author", "network")],
        effect_options=[(effect.value, label) for effect, (label, _) in EFFECT_LABELS.items()],
        shown_rules=SHOWN_RULES,
        shown_problems=SHOWN_PROBLEMS,
    )


@rule_route(blueprint, "/import", "POST")
def import_rules(site: str) -> ResponseReturnValue:
    """Show what the list would add, with every mistake. Add its rules once the person confirmed that."""
    scope = scope_to_change(site)
    given = {name: value for name, value in request.form.items() if name != "file"}
    form = ImportForm.model_construct(**{**ImportForm().model_dump(), **given})  # shows what was entered
    try:
        form = validated(ImportForm, given, strict=False)
        if (file := request.files.get("file")) and file.filename:
            form = form.model_copy(update={"text": mapping_text(file.read()), "step": "preview"})
        parsed = parse_rules(form.text, _defaults(scope, form), deps().pseudonyms)
        if not parsed.rules and not parsed.problems:
            raise Invalid([Problem("text", "required", "has no rules. Paste a list or choose a file")])
        if form.step == "import" and parsed.rules:
            scope.save(parsed.rules)
            return redirect(scope.address(done="imported", n=str(len(parsed.rules))), 303)
    except Invalid as error:
        return _page(scope, form, error.problems), 422
    return _page(scope, form, parsed=parsed)


def _defaults(scope: RuleScope, form: ImportForm) -> ListDefaults:
    """Raises Invalid."""
    now, problems, until = deps().now(), [], FOREVER
    try:
        until = parse_expiry(form.expiry, now)
    except ValueError as error:
        problems.append(Problem("expiry", "malformed", str(error)))
    try:
        effect = parse_effect(form.effect)
    except ValueError as error:
        problems.append(Problem("effect", "unknown", str(error)))
    if problems:
        raise Invalid(problems)
    by = scope.signed.person.name
    return ListDefaults(by, now, scope.owner, form.kind, effect, until, form.note, form.inside, scope.sees_emails)


@rule_route(blueprint, "/export.csv", "GET")
def export_page(site: str) -> Response:
    """Download all rules as CSV, in the form that an import reads."""
    scope = scope_to_read(site)
    text = export_rules(scope.rules(), deps().storage.author_rules.hits(scope.owner))
    name = "shared-rules" if scope.site is None else f"rules-{scope.owner}"
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(text, content_type="text/csv; charset=utf-8", headers=headers)
