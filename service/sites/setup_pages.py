"""The first run in the browser: create a site, embed it, invite people, try a comment. Each step can be skipped."""

from dataclasses import dataclass, replace

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from comments.errors import Invalid, NotFound
from comments.site import Site
from service.accounts import sessions
from service.accounts.audit_trail import replace_person
from service.accounts.sessions import SignedIn
from service.accounts.shown_once import redirect_with_secret, secrets_to_show, shown_response
from service.accounts.site_creators import may_create_sites
from service.deps import deps

from .members import invite_person
from .site_creation import create_site

blueprint = Blueprint("setup_pages", __name__, url_prefix="/setup")

SETUP_DONE = "done"


@dataclass(frozen=True, slots=True)
class SetupStep:
    """A step after the site was created."""

    name: str
    title: str


#: The steps in their order. The first one, without a name in the address, creates the site.
SETUP_STEPS = (
    SetupStep("", "Your site"),
    SetupStep("embed", "Add it to your pages"),
    SetupStep("invite", "Invite people"),
    SetupStep("try", "Try a comment"),
)


@blueprint.get("")
def begin_setup() -> ResponseReturnValue:
    """The form of the first step, or the step that the person was at."""
    signed = _require_creator()
    site, _, step = signed.person.setup.partition("/")
    is_underway = sessions.has_role(signed.person, site, "owner") and "new" not in request.args
    if is_underway and step in {s.name for s in SETUP_STEPS if s.name}:
        return redirect(url_for("setup_pages.show_step", site=site, step=step), 303)
    return _page(signed, "")


def _require_creator() -> SignedIn:
    """Raises SignInNeeded, and NotFound for people who may not create sites."""
    signed = sessions.require_sign_in()
    if not may_create_sites(signed.person):
        raise NotFound("this page does not exist, or you may not see it")
    return signed


def _page(signed: SignedIn, step: str, **context: object) -> str:
    names = [s.name for s in SETUP_STEPS]
    following = names[names.index(step) + 1] if step != names[-1] else SETUP_DONE
    return render_template(
        "sites/setup.html",
        signed=signed,
        steps=SETUP_STEPS,
        step=step,
        following=following,
        public_url=deps().settings.public_url.rstrip("/"),
        **context,
    )


@blueprint.post("")
def create_first_site() -> ResponseReturnValue:
    signed = _require_creator()
    sessions.check_csrf(signed)
    name, address = request.form.get("name", ""), request.form.get("address", "")
    try:
        site = create_site(name, address, signed)
    except Invalid as error:
        return _page(signed, "", name=name, address=address, problems=error.problems), 422
    corrected = "" if address.strip() in site.origins else "1"
    return redirect(url_for("setup_pages.show_step", site=site.id, step="embed", corrected=corrected or None), 303)


@blueprint.get("/<site>/<step>")
def show_step(site: str, step: str) -> Response:
    signed, found = _require_step(site, step)
    shown, is_corrected = secrets_to_show(signed), "corrected" in request.args
    return shown_response(_page(signed, step, new_site=found, is_corrected=is_corrected, **shown))


@blueprint.post("/<site>/go")
def go_to_step(site: str) -> ResponseReturnValue:
    """Go to a step and remember it, so that the set-up goes on there."""
    signed, step = sessions.require_change(site, "owner"), request.form.get("step", "")
    _require_step(site, step)
    _remember(signed, f"{site}/{step}")
    return redirect(url_for("setup_pages.show_step", site=site, step=step), 303)


def _require_step(site: str, step: str) -> tuple[SignedIn, Site]:
    """Raises NotFound for an unknown step, and the errors of `require_role`."""
    signed = sessions.require_role(site, "owner")
    if step not in {s.name for s in SETUP_STEPS if s.name}:
        raise NotFound("the set-up has no such step")
    return signed, deps().storage.sites.get(site)


def _remember(signed: SignedIn, at: str) -> None:
    if signed.person.setup not in (at, SETUP_DONE):
        replace_person(signed.person, replace(signed.person, setup=at))


@blueprint.post("/<site>/invite")
def invite_in_setup(site: str) -> ResponseReturnValue:
    """Invite a person. The page shows their link once."""
    signed, found = sessions.require_change(site, "owner"), deps().storage.sites.get(site)
    name, role = request.form.get("name", "").strip(), request.form.get("role", "")
    try:
        link = invite_person(signed, site, name, role)
    except Invalid as error:
        return _page(signed, "invite", new_site=found, name=name, role=role, problems=error.problems), 422
    url = url_for("setup_pages.show_step", site=site, step="invite")
    return redirect_with_secret(signed, url, link=link, invited=name)


@blueprint.post("/done")
def end_setup() -> ResponseReturnValue:
    """End the set-up, or decline it: it is not offered again."""
    signed = sessions.require_sign_in()
    sessions.check_csrf(signed)
    _remember(signed, SETUP_DONE)
    site = request.form.get("site", "")
    if sessions.has_role(signed.person, site, "viewer"):
        return redirect(url_for("queue_pages.queue", site=site), 303)
    return redirect(url_for("queue_pages.home"), 303)
