"""The page behind a link in a notice: one comment, one button.

Opening it changes nothing, because mail scanners and chat programs open every link.
"""

from flask import Blueprint, Response, render_template

from comments.errors import NotFound
from comments.lifecycle import Action
from comments.model import Comment
from comments.notice_links import NOTICE_ACTIONS, DecisionLink, read_decision_link
from comments.site import Site
from service.accounts import sessions
from service.accounts.address_links import EXPIRED_LINK, PRIVATE_PAGE
from service.deps import deps

from .notice_decisions import LinkActor, decide_once, describe_state, link_actor

blueprint = Blueprint("decision_link_pages", __name__, url_prefix="/sites/<site>/decide")


@blueprint.get("/<token>")
def decision_page(site: str, token: str) -> Response:
    found, link, actor = _opened(site, token)
    comment = deps().storage.comments.get(found.id, link.comment)
    state = "ask" if comment.version == link.version else "decided"
    if state == "ask" and link.is_expired(deps().now()):
        state = "expired"
    return _page(found, link, actor, comment, state)


@blueprint.post("/<token>")
def decide(site: str, token: str) -> Response:
    """Check the right again, then decide. A second press finds the comment decided."""
    found, link, actor = _opened(site, token)
    if actor.signed:
        sessions.check_csrf(actor.signed)
    if link.is_expired(deps().now()):
        return decision_page(site, token)
    comment, is_now = decide_once(deps(), found.id, link, actor.name, actor.via)
    return _page(found, link, actor, comment, "done" if is_now else "decided")


def _opened(site: str, token: str) -> tuple[Site, DecisionLink, LinkActor]:
    """Check a link and the right to use it. Raises NotFound, NotAllowed, SignInNeeded."""
    link = read_decision_link(deps().pseudonyms, "decide", token)
    if link is None or link.site != site or link.action not in NOTICE_ACTIONS:
        raise NotFound("this link is not valid")
    found = deps().storage.sites.get(site)
    if found.deleted:
        raise NotFound("this link is not valid")
    return found, link, link_actor(deps(), found, link)


def _page(site: Site, link: DecisionLink, actor: LinkActor, comment: Comment, state: str) -> Response:
    (details,) = deps().storage.thread_details.get(site.id, [comment.thread])
    page = render_template(
        "review/decision_link.html",
        site=site,
        comment=comment,
        title=details.title or comment.thread,
        action=Action(link.action),
        actor=actor,
        state=state,
        happened=describe_state(comment),
        now=deps().now(),
    )
    status = EXPIRED_LINK if state == "expired" else 200
    return Response(page, status, mimetype="text/html", headers=PRIVATE_PAGE)
