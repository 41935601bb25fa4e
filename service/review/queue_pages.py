"""Moderators' pages: the list of sites, the queue of one site or of all, and a comment with its history."""

from collections import Counter
from collections.abc import Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from comments.errors import Invalid, NotFound
from comments.lifecycle import MODERATOR_ACTIONS, REVIEWED, Action, Role, Status
from comments.model import Comment
from comments.site import Site
from service.accounts import sessions
from service.accounts.sessions import SignedIn
from service.accounts.site_creators import may_create_sites, wants_setup
from service.deps import deps
from service.web import site_cache
from service.web.errors import prefers_html
from service.web.operations import parsed_query

from .canned_replies import canned_replies
from .cards import review_cards, siblings
from .density import chosen_density
from .page_context import page_context
from .pending_comments import ListRequest, QueuePage, QueueSite, listed_page
from .presenter import ReviewedComment, reviewed_counts, status_counts
from .saved_view_pages import address_of, query_of, views_for
from .schemas import Strict
from .search import AGES, EVERY_STATUS, FILTER_LABELS, ORDERS, QueueView, check_view
from .site_overview import site_summaries

blueprint = Blueprint("queue_pages", __name__, url_prefix="/review")

#: Cards on a page: some minutes of work, and a fast page on a phone.
CARDS_PER_PAGE = 20


@blueprint.get("")
def home() -> str:
    """Every site on which the person has a role."""
    signed = sessions.require_sign_in()
    summaries = site_summaries(deps().storage, sites_of(signed), deps().now())
    deleted = [
        site
        for site in deps().storage.sites.all()
        if site.deleted and sessions.has_role(signed.person, site.id, "owner")
    ]
    return render_template(
        "review/sites.html",
        signed=signed,
        summaries=summaries,
        deleted=deleted,
        now=deps().now(),
        may_create=may_create_sites(signed.person),
        wants_setup=wants_setup(signed.person),
    )


def sites_of(signed: SignedIn) -> list[Site]:
    """Return the sites of a person, without deleted ones."""
    return [site for site in deps().storage.sites.all() if site.id in signed.person.roles and not site.deleted]


@blueprint.get("/all")
def queue_of_all_sites() -> ResponseReturnValue:
    """One list of the comments on all of a person's sites."""
    signed = sessions.require_sign_in()
    sites = sites_of(signed)
    counts: Counter[str] = Counter()
    for site in sites:
        counts.update(_with_total(status_counts(deps().storage, site.id)))
    return _list_page(sites, signed, all_sites=True, site=None, counts=counts)


@blueprint.get("/<site>")
def queue(site: str) -> ResponseReturnValue:
    signed = sessions.require_role(site, "viewer")
    found, counters = site_cache.get_site(site), deps().storage.comments.counters(site)
    counts, unseen = _with_total(reviewed_counts(counters)), counters.published_unseen
    return _list_page([found], signed, all_sites=False, site=found, counts=counts, unseen=unseen)


def _list_page(sites: Sequence[Site], signed: SignedIn, all_sites: bool, **context: object) -> ResponseReturnValue:
    """Show the list; if its address cannot be used, the reasons above an empty one, with the search as it was typed."""
    try:
        context |= _queue_context(sites, parsed_query(QueueView), signed, all_sites)
    except Invalid as error:
        if not prefers_html():
            raise
        status = request.args.get("status", "")
        view = QueueView.model_validate({"status": status if status in (*REVIEWED, EVERY_STATUS) else "held"})
        context |= _list_context(sites, view, QueuePage(), signed, all_sites)
        return render_template("review/queue.html", **context, problems=error.problems), 422
    return render_template("review/queue.html", **context)


def _with_total(counts: dict[str, int]) -> dict[str, int]:
    """Number of comments in each list."""
    return {**counts, EVERY_STATUS: sum(counts.values())}


def _queue_context(sites: Sequence[Site], view: QueueView, signed: SignedIn, all_sites: bool) -> dict[str, object]:
    """Raises Invalid for a view that is impossible."""
    check_view(view, view.status, view.order, [site.id for site in sites], all_sites)
    return _list_context(sites, view, load_queue_page(sites, view, signed), signed, all_sites)


