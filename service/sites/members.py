"""The people of a site, for its owners: invite by a one-time link, change a role, take it away."""

from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from comments.audit import AuditAction
from comments.errors import Invalid, NotFound, Problem
from comments.site import Person, Site
from service.accounts import sessions
from service.accounts.audit_trail import entry, replace_person
from service.accounts.invitations import checked_name, sign_in_link
from service.accounts.sessions import ROLES, Signed
from service.deps import deps
from service.web import site_cache

blueprint = Blueprint("people", __name__, url_prefix="/sites/<site>/people")


@blueprint.get("")
def page(site: str) -> str:
    signed = sessions.require(site, "owner")
    return _page(site_cache.get_site(site), signed, done=request.args.get("done", ""))


def _page(site: Site, signed: Signed, **shown: object) -> str:
    people = [person for person in deps().storage.people.all() if site.id in person.roles]
    return render_template(
        "sites/members.html", site=site, signed=signed, people=people, roles=ROLES, linkable=_is_only_here, **shown
    )


def _is_only_here(person: Person, site: str) -> bool:
    """Whether an owner of the site may make a link: it lets in everywhere that the person may go."""
    return set(person.roles) == {site} and not person.operator


@blueprint.post("")
def invite(site: str) -> ResponseReturnValue:
    """Shows the link, this once. A name that is taken is refused: a link to it would be its owner's whole account."""
    signed, kept = sessions.require_change(site, "owner"), site_cache.get_site(site)
    name, role = request.form.get("name", "").strip(), request.form.get("role", "")
    try:
        person = Person(checked_name(name), {site: _checked_role(role)})
        noted = entry(signed, AuditAction.PERSON_INVITE, name, "", role, site)
        if not deps().storage.people.compare_and_set(None, person, noted):
            told = "is taken. Choose another, or ask whoever runs this server to add that person to the site"
            raise Invalid([Problem("name", "taken", told)])
    except Invalid as error:
        return _page(kept, signed, problems=error.problems, name=name, role=role), 422
    return _page(kept, signed, link=_link(name), invited=name)


def _link(name: str) -> str:
    return sign_in_link(deps().storage, deps().settings.public_url, name)


def _checked_role(role: str) -> str:
    if role not in ROLES:
        raise Invalid([Problem("role", "unknown", f"must be one of {', '.join(ROLES)}")])
    return role


@blueprint.post("/role")
def change_role(site: str) -> ResponseReturnValue:
    """Without a role they are no longer of this site. Counts from their very next request."""
    signed = sessions.require_change(site, "owner")
    person, role = _of(site, request.form.get("name", "")), request.form.get("role", "")
    if role:
        _checked_role(role)
    if person.roles[site] == "owner" and role != "owner" and not _other_owner(site, person):
        raise Invalid([Problem("role", "last-owner", "cannot change: a site needs an owner")])
    others = {id: held for id, held in person.roles.items() if id != site}
    act = AuditAction.PERSON_ROLE if role else AuditAction.PERSON_REMOVE
    after = replace(person, roles={**others, site: role} if role else others)
    replace_person(person, after, entry(signed, act, person.name, person.roles[site], role, site))
    if site not in sessions.current().person.roles:
        return redirect(url_for("review.home"), 303)
    return redirect(url_for("people.page", site=site, done="role" if role else "removed"), 303)


def _of(site: str, name: str) -> Person:
    """Raises NotFound, also for people of other sites."""
    person = deps().storage.people.get(name)
    if site not in person.roles:
        raise NotFound("there is nobody of that name here")
    return person


def _other_owner(site: str, person: Person) -> bool:
    people = deps().storage.people.all()
    return any(other.roles.get(site) == "owner" and other.name != person.name for other in people)


@blueprint.post("/link")
def make_link(site: str) -> ResponseReturnValue:
    """A new sign-in link for somebody of this site alone; shown this once."""
    signed = sessions.require_change(site, "owner")
    person = _of(site, request.form.get("name", ""))
    if not _is_only_here(person, site):
        raise Invalid([Problem("name", "elsewhere", "may do more than look after this site; ask who runs this server")])
    deps().storage.audit.append(entry(signed, AuditAction.LINK_MAKE, person.name, site=site))
    return _page(site_cache.get_site(site), signed, link=_link(person.name), invited=person.name)
