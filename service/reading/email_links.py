"""Where links in our mail lead: to say yes to mail about replies, and to want none any more.

Opening a page changes nothing, because programs that look at mail open every link. The secret in the address is what
entitles to its buttons, so neither a session nor a token against forged requests belongs to them.
"""

from flask import Blueprint, Response, render_template, request

from comments.email_subscriptions import Purpose, Ticket, ticket
from comments.errors import NotFound
from comments.site import Site
from service.deps import deps
from service.web import site_cache

blueprint = Blueprint("notices", __name__, url_prefix="/notices/<site>")

GONE = 410


@blueprint.get("/confirm/<token>")
def ask(site: str, token: str) -> Response:
    found, held = _held("confirm", site, token)
    return _page(found, "expired" if held.expired(deps().now()) else "ask")


@blueprint.post("/confirm/<token>")
def confirm(site: str, token: str) -> Response:
    found, held = _held("confirm", site, token)
    if held.expired(deps().now()):
        return _page(found, "expired")
    deps().storage.subscriptions.confirm(found.id, held.who)
    return _page(found, "confirmed")


@blueprint.get("/stop/<token>")
def choose(site: str, token: str) -> Response:
    found, _ = _held("stop", site, token)
    return _page(found, "choose")


@blueprint.post("/stop/<token>")
def stop(site: str, token: str) -> Response:
    """Our own page says which mail; a mail program's one click (RFC 8058) says nothing that matters, and ends all."""
    found, held = _held("stop", site, token)
    if request.form.get("which") == "comment":
        deps().storage.subscriptions.mute(found.id, held.comment)
        return _page(found, "muted")
    deps().storage.subscriptions.unsubscribe(found.id, held.who)
    return _page(found, "left")


def _held(purpose: Purpose, site: str, token: str) -> tuple[Site, Ticket]:
    """Raises NotFound for a link that is not ours."""
    found = site_cache.get_site(site)
    held = ticket(deps().pseudonyms, purpose, found.id, token)
    if held is None:
        raise NotFound("this is no link from one of our mails")
    return found, held


def _page(site: Site, state: str) -> Response:
    page = render_template("reading/email_links.html", site=site, state=state)
    return Response(page, GONE if state == "expired" else 200, mimetype="text/html")
