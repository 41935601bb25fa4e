"""The moderators' pages: their sites, the queue of one or of all of them, one comment with its history."""

from collections.abc import Sequence

from flask import Blueprint, render_template

from comments.errors import NotFound
from comments.lifecycle import Status
from comments.model import Comment
from comments.site import Site
from service.accounts import sessions
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web import site_cache
from service.web.operations import parsed_query

from .cards import cards, siblings
from .page_context import page_context
from .presenter import Reviewed, counts
from .queue import Desk, Queue, look
from .search import FACETS, ORDERS, View

blueprint = Blueprint("review", __name__, url_prefix="/review")

#: Cards on a page: some minutes of work, and a quick page on a phone.
PER_PAGE = 20


@blueprint.get("")
def home() -> str:
    """Every site the person has a role on; one that is gone meanwhile is left out."""
    signed = sessions.require_sign_in()
    rows = [(site, counts(deps().storage, site.id)["held"]) for site in sites_of(signed)]
    return render_template("review/sites.html", signed=signed, rows=rows)


def sites_of(signed: SignedIn) -> list[Site]:
    return [site for site in deps().storage.sites.all() if site.id in signed.person.roles]


@blueprint.get("/all")
def everywhere() -> str:
    """What is held on all their sites, as one queue."""
    signed, view = sessions.require_sign_in(), parsed_query(View)
    own = sites_of(signed)
    held = sum(counts(deps().storage, site.id)["held"] for site in own)
    return render_template("review/queue.html", site=None, counts={"held": held}, **queue_page(own, view, signed))


@blueprint.get("/<site>")
def queue(site: str) -> str:
    signed = sessions.require_role(site, "viewer")
    view, kept = parsed_query(View), site_cache.get_site(site)
    standing = counts(deps().storage, site)
    return render_template("review/queue.html", site=kept, counts=standing, **queue_page([kept], view, signed))


def queue_page(own: Sequence[Site], view: View, signed: SignedIn) -> dict[str, object]:
    """What a page of the queue shows, whatever sites it is about."""
    found = listed(own, view, signed)
    rows = cards(deps().storage, found.comments, {site.id: site for site in own}, signed)
    return {
        **page_context(signed),
        "sites": own,
        "view": view,
        "queue": found,
        "rows": rows,
        "facets": {"site": "Site", **FACETS},
        "orders": ORDERS,
        "settled": _settled(view.settled, own, signed),
        "may_settle": any(sessions.has_role(signed.person, site.id, "moderator") for site in own),
    }


def listed(own: Sequence[Site], view: View, signed: SignedIn) -> Queue:
    """What is held comes from the index, all else by time received from the one site it is asked of."""
    if view.status == "held":
        desks = [Desk(site, sessions.may_see_emails(signed.person, site)) for site in own]
        return look(deps().storage, desks, view, deps().now().date(), PER_PAGE)
    if len(own) != 1:
        raise NotFound("what is settled is listed site by site")
    if view.ordered == "reported":
        return reported(own[0].id, view.cursor)
    status, newest = Status(view.status), view.ordered == "newest"
    page = deps().storage.comments.by_status(own[0].id, status, PER_PAGE, view.cursor, newest)
    return Queue(page.rows, page.cursor)


def reported(site: str, cursor: str) -> Queue:
    """The reported comments that are still published. A cursor may come without any: there is more to look through."""
    ids, following = deps().storage.reports.latest(site, PER_PAGE, cursor)
    found = deps().storage.comments.load(site, ids)
    return Queue(tuple(c for c in found if c and c.status is Status.APPROVED), following)


@blueprint.get("/<site>/<id>")
def comment(site: str, id: str) -> str:
    signed = sessions.require_role(site, "viewer")
    return comment_page(deps().storage.comments.get(site, id), site_cache.get_site(site), signed)


def comment_page(found: Comment, site: Site, signed: SignedIn, stale: bool = False) -> str:
    (card,) = cards(deps().storage, [found], {site.id: site}, signed)
    near = siblings(deps().storage, found)
    return render_template(
        "review/comment.html", site=site, card=card, siblings=near, stale=stale, **page_context(signed)
    )


def _settled(name: str, own: Sequence[Site], signed: SignedIn) -> tuple[Reviewed, Site] | None:
    """What the flash line speaks of: an id, or "site.id"; read afresh, so that an old address tells no old story."""
    of, _, id = name.rpartition(".")
    site = next((site for site in own if of == site.id or (id and not of and len(own) == 1)), None)
    try:
        return (Reviewed.of(deps().storage.comments.get(site.id, id), site, signed), site) if site else None
    except NotFound:
        return None
