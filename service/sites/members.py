"""The team of a site: invite people, change their roles, remove them."""

from dataclasses import replace

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from comments.audit import AuditAction
from comments.errors import ActionNotAllowed, Invalid, NotFound, Problem
from comments.person import Person
from comments.site import Site
from service.accounts import sessions
from service.accounts.audit_trail import entry, replace_person
from service.accounts.invitations import checked_name, sign_in_link
from service.accounts.person_key_pages import add_person_key, check_password, revoke_person_key
from service.accounts.person_keys import new_person_key
from service.accounts.sessions import ROLES, SignedIn
from service.accounts.shown_once import redirect_with_secret, secrets_to_show, shown_response
from service.deps import deps
from service.web import site_cache

#: The role of programs. They work with a key and do not sign in.
ASSISTANT = "assistant"

blueprint = Blueprint("members", __name__, url_prefix="/sites/<site>/team")


@blueprint.get("")
def team_page(site: str) -> Response:
    """Show the team, with a new sign-in link or key if the change before made one."""
    signed = sessions.require_role(site, "owner")
    shown, done = secrets_to_show(signed), request.args.get("done", "")
    return shown_response(_page(site_cache.get_site(site), signed, done=done, **shown))


def _page(site: Site, signed: SignedIn, **context: object) -> str:
    members = [person for person in deps().storage.people.all() if site.id in person.roles]
    return render_template(
        "sites/members.html",
        site=site,
        signed=signed,
        members=members,
        roles=ROLES,
        can_have_link=_is_member_of_no_other_site,
        **context,
    )


def _is_member_of_no_other_site(person: Person, site: str) -> bool:
    """Check before an owner creates a link, which signs in to everything that the person has access to."""
    return set(person.roles) == {site} and not person.operator


@blueprint.post("")
def invite(site: str) -> ResponseReturnValue:
    """Invite a person. A name in use is refused: a link for it would open another person's account."""
    signed, stored = sessions.require_change(site, "owner"), site_cache.get_site(site)
    name, role = request.form.get("name", "").strip(), request.form.get("role", "")
    try:
        link = invite_person(signed, site, name, role)
    except Invalid as error:
        return _page(stored, signed, problems=error.problems, name=name, role=role), 422
    return _shown_once(signed, site, link=link, invited=name)


def _shown_once(signed: SignedIn, site: str, **parts: str) -> ResponseReturnValue:
    return redirect_with_secret(signed, url_for("members.team_page", site=site), **parts)


def invite_person(signed: SignedIn, site: str, name: str, role: str) -> str:
    """Add a person to the site and return their sign-in link. Raises Invalid."""
    if role == ASSISTANT:
        raise Invalid([Problem("role", "assistant", "must be that of a person; add assistants below")])
    _add_person(signed, Person(checked_name(name), {site: _checked_role(role)}), site)
    return _new_link(name)


def _add_person(signed: SignedIn, person: Person, site: str) -> None:
    """Raises Invalid for a name in use."""
    invited = entry(signed, AuditAction.PERSON_INVITE, person.name, "", person.roles[site], site)
    keys = [replace(invited, action=AuditAction.PERSON_KEY_MAKE, after=key.id) for key in person.api_keys]
    if not deps().storage.people.compare_and_set(None, person, invited, *keys):
        message = "is in use. Choose another name, or ask the operator to add this person to the site"
        raise Invalid([Problem("name", "taken", message)])


def _new_link(name: str) -> str:
    return sign_in_link(deps().storage, deps().settings.public_url, name)


def _checked_role(role: str) -> str:
    """Raises Invalid."""
    if role not in ROLES:
        raise Invalid([Problem("role", "unknown", f"must be one of {', '.join(ROLES)}")])
    return role


