"""Operators pause judging, and see comments that the filters started to judge again and again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from comments.audit import AuditAction
from comments.errors import NotFound, StaleVersion
from comments.given_up import (
    GIVEN_UP,
    RETRIES_AT_ONCE,
    GivenUpPage,
    given_up_page,
    is_judged_again,
    retry_given_up,
    sites_with_given_up,
)
from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Decision, Signal
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.pauses import EVERY_SITE, OperatorPause, Pauses
from comments.storage.values import CommentChange
from service.accounts.audit_trail import entry
from service.accounts.sessions import check_csrf, require_operator
from service.deps import deps
from service.web import site_cache
from service.web.intake import intake_gate
from service.web.operations import parsed_query
from service.web.site_lists import SiteListQuery, site_list

blueprint = Blueprint("judging_pages", __name__, url_prefix="/ops/judging")

#: A first attempt is what every comment needs. From the second on a worker has died, or storage did not answer.
LEAST_ATTEMPTS = 2
#: Comments of each list and site on the page.
MAX_ROWS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class RepeatedComment:
    """An undecided comment that needed more than one attempt, or a retry. The page shows nothing of its text."""

    site: str
    id: str
    received: datetime
    attempts: int
    retried_by: str = ""  # the operator who had it judged again after it was given up


@blueprint.get("")
def judging_page() -> str:
    signed, of = require_operator(), deps()
    sites = {site.id: site for site in of.storage.sites.all() if not site.deleted}
    query = parsed_query(SiteListQuery)
    figures = of.storage.site_figures.read(list(sites))
    held = [sites[site.id] for site in figures if site.counters.current.get(Status.HELD)]
    pauses = of.storage.judging_pauses.all()
    rows = [(sites[site.id], site.depth, pauses.get(site.id)) for site in figures]
    # Those that are paused come first, then the busiest.
    rows.sort(key=lambda row: (not (row[2] or row[0].paused), -row[1].queued, row[0].id))
    return render_template(
        "ops/judging.html",
        signed=signed,
        sites=site_list(rows, lambda row: row[0], query),
        paused_everywhere=pauses.get(EVERY_SITE),
        refused_everywhere=of.storage.intake_pauses.all().get(EVERY_SITE),
        every_site=EVERY_SITE,
        undecided=[
            row for site in figures if site.depth.queued for row in undecided_comments(of.storage, sites[site.id])
        ],
        given_up=given_up_by_site(of.storage, held),
        at_once=RETRIES_AT_ONCE,
        now=of.now(),
    )


def undecided_comments(storage: Storage, site: Site) -> list[RepeatedComment]:
    """Return undecided comments that were claimed several times, or are judged again after they were given up."""
    claims = storage.queue.attempts(site.id, LEAST_ATTEMPTS, MAX_ROWS_SHOWN)
    attempts = {claim.id: claim.attempts for claim in claims}
    newest = storage.comments.by_status(site.id, Status.QUEUED, MAX_ROWS_SHOWN, newest=True)
    comments = {c.id: c for c in storage.comments.load(site.id, list(attempts)) if c and c.status is Status.QUEUED}
    comments |= {c.id: c for c in newest.rows if is_judged_again(c)}
    return [
        RepeatedComment(
            site.id, c.id, c.received, attempts.get(c.id, 0), c.decisions[-1].by if is_judged_again(c) else ""
        )
        for c in comments.values()
    ]


def given_up_by_site(storage: Storage, sites: Sequence[Site]) -> list[tuple[Site, GivenUpPage]]:
    """Return the comments that the filters gave up, of the sites that have any."""
    some = sites_with_given_up(storage, [site.id for site in sites])
    pages = [(site, given_up_page(storage, site.id, MAX_ROWS_SHOWN)) for site in sites if site.id in some]
    return [(site, page) for site, page in pages if page.comments]


@blueprint.post("/pause")
def pause_judging() -> Response:
    """Pause judging on a site or on all. Comments are accepted and wait; a batch that a judge has is finished."""
    return _switch(deps().storage.judging_pauses, AuditAction.JUDGING_PAUSE, begins=True)


@blueprint.post("/resume")
def resume_judging() -> Response:
    """End a pause. The sweep enqueues jobs for what waits within a second."""
    return _switch(deps().storage.judging_pauses, AuditAction.JUDGING_RESUME, begins=False)


@blueprint.post("/refuse")
def pause_intake() -> Response:
    """Refuse new comments and checks on all sites, or on one, for maintenance. What waits is judged: it drains."""
    return _switch(deps().storage.intake_pauses, AuditAction.INTAKE_PAUSE, begins=True)


@blueprint.post("/accept")
def resume_intake() -> Response:
    """Accept new comments and checks again."""
    return _switch(deps().storage.intake_pauses, AuditAction.INTAKE_RESUME, begins=False)


def _back() -> Response:
    """Return to the part of the list of sites from which the form was sent."""
    place = {name: request.form[name] for name in ("q", "page") if request.form.get(name)}
    page = url_for("judging_pages.judging_page")
    return redirect(f"{page}?{urlencode(place)}" if place else page, 303)


def _switch(pauses: Pauses, action: AuditAction, *, begins: bool) -> Response:
    signed, of = require_operator(), deps()
    check_csrf(signed)
    site = request.form.get("site", "")
    is_global = site == EVERY_SITE
    if not is_global:
        of.storage.sites.get(site)  # raises NotFound
    note = entry(signed, action, "all sites" if is_global else site, site="" if is_global else site)
    is_paused = site in pauses.all()
    if begins and not is_paused:
        pauses.pause(site, OperatorPause(of.now(), signed.person.name), note)
    elif is_paused and not begins:
        pauses.resume(site, note)
    intake_gate().forget()
    return _back()


@blueprint.post("/<site>/new-comments")
def switch_new_comments(site: str) -> Response:
    """Pause or accept new comments of a site, as its owners do in its settings. The filters go on: it drains."""
    signed, of = require_operator(), deps()
    check_csrf(signed)
    before = of.storage.sites.get(site)
    after = replace(before, paused=request.form.get("to") == "pause")
    if before.paused != after.paused:
        words = {True: "yes", False: "no"}
        note = entry(signed, AuditAction.SITE_SET, "paused", words[before.paused], words[after.paused], site)
        if not of.storage.sites.compare_and_set(before, after, note):
            raise StaleVersion("Someone else changed this site. Reload the page and try again.")
        site_cache.forget_site(site)
    return _back()


@blueprint.post("/<site>/<id>/retry")
def retry_comment(site: str, id: str) -> Response:
    """Judge an undecided comment, or one that was given up, again at once, with its attempts counted from the start."""
    signed, of = require_operator(), deps()
    check_csrf(signed)
    if not retry_given_up(of.storage, site, [id], signed.person.name, of.now()):
        _undecided(of.storage, site, id)
        of.storage.queue.restart(site, id)
    of.storage.audit.append(entry(signed, AuditAction.JUDGING_RETRY, id, site=site))
    return _back()


@blueprint.post("/<site>/retry")
def retry_site(site: str) -> Response:
    """Judge the oldest comments of a site that were given up again, as many as one step takes."""
    signed, of = require_operator(), deps()
    check_csrf(signed)
    of.storage.sites.get(site)  # raises NotFound
    ids = [comment.id for comment in given_up_page(of.storage, site, RETRIES_AT_ONCE).comments]
    for id in retry_given_up(of.storage, site, ids, signed.person.name, of.now()):
        of.storage.audit.append(entry(signed, AuditAction.JUDGING_RETRY, id, site=site))
    return _back()


@blueprint.post("/<site>/<id>/hold")
def hold_comment(site: str, id: str) -> Response:
    """Send an undecided comment to the moderators without running the filters again."""
    signed, of = require_operator(), deps()
    check_csrf(signed)
    comment = _undecided(of.storage, site, id)
    reason = Signal(GIVEN_UP, 1.0, "An operator stopped judging it", holds=True)
    decision = Decision(Action.HOLD, Status.HELD, Role.FILTERS, "filters", of.now(), signals=(reason,))
    if not all(of.storage.comments.decide(site, [CommentChange(comment, comment.with_decision(decision))])):
        raise StaleVersion("The comment was decided at the same moment.")
    of.storage.audit.append(entry(signed, AuditAction.JUDGING_STOP, id, site=site))
    return _back()


def _undecided(storage: Storage, site: str, id: str) -> Comment:
    """Raises NotFound, also for a comment that is decided."""
    storage.sites.get(site)
    comment = storage.comments.get(site, id)
    if comment.status is not Status.QUEUED:
        raise NotFound("this comment is decided")
    return comment
