"""API for a site's server: list, add and delete rules of the site."""

from datetime import datetime

from flask import Blueprint, Response, request
from pydantic import Field

from comments.audit import BY_SITE_KEY, AuditAction, AuditEntry
from comments.author_rules import FOREVER, SHARED_RULES, AuthorRule, RuleHits
from comments.errors import Invalid, Problem
from comments.rule_lists import ListDefaults, RuleFields, check_limits, parse_row
from comments.rule_values import KIND_OF_TARGET
from service.deps import deps
from service.web import site_access, site_cache
from service.web.client_network import client_network
from service.web.operations import json_response, operation, parsed_body
from service.web.schemas import Wire

blueprint = Blueprint("rules_api", __name__, url_prefix="/v1/sites/<site>")

#: Rules in one request.
MAX_BODY_RULES = 500


class RuleBody(Wire):
    """One rule as it is written."""

    kind: str = Field(
        description="`email`, `email-domain`, `user`, `author`, `network`, `range`, `domain`, `term` or `expression`.",
        examples=["domain"],
    )
    value: str = Field(max_length=200, examples=["spam.example"])
    effect: str = Field(default="ban", description="`trust`, `hold`, `mute` or `ban`.", examples=["ban"])
    expiry: str = Field(
        default="", description="Empty for none; a date, a time, or a number of days such as `30d`.", examples=["30d"]
    )
    reason: str = Field(default="", max_length=200, examples=["Casino adverts"])
    fields: list[str] = Field(
        default=[], description="Fields for a term or an expression; empty for all.", examples=[[]]
    )
    inside: bool = Field(default=False, description="Find a term inside longer words too.")
    enabled: bool = True


class RulesBody(Wire):
    """Rules to add, in place of those with the same values."""

    rules: list[RuleBody] = Field(min_length=1, max_length=MAX_BODY_RULES)


class StoredRule(Wire):
    """A rule of the site, or of all sites of the server."""

    name: str = Field(description="Names the rule in requests to delete it.", examples=["domain:spam.example"])
    kind: str = Field(examples=["domain"])
    value: str = Field(description="In its normal form. An email address is a pseudonym.", examples=["spam.example"])
    effect: str = Field(examples=["ban"])
    expires: datetime | None = Field(description="Null for a rule without an end.", examples=[None])
    reason: str = Field(examples=["Casino adverts"])
    fields: list[str] = Field(examples=[["author", "email", "url", "content"]])
    inside: bool
    enabled: bool
    shared: bool = Field(description="True for a rule of all sites, which only the operator can change.")
    by: str = Field(description="Who added it.", examples=["mo"])
    added: datetime
    hits: int = Field(description="Comments to which it applied.", examples=[12])
    last_hit: datetime | None = Field(examples=[None])


class StoredRules(Wire):
    """Rules, the latest first."""

    rules: list[StoredRule]


class RuleNames(Wire):
    """Names of rules to delete."""

    names: list[str] = Field(min_length=1, max_length=MAX_BODY_RULES, examples=[["domain:spam.example"]])


class DeletedRules(Wire):
    """Number of rules that existed."""

    deleted: int = Field(examples=[1])


@blueprint.get("/rules")
@operation(
    summary="List rules",
    description="The rules of the site, and those of all sites of the server. For the site's own server.",
    answers={200: StoredRules},
    auth="site-key",
    tags=("rules",),
)
def list_site_rules(site: str) -> Response:
    found = site_cache.get_site(site)
    site_access.require_key(found, request)
    rows = []
    for owner in (found.id, SHARED_RULES):
        hits = deps().storage.author_rules.hits(owner)
        rows += [
            _stored(rule.for_site_owners(), hits.get(rule.name, RuleHits()), owner == SHARED_RULES)
            for rule in deps().storage.author_rules.all(owner)
        ]
    return json_response(StoredRules(rules=rows))


def _stored(rule: AuthorRule, hits: RuleHits, shared: bool) -> StoredRule:
    return StoredRule(
        name=rule.name,
        kind=KIND_OF_TARGET[rule.target],
        value=rule.value,
        effect=rule.effect.value,
        expires=None if rule.is_forever else rule.until,
        reason=rule.note,
        fields=list(rule.fields),
        inside=rule.inside,
        enabled=rule.enabled,
        shared=shared,
        by=rule.by,
        added=rule.at,
        hits=hits.n,
        last_hit=hits.last,
    )


@blueprint.post("/rules")
@operation(
    summary="Add rules",
    description="Nothing is stored if one of them is wrong: the answer lists every problem. For the site's own server.",
    body=RulesBody,
    parse=False,
    answers={200: StoredRules},
    auth="site-key",
    tags=("rules",),
)
def add_site_rules(site: str) -> Response:
    found, storage = site_cache.get_site(site), deps().storage
    site_access.require_key(found, request)
    body, defaults = parsed_body(RulesBody), ListDefaults(BY_SITE_KEY, deps().now(), site, until=FOREVER)
    rules, problems = [], []
    for n, given in enumerate(body.rules):
        row = RuleFields(
            given.kind,
            given.value,
            given.effect,
            given.expiry,
            given.reason,
            tuple(given.fields),
            given.inside,
            given.enabled,
        )
        try:
            rules.append(parse_row(row, defaults, deps().pseudonyms))
        except ValueError as error:
            problems.append(Problem(f"rules.{n}", "malformed", str(error)))
    if problems:
        raise Invalid(problems)
    try:
        check_limits(storage.author_rules.all(site), rules)
    except ValueError as error:
        raise Invalid([Problem("rules", "too-many", str(error))]) from error
    subject = rules[0].name if len(rules) == 1 else f"{len(rules)} rules"
    entry = AuditEntry(BY_SITE_KEY, AuditAction.RULE_SET, subject, site=site, origin=client_network(deps()))
    storage.author_rules.put_many(site, rules, entry)
    return json_response(StoredRules(rules=[_stored(rule, RuleHits(), False) for rule in rules]))


@blueprint.post("/rules/delete")
@operation(
    summary="Delete rules",
    description="Names without a rule are left out. For the site's own server.",
    body=RuleNames,
    parse=False,
    answers={200: DeletedRules},
    auth="site-key",
    tags=("rules",),
)
def delete_site_rules(site: str) -> Response:
    found = site_cache.get_site(site)
    site_access.require_key(found, request)
    names = parsed_body(RuleNames).names
    entry = AuditEntry(
        BY_SITE_KEY,
        AuditAction.RULE_DELETE,
        names[0] if len(names) == 1 else f"{len(names)} rules",
        site=site,
        origin=client_network(deps()),
    )
    return json_response(DeletedRules(deleted=deps().storage.author_rules.delete_many(site, names, entry)))
