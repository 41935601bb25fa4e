"""`replygate moderator`: the people who look after sites, what they may do, and the links by which they come."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import click

from comments.audit import CONSOLE, AuditAction, AuditEntry
from comments.errors import NotFound, StaleVersion
from comments.site import Person
from comments.storage.interfaces import Storage
from replygate.deployment import Installation, installation
from replygate.text_table import columns
from service.accounts.invitations import checked_name, sign_in_link
from service.accounts.sessions import ROLES

from .site_commands import site_named


@click.group()
def moderator() -> None:
    """The people who sign in."""


@moderator.command("add")
@click.argument("name")
@click.option("--site", "sites", multiple=True, metavar="ID", help="A site they look after; may be repeated.")
@click.option(
    "--role", type=click.Choice(ROLES), default="moderator", show_default=True, help="What they may do there."
)
@click.option("--operator", is_flag=True, help="They also see the ops page.")
def add_moderator(name: str, sites: tuple[str, ...], role: str, operator: bool) -> None:
    """Let NAME sign in, or give them more to do; prints a link that signs them in once, within a day."""
    here = installation()
    roles = {site_named(id).id: role for id in sites}
    noted = [AuditEntry(CONSOLE, AuditAction.PERSON_INVITE, name, after=role, site=id) for id in roles]
    noted += [AuditEntry(CONSOLE, AuditAction.PERSON_INVITE, name, after="operator")] if operator or not roles else []
    here.storage.people.put(person(here.storage, name, roles, operator), *noted)
    click.echo(sign_in_link(here.storage, here.settings.public_url, name))


def person(storage: Storage, name: str, roles: Mapping[str, str], operator: bool) -> Person:
    """The person of that name with these roles besides those they have. Raises Invalid for no name."""
    checked_name(name)
    try:
        known = storage.people.get(name)
    except NotFound:
        known = Person(name)
    return replace(known, roles={**known.roles, **roles}, operator=known.operator or operator)


@moderator.command("link")
@click.argument("name")
@click.option("--without-code", is_flag=True, help="They lost their authenticator: let them in without a code.")
def link(name: str, without_code: bool) -> None:
    """Make a new link that signs NAME in once, within a day: for who lost theirs, or their password."""
    here = installation()
    known = known_person(here.storage, name)
    if without_code:
        without = replace(known, codes="", code_used=0, recovery=())
        here.storage.people.put(without, AuditEntry(CONSOLE, AuditAction.CODES_OFF, name))
    here.storage.audit.append(AuditEntry(CONSOLE, AuditAction.LINK_MAKE, name))
    click.echo(sign_in_link(here.storage, here.settings.public_url, name))


@moderator.command("set")
@click.argument("name")
@click.option("--site", "sites", multiple=True, metavar="ID", help="A site on which the role changes; may be repeated.")
@click.option("--role", type=click.Choice(ROLES), help="What they may do there from now on.")
@click.option("--operator/--no-operator", default=None, help="Whether they see the ops page and who signed in.")
def set_moderator(name: str, sites: tuple[str, ...], role: str | None, operator: bool | None) -> None:
    """Change what NAME may do. It counts from their next click."""
    here = installation()
    if bool(sites) != bool(role) or not (sites or operator is not None):
        raise click.UsageError("say --site and --role together, or --operator or --no-operator")
    before = known_person(here.storage, name)
    roles = {site_named(id).id: role or "" for id in sites}
    noted = [
        AuditEntry(CONSOLE, AuditAction.PERSON_ROLE, name, before.roles.get(id, ""), new, id)
        for id, new in roles.items()
    ]
    after = replace(before, roles={**before.roles, **roles})
    if operator is not None:
        after = replace(after, operator=operator)
        noted.append(AuditEntry(CONSOLE, AuditAction.PERSON_ROLE, name, _office(before), _office(after)))
    _swap(here, before, after, noted)
    click.echo(f"Changed {name}.")


def _office(person: Person) -> str:
    return "operator" if person.operator else ""


def _swap(here: Installation, before: Person, after: Person, noted: Sequence[AuditEntry]) -> None:
    if not here.storage.people.compare_and_set(before, after, *noted):
        raise StaleVersion(f"somebody changed {before.name} at this moment; nothing was done, try again")


@moderator.command("remove")
@click.argument("name")
@click.option("--site", "sites", multiple=True, metavar="ID", help="Only from this site; may be repeated.")
def remove_moderator(name: str, sites: tuple[str, ...]) -> None:
    """Let NAME sign in no more, and end their sessions; or take them from some sites. What they did stays theirs."""
    here = installation()
    before = known_person(here.storage, name)
    if unknown := set(sites) - set(before.roles):
        raise NotFound(f"{name} has no role on {', '.join(sorted(unknown))}; they have {_roles(before)}")
    gone = sites or tuple(before.roles)
    noted = [AuditEntry(CONSOLE, AuditAction.PERSON_REMOVE, name, before.roles[id], "", id) for id in gone]
    if sites:
        _swap(here, before, replace(before, roles={i: r for i, r in before.roles.items() if i not in sites}), noted)
    else:
        here.storage.people.delete(name, *noted, AuditEntry(CONSOLE, AuditAction.PERSON_REMOVE, name))
    click.echo(f"Removed {name}{' from ' + ', '.join(sites) if sites else ''}.")


@moderator.command("sign-out")
@click.argument("name")
def sign_out(name: str) -> None:
    """End every session of NAME: for a lost phone, or a password that somebody saw."""
    people = installation().storage.people
    sessions = people.sessions(known_person(installation().storage, name).name)
    for session in sessions:
        people.close_session(session)
    installation().storage.audit.append(AuditEntry(CONSOLE, AuditAction.SESSION_END, name, after="all"))
    click.echo(f"Ended {len(sessions)} session{'' if len(sessions) == 1 else 's'} of {name}.")


def known_person(storage: Storage, name: str) -> Person:
    """Raises NotFound saying what to do."""
    try:
        return storage.people.get(name)
    except NotFound:
        raise NotFound(f"there is nobody called {name}; `replygate moderator add` adds them") from None


@moderator.command("list")
def list_moderators() -> None:
    """Everybody who may sign in, and what they may do."""
    rows = [
        (
            person.name,
            _roles(person),
            "yes" if person.operator else "-",
            "chosen" if person.password else "by link only",
        )
        for person in installation().storage.people.all()
    ]
    click.echo(columns(("NAME", "ROLES", "OPERATOR", "PASSWORD"), rows))


def _roles(person: Person) -> str:
    return ", ".join(f"{site}: {role}" for site, role in sorted(person.roles.items())) or "-"