@blueprint.post("/role")
def change_role(site: str) -> ResponseReturnValue:
    """Change a role; without a role, remove the person from the site. It applies to their next request."""
    signed = sessions.require_change(site, "owner")
    person, role = _member(site, request.form.get("name", "")), request.form.get("role", "")
    if role:
        _checked_role(role)
    if person.roles[site] == "owner" and role != "owner" and not _has_other_owner(site, person):
        raise Invalid([Problem("role", "last-owner", "cannot change: a site needs an owner")])
    others = {id: other for id, other in person.roles.items() if id != site}
    action = AuditAction.PERSON_ROLE if role else AuditAction.PERSON_REMOVE
    after = replace(person, roles={**others, site: role} if role else others)
    replace_person(person, after, entry(signed, action, person.name, person.roles[site], role, site))
    if site not in sessions.require_sign_in().person.roles:
        return redirect(url_for("queue_pages.home"), 303)
    return redirect(url_for("members.team_page", site=site, done="role" if role else "removed"), 303)


def _member(site: str, name: str) -> Person:
    """Raises NotFound, also for people of other sites."""
    person = deps().storage.people.get(name)
    if site not in person.roles:
        raise NotFound("the team has no person of that name")
    return person


def _has_other_owner(site: str, person: Person) -> bool:
    people = deps().storage.people.all()
    return any(other.roles.get(site) == "owner" and other.name != person.name for other in people)


@blueprint.post("/link")
def create_link(site: str) -> ResponseReturnValue:
    """Show a new sign-in link, once. Assistants are programs and do not sign in."""
    signed = sessions.require_change(site, "owner")
    person = _member(site, request.form.get("name", ""))
    if person.roles[site] == ASSISTANT:
        raise ActionNotAllowed("An assistant does not sign in. Create a key for it.")
    if not _is_member_of_no_other_site(person, site):
        raise Invalid([Problem("name", "elsewhere", "has access to more than this site; ask the operator for a link")])
    deps().storage.audit.append(entry(signed, AuditAction.LINK_MAKE, person.name, site=site))
    return _shown_once(signed, site, link=_new_link(person.name), invited=person.name)


@blueprint.post("/assistants")
def add_assistant(site: str) -> ResponseReturnValue:
    """Add an assistant with its first key. The key is shown once."""
    signed, stored = sessions.require_change(site, "owner"), site_cache.get_site(site)
    name = request.form.get("assistant", "").strip()
    try:
        check_password(signed, request.form.get("password", ""))
        kept, key = new_person_key(checked_name(name))
        _add_person(signed, Person(name, {site: ASSISTANT}, api_keys=(kept,)), site)
    except Invalid as error:
        problems = [replace(p, field="assistant") if p.field == "name" else p for p in error.problems]
        return _page(stored, signed, problems=problems, assistant=name), 422
    return _shown_once(signed, site, key=key, invited=name)


@blueprint.post("/keys")
def create_assistant_key(site: str) -> ResponseReturnValue:
    """Give an assistant another key, and show it once. The other keys stay valid."""
    signed = sessions.require_change(site, "owner")
    person = _assistant(site, request.form.get("name", ""))
    try:
        key = add_person_key(person, "", entry(signed, AuditAction.PERSON_KEY_MAKE, person.name, site=site))
    except ActionNotAllowed as error:
        return _page(site_cache.get_site(site), signed, trouble=str(error)), 422
    return _shown_once(signed, site, key=key, invited=person.name)


@blueprint.post("/keys/revoke")
def revoke_assistant_key(site: str) -> ResponseReturnValue:
    signed = sessions.require_change(site, "owner")
    person, id = _assistant(site, request.form.get("name", "")), request.form.get("key", "")
    revoke_person_key(person, id, entry(signed, AuditAction.PERSON_KEY_REVOKE, person.name, site=site))
    return redirect(url_for("members.team_page", site=site, done="key-revoked"), 303)


def _assistant(site: str, name: str) -> Person:
    """Return an assistant of this site alone: a key has all roles of its person. Raises NotFound, Invalid."""
    person = _member(site, name)
    if person.roles[site] != ASSISTANT or not _is_member_of_no_other_site(person, site):
        raise Invalid([Problem("name", "elsewhere", "is no assistant of this site alone; ask the operator for a key")])
    return person
