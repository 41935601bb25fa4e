"""`replygate moderator`: manage accounts, their roles and their sign-in links."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import click

from comments.audit import CONSOLE, AuditAction, AuditEntry
from comments.errors import NotFound, StaleVersion
from comments.person import Person
from comments.storage.interfaces import Storage
from replygate.deployment import Deployment, current_deployment
from replygate.text_table import columns
from service.accounts.invitations import checked_name, sign_in_link
from service.accounts.person_keys import new_person_key
from service.accounts.sessions import ROLES

from .site_commands import site_named


@click.group()
def moderator() -> None:
    """Manage the accounts of moderators."""


@moderator.command("add")
@click.argument("name")
@click.option("--site", "sites", multiple=True, metavar="ID", help="A site they moderate. Can be repeated.")
@click.option(
    "--role", type=click.Choice(ROLES), default="moderator", show_default=True, help="Their role on these sites."
)
@click.option("--operator", is_flag=True, help="Also allow the ops page.")
def add_moderator(name: str, sites: tuple[str, ...], role: str, operator: bool) -> None:
    """Add the account NAME, or add roles to it. Prints a sign-in link that works once, within 24 hours."""
    deployment = current_deployment()
    roles = {site_named(id).id: role for id in sites}
    entries = [AuditEntry(CONSOLE, AuditAction.PERSON_INVITE, name, after=role, site=id) for id in roles]
    entries += [AuditEntry(CONSOLE, AuditAction.PERSON_INVITE, name, after="operator")] if operator or not roles else []
    deployment.storage.people.put(person(deployment.storage, name, roles, operator), *entries)
    _print_link(deployment, name)


def _print_link(deployment: Deployment, name: str) -> None:
    """Print the sentence to standard error and the link to standard output, so that scripts can capture the link."""
    click.echo(f"Send this link to {name}. It signs them in once, within 24 hours:", err=True)
    click.echo(sign_in_link(deployment.storage, deployment.settings.public_url, name))


def person(storage: Storage, name: str, roles: Mapping[str, str], operator: bool) -> Person:
    """Return the account of that name with these roles added. Raises Invalid for a malformed name."""
    checked_name(name)
    try:
        existing = storage.people.get(name)
    except NotFound:
        existing = Person(name)
    return replace(existing, roles={**existing.roles, **roles}, operator=existing.operator or operator)


@moderator.command("link")
@click.argument("name")
@click.option("--without-code", is_flag=True, help="Also turn off two-factor authentication, for a lost authenticator.")
def print_new_link(name: str, without_code: bool) -> None:
    """Create a new sign-in link for NAME that works once, within 24 hours."""
    deployment = current_deployment()
    account = account_named(deployment.storage, name)
    if without_code:
        without = replace(account, totp_salt="", last_totp_step=0, recovery_digests=())
        deployment.storage.people.put(without, AuditEntry(CONSOLE, AuditAction.CODES_OFF, name))
    deployment.storage.audit.append(AuditEntry(CONSOLE, AuditAction.LINK_MAKE, name))
    _print_link(deployment, name)


@moderator.command("set")
@click.argument("name")
@click.option("--site", "sites", multiple=True, metavar="ID", help="A site where the role changes. Can be repeated.")
@click.option("--role", type=click.Choice(ROLES), help="The new role on these sites.")
@click.option("--operator/--no-operator", default=None, help="Allow or deny the ops page and the sign-in log.")
def set_moderator(name: str, sites: tuple[str, ...], role: str | None, operator: bool | None) -> None:
    """Change the roles of NAME. It takes effect at their next request."""
    deployment = current_deployment()
    if bool(sites) != bool(role) or not (sites or operator is not None):
        raise click.UsageError("use --site together with --role, or --operator, or --no-operator")
    before = account_named(deployment.storage, name)
    roles = {site_named(id).id: role or "" for id in sites}
    entries = [
        AuditEntry(CONSOLE, AuditAction.PERSON_ROLE, name, before.roles.get(id, ""), new, id)
        for id, new in roles.items()
    ]
    after = replace(before, roles={**before.roles, **roles})
    if operator is not None:
        after = replace(after, operator=operator)
        entries.append(
            AuditEntry(CONSOLE, AuditAction.PERSON_ROLE, name, _operator_role(before), _operator_role(after))
        )
    _save(deployment, before, after, entries)
    click.echo(f"Changed {name}.")


def _operator_role(person: Person) -> str:
    return "operator" if person.operator else ""


def _save(deployment: Deployment, before: Person, after: Person, entries: Sequence[AuditEntry]) -> None:
    if not deployment.storage.people.compare_and_set(before, after, *entries):
        raise StaleVersion(f"{before.name} was changed by someone else at the same time; nothing was saved, try again")


@moderator.command("key")
@click.argument("name")
@click.option("--revoke", metavar="KEY", help="Revoke the key with this id instead; `moderator list` lists the ids.")
def person_key(name: str, revoke: str | None) -> None:
    """Create an API key with which a program acts as NAME, with the roles of NAME. It is shown only once."""
    deployment = current_deployment()
    before = account_named(deployment.storage, name)
    if revoke is not None:
        left = tuple(key for key in before.api_keys if key.id != revoke)
        if len(left) == len(before.api_keys):
            raise NotFound(f"{name} has no key {revoke}; it has {_key_ids(before) or 'none'}")
        entry = AuditEntry(CONSOLE, AuditAction.PERSON_KEY_REVOKE, name, before=revoke)
        _save(deployment, before, replace(before, api_keys=left), [entry])
        click.echo(f"Revoked the key {revoke} of {name}.")
        return
    made, whole = new_person_key(name)
    entry = AuditEntry(CONSOLE, AuditAction.PERSON_KEY_MAKE, name, after=made.id)
    _save(deployment, before, replace(before, api_keys=(*before.api_keys, made)), [entry])
    click.echo(whole)
    click.echo("Store it where only the program can read it. It is not shown again.", err=True)


def _key_ids(person: Person) -> str:
    return ", ".join(key.id for key in person.api_keys)


@moderator.command("remove")
@click.argument("name")
@click.option("--site", "sites", multiple=True, metavar="ID", help="Remove them from this site only. Can be repeated.")
def remove_moderator(name: str, sites: tuple[str, ...]) -> None:
    """Remove the account NAME and end its sessions, or remove it from some sites. The audit log keeps its entries."""
    deployment = current_deployment()
    before = account_named(deployment.storage, name)
    if unknown := set(sites) - set(before.roles):
        raise NotFound(f"{name} has no role on {', '.join(sorted(unknown))}; current roles: {_roles(before)}")
    gone = sites or tuple(before.roles)
    entries = [AuditEntry(CONSOLE, AuditAction.PERSON_REMOVE, name, before.roles[id], "", id) for id in gone]
    if sites:
        _save(
            deployment,
            before,
            replace(before, roles={i: r for i, r in before.roles.items() if i not in sites}),
            entries,
        )
    else:
        deployment.storage.people.delete(name, *entries, AuditEntry(CONSOLE, AuditAction.PERSON_REMOVE, name))
    click.echo(f"Removed {name}{' from ' + ', '.join(sites) if sites else ''}.")


@moderator.command("sign-out")
@click.argument("name")
def sign_out_everywhere(name: str) -> None:
    """End all sessions and sign-in links of NAME, for example after a phone was lost."""
    people = current_deployment().storage.people
    sessions = people.sessions(account_named(current_deployment().storage, name).name)
    for session in sessions:
        people.close_session(session)
    people.end_links(name)
    current_deployment().storage.audit.append(AuditEntry(CONSOLE, AuditAction.SESSION_END, name, after="all"))
    click.echo(f"Ended {len(sessions)} session{'' if len(sessions) == 1 else 's'} of {name}.")


def account_named(storage: Storage, name: str) -> Person:
    """Return the account of that name. Raises NotFound, which says how to add one."""
    try:
        return storage.people.get(name)
    except NotFound:
        raise NotFound(f"there is no account {name}; add it with `replygate moderator add`") from None


@moderator.command("list")
def list_moderators() -> None:
    """List all accounts and their roles."""
    rows = [
        (
            person.name,
            _roles(person),
            "yes" if person.operator else "-",
            "set" if person.password else "-",
            _key_ids(person) or "-",
        )
        for person in current_deployment().storage.people.all()
    ]
    click.echo(columns(("NAME", "ROLES", "OPERATOR", "PASSWORD", "API KEYS"), rows))


def _roles(person: Person) -> str:
    return ", ".join(f"{site}: {role}" for site, role in sorted(person.roles.items())) or "-"