def _list_context(
    sites: Sequence[Site], view: QueueView, page: QueuePage, signed: SignedIn, all_sites: bool
) -> dict[str, object]:
    cards = review_cards(deps().storage, page.comments, {site.id: site for site in sites}, signed)
    return {
        **page_context(signed),
        "sites": sites,
        "view": view,
        "queue": page,
        "cards": cards,
        "facets": FILTER_LABELS,
        "orders": ORDERS,
        "ages": AGES,
        "every_status": EVERY_STATUS,
        "saved_views": [] if all_sites and not sites else views_for(signed.person, "" if all_sites else sites[0].id),
        "saved_query": query_of(view),
        "view_address": address_of,
        "bulk_actions": [action for action in MODERATOR_ACTIONS if _is_possible(action, view)],
        "decided": _decided(view.decided, sites, signed),
        "density": chosen_density(view.density),
        "may_decide": any(sessions.has_role(signed.person, site.id, "moderator") for site in sites),
    }


def _is_possible(action: Action, view: QueueView) -> bool:
    """True if moderators may take the action on comments of the listed status."""
    return any(status in action.row.allowed[Role.MODERATOR] for status in view.statuses)


def load_queue_page(sites: Sequence[Site], view: QueueView, signed: SignedIn) -> QueuePage:
    if view.effective_order == "reported":
        return reported_page(sites[0].id, view.cursor)
    queue_sites = [QueueSite(site, sessions.may_see_emails(signed.person, site)) for site in sites]
    today = deps().now().date()
    may_decide = all(sessions.has_role(signed.person, site.id, "moderator") for site in sites)
    has_waves = view.status == "held" and not view.wave and may_decide
    order = view.effective_order
    request = ListRequest(view.status, order, view, today, CARDS_PER_PAGE, view.cursor, view.site, has_waves)
    return listed_page(deps().storage, deps().signals, queue_sites, request)


def reported_page(site: str, cursor: str) -> QueuePage:
    """Reported comments that are still published. A page may have a cursor and no comments."""
    ids, following = deps().storage.reports.latest(site, CARDS_PER_PAGE, cursor)
    found = deps().storage.comments.load(site, ids)
    return QueuePage(tuple(c for c in found if c and c.status is Status.APPROVED), following)


class CommentQuery(Strict):
    """`canned` is the number of a canned reply, which the page puts into the reply form."""

    canned: int = Field(-1, ge=-1)


@blueprint.get("/<site>/<id>")
def comment(site: str, id: str) -> str:
    signed, query = sessions.require_role(site, "viewer"), parsed_query(CommentQuery)
    found, settings = deps().storage.comments.get(site, id), site_cache.get_site(site)
    return comment_page(found, settings, signed, canned=query.canned)


def comment_page(
    found: Comment,
    site: Site,
    signed: SignedIn,
    changed: bool = False,
    reply: str = "",
    reply_problem: str = "",
    canned: int = -1,
) -> str:
    """The page of a comment; `changed` adds that it changed before the moderator's action. `reply` was not sent.

    `canned` is the number of the canned reply to start with.
    """
    (card,) = review_cards(deps().storage, [found], {site.id: site}, signed)
    if 0 <= canned < len(site.canned_replies):
        reply = canned_replies(site, card.row, card.about.title or found.thread)[canned].text
    near = siblings(deps().storage, found)
    return render_template(
        "review/comment.html",
        site=site,
        card=card,
        siblings=near,
        changed=changed,
        reply=reply,
        reply_problem=reply_problem,
        **page_context(signed),
    )


def _decided(name: str, sites: Sequence[Site], signed: SignedIn) -> tuple[ReviewedComment, Site] | None:
    """The comment that the confirmation is about, by "id" or "site.id", in its current state."""
    of, _, id = name.rpartition(".")
    site = next((site for site in sites if of == site.id or (id and not of and len(sites) == 1)), None)
    try:
        return (ReviewedComment.of(deps().storage.comments.get(site.id, id), site, signed), site) if site else None
    except NotFound:
        return None
