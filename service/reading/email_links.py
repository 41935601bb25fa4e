"""Pages behind links in our email: confirm reply notifications, and unsubscribe.

Opening a page changes nothing, because mail scanners open every link. The secret in the address authorizes its
buttons, so they need neither a session nor a CSRF token. A button leads back to its page, which shows the state, so
that a reload repeats nothing.
"""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

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
    if link.is_expired(deps().now()):
        return _page(found, "expired")
    subscriptions = deps().storage.subscriptions
    if subscriptions.confirmed_at(found.id, link.identity):
        return _page(found, "confirmed")
    return _page(found, "ask-again" if subscriptions.has_unsubscribed(found.id, link.identity) else "ask")


@blueprint.post("/confirm/<token>")
def confirm(site: str, token: str) -> AnyResponse:
    """Subscribe. After the author unsubscribed, only the button of the page that says so does it."""
    found, link = _opened("confirm", site, token)
    if link.is_expired(deps().now()):
        return _page(found, "expired")
    shown = redirect(url_for("email_links.confirm_page", site=site, token=token), 303)
    if "again" not in request.form and deps().storage.subscriptions.has_unsubscribed(found.id, link.identity):
        return shown
    deps().storage.subscriptions.confirm(found.id, link.identity)
    (comment,) = deps().storage.comments.load(found.id, [link.comment])
    # The owner of the address says that this comment is theirs, so the browser that sent it is theirs too.
    if comment and comment.identity == link.identity and comment.browser:
        deps().storage.subscriptions.prove(found.id, link.identity, comment.browser)
    return shown


@blueprint.get("/stop/<token>")
def unsubscribe_page(site: str, token: str) -> Response:
    found, link = _opened("stop", site, token)
    done, subscriptions = request.args.get("done"), deps().storage.subscriptions
    if done == "comment" and not subscriptions.wants_mail(found.id, link.identity, link.comment):
        return _page(found, "muted")
    if done == "all" and not subscriptions.confirmed_at(found.id, link.identity):
        return _page(found, "left")
    return _page(found, "choose")


@blueprint.post("/stop/<token>")
def unsubscribe(site: str, token: str) -> AnyResponse:
    """Unsubscribe from one comment or from the site. One click in a mail program (RFC 8058) means the whole site.

    Mail programs follow no redirect. The buttons of the page send `which`, and lead back to it.
    """
    found, link = _opened("stop", site, token)
    which = request.form.get("which")
    if which == "comment":
        deps().storage.subscriptions.mute(found.id, link.comment)
    else:
        deps().storage.subscriptions.unsubscribe(found.id, link.identity)
    if which in ("comment", "all"):
        return redirect(url_for("email_links.unsubscribe_page", site=site, token=token, done=which), 303)
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
