"""`replygate rules`: list, add, remove, import and export the rules of a site, or those of all sites."""

from typing import TextIO

import click

from comments.audit import CONSOLE, AuditAction, AuditEntry
from comments.author_rules import PAST_TENSE, SHARED_RULES, AuthorRule, RuleEffect, RuleHits
from comments.errors import Invalid, NotFound, Problem
from comments.pseudonyms import Pseudonyms
from comments.rule_lists import (
    ListDefaults,
    RuleFields,
    check_limits,
    export_rules,
    parse_expiry,
    parse_row,
    parse_rules,
)
from comments.rule_values import RULE_KINDS, parse_effect
from replygate.deployment import current_deployment
from replygate.text_table import columns

from .site_commands import site_named


@click.group()
def rules() -> None:
    """Trust, hold, mute and ban authors, networks, links and texts.

    SITE is the id of a site, or "all" for rules that all sites share.
    """


def _owner(site: str) -> str:
    """Raises NotFound."""
    if site == "all" and not any(found.id == site for found in current_deployment().storage.sites.all()):
        return SHARED_RULES
    return site_named(site).id


@rules.command("list")
@click.argument("site")
@click.option("--search", default="", help="Only rules with this text in their value, reason or moderator.")
def show_rules(site: str, search: str) -> None:
    """List the rules of SITE, the latest first, with their hits."""
    store, owner = current_deployment().storage.author_rules, _owner(site)
    hits, wanted = store.hits(owner), search.casefold()
    rows = [
        (
            rule.name,
            PAST_TENSE[rule.effect],
            _state(rule),
            hits.get(rule.name, RuleHits()).n,
            rule.by,
            rule.note,
        )
        for rule in store.all(owner)
        if any(wanted in text.casefold() for text in (rule.value, rule.note, rule.by))
    ]
    click.echo(columns(("NAME", "EFFECT", "UNTIL", "HITS", "BY", "REASON"), rows))


def _state(rule: AuthorRule) -> str:
    if not rule.enabled:
        return "off"
    return "" if rule.is_forever else f"{rule.until:%Y-%m-%d %H:%M}"


@rules.command("add")
@click.argument("site")
@click.argument("kind", type=click.Choice(list(RULE_KINDS)))
@click.argument("value")
@click.option("--effect", default="ban", show_default=True, help="trust, hold, mute or ban.")
@click.option("--expiry", default="", help="A date, a time, or a number of days such as 30d.")
@click.option("--reason", default="", help="For other moderators.")
@click.option("--field", "fields", multiple=True, help="Field for a term or an expression; may be repeated.")
@click.option("--inside", is_flag=True, help="Find a term inside longer words too.")
def set_rule(
    site: str, kind: str, value: str, effect: str, expiry: str, reason: str, fields: tuple[str, ...], inside: bool
) -> None:
    """Add the rule about VALUE to SITE, in place of one about the same value.

    For example: replygate rules add blog domain spam.example --expiry 30d
    """
    row = RuleFields(kind, value, effect, expiry, reason, fields, inside)
    owner = _owner(site)
    try:
        rule = parse_row(row, _defaults(owner), _pseudonyms())
    except ValueError as error:
        raise Invalid([Problem(value, "malformed", str(error))]) from error
    _save(owner, [rule])
    click.echo(f"Saved {rule.name}: {PAST_TENSE[rule.effect]}.")


@rules.command("remove")
@click.argument("site")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
def delete_named(site: str, names: tuple[str, ...]) -> None:
    """Delete rules of SITE by their names, which `rules list` shows."""
    owner = _owner(site)
    entry = _entry(AuditAction.RULE_DELETE, owner, names[0] if len(names) == 1 else f"{len(names)} rules")
    n = current_deployment().storage.author_rules.delete_many(owner, names, entry)
    if not n:
        raise NotFound(f"{site} has no rule with this name; `replygate rules list {site}` shows the names")
    click.echo(f"Deleted {_count(n)}.")


@rules.command("import")
@click.argument("site")
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@click.option("--kind", type=click.Choice(list(RULE_KINDS)), help="Of lines that name none; else it is recognized.")
@click.option("--effect", default="ban", show_default=True, help="Of lines that name none.")
@click.option("--expiry", default="", help="Of lines that name none.")
@click.option("--reason", default="", help="Of lines that name none.")
@click.option("--inside", is_flag=True, help="Find terms inside longer words too, as WordPress does.")
@click.option("--skip-problems", is_flag=True, help="Import the other lines even if some are wrong.")
@click.option("--dry-run", is_flag=True, help="Only check the list.")
def import_list(
    site: str,
    file: TextIO,
    kind: str | None,
    effect: str,
    expiry: str,
    reason: str,
    inside: bool,
    skip_problems: bool,
    dry_run: bool,
) -> None:
    """Import FILE ("-" is stdin): one value per line, CSV of kind,value,effect,expiry,reason, or a hosts file."""
    owner = _owner(site)
    try:
        defaults = _defaults(owner, kind or "", effect, expiry, reason, inside)
    except ValueError as error:
        raise Invalid([Problem("The list", "malformed", str(error))]) from error
    parsed = parse_rules(file.read(), defaults, _pseudonyms())
    if parsed.problems and not skip_problems:
        raise Invalid([Problem(f"line {p.line}: {p.text}", "malformed", p.message) for p in parsed.problems])
    for problem in parsed.problems:
        click.echo(f"Left out {problem}", err=True)
    if not dry_run and parsed.rules:
        _save(owner, list(parsed.rules))
    done = "Would import" if dry_run else "Imported"
    click.echo(f"{done} {_count(len(parsed.rules))}; {parsed.duplicates} were repeated.")


@rules.command("export")
@click.argument("site")
def export_list(site: str) -> None:
    """Write the rules of SITE as CSV, in the form that `rules import` reads."""
    store, owner = current_deployment().storage.author_rules, _owner(site)
    click.echo(export_rules(store.all(owner), store.hits(owner)), nl=False)


def _pseudonyms() -> Pseudonyms:
    return Pseudonyms(current_deployment().settings.secret_key)


def _defaults(
    owner: str, kind: str = "", effect: str = "ban", expiry: str = "", reason: str = "", inside: bool = False
) -> ListDefaults:
    """Raises ValueError."""
    now = current_deployment().now()
    chosen: RuleEffect = parse_effect(effect)
    return ListDefaults(CONSOLE, now, owner, kind, chosen, parse_expiry(expiry, now), reason, inside)


def _save(owner: str, added: list[AuthorRule]) -> None:
    store = current_deployment().storage.author_rules
    try:
        check_limits(store.all(owner), added)
    except ValueError as error:
        raise Invalid([Problem("The list", "too-many", str(error))]) from error
    subject = added[0].name if len(added) == 1 else f"{len(added)} rules"
    store.put_many(owner, added, _entry(AuditAction.RULE_SET, owner, subject))


def _entry(action: AuditAction, owner: str, subject: str) -> AuditEntry:
    return AuditEntry(CONSOLE, action, subject, site="" if owner == SHARED_RULES else owner)


def _count(n: int) -> str:
    return f"{n} rule" if n == 1 else f"{n} rules"
