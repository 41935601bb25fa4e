"""Pages behind links in our email: confirm reply notifications, and unsubscribe.

Opening a page changes nothing, because mail scanners open every link. The secret in the address authorizes its
buttons, so they need neither a session nor a CSRF token.
"""

from flask import Blueprint, Response, render_template, request

from comments.email_subscriptions import EmailLink, Purpose, read_link
from comments.errors import NotFound
from comments.site import Site
from service.deps import deps
from service.web import site_cache

blueprint = Blueprint("email_links", __name__, url_prefix="/notices/<site>")

GONE = 410


@blueprint.get("/confirm/<token>")
def confirm_page(site: str, token: str) -> Response:
    found, link = _opened("confirm", site, token)
    return _page(found, "expired" if link.is_expired(deps().now()) else "ask")


@blueprint.post("/confirm/<token>")
def confirm(site: str, token: str) -> Response:
    found, link = _opened("confirm", site, token)
    if link.is_expired(deps().now()):
        return _page(found, "expired")
    deps().storage.subscriptions.confirm(found.id, link.identity)
    (comment,) = deps().storage.comments.load(found.id, [link.comment])
    # The owner of the address says that this comment is theirs, so the browser that sent it is theirs too.
    if comment and comment.identity == link.identity and comment.browser:
        deps().storage.subscriptions.prove(found.id, link.identity, comment.browser)
    return _page(found, "confirmed")


@blueprint.get("/stop/<token>")
def unsubscribe_page(site: str, token: str) -> Response:
    found, _ = _opened("stop", site, token)
    return _page(found, "choose")


@blueprint.post("/stop/<token>")
def unsubscribe(site: str, token: str) -> Response:
    """Unsubscribe from one comment or from the site. One click in a mail program (RFC 8058) means the whole site."""
    found, link = _opened("stop", site, token)
    if request.form.get("which") == "comment":
        deps().storage.subscriptions.mute(found.id, link.comment)
        return _page(found, "muted")
    deps().storage.subscriptions.unsubscribe(found.id, link.identity)
    return _page(found, "left")


def _opened(purpose: Purpose, site: str, token: str) -> tuple[Site, EmailLink]:
    """Check a link. Raises NotFound for a forged one."""
    found = site_cache.get_site(site)
    link = read_link(deps().pseudonyms, purpose, found.id, token)
    if link is None:
        raise NotFound("this link is not valid")
    return found, link


def _page(site: Site, state: str) -> Response:
    page = render_template("reading/email_links.html", site=site, state=state)
    return Response(page, GONE if state == "expired" else 200, mimetype="text/html")
