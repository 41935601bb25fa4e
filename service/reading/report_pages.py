"""Reports by readers: keep them, and hold a comment for review once enough networks reported it."""

from collections.abc import Sequence

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from comments.audit import AuditAction, AuditEntry
from comments.errors import NotFound, TooMany
from comments.hidden_replies import after_takedown
from comments.lifecycle import Status
from comments.model import Comment
from comments.moderator_notices import NoticeTopic
from comments.notice_queue import queue_notices
from comments.report_rules import (
    DECIDED_BY_READERS,
    HOLDS_WINDOW,
    MAX_REPORT_HOLDS,
    ReaderReport,
    ReportReason,
    held_for_reports,
    is_approved_by_moderator,
    plausible_reports,
    reports_by_reason,
    reports_needed,
)
from comments.site import Site
from comments.storage.notices import NoticeItem
from comments.storage.values import CommentChange
from service.deps import Deps, deps
from service.web import request_body, site_access, site_cache
from service.web.client_network import client_network
from service.web.errors import prefers_html
from service.web.operations import operation, validated
from service.web.schemas import CommentReport
from service.web.thread_links import thread_back_link

blueprint = Blueprint("reports", __name__, url_prefix="/v1/sites/<site>")
blueprint.after_request(site_access.add_cors_headers)

#: Attempts to hold a comment while its status changes. If all fail, the next report tries again.
HOLD_ATTEMPTS = 5


@blueprint.get("/comments/<id>/reports")
def report_form(site: str, id: str) -> str:
    found = site_cache.get_site(site)
    return _page(found, readable_comment(deps(), found, id))


@blueprint.post("/comments/<id>/reports")
@operation(
    summary="Report a comment",
    description="For readers of published comments. 202 means that the report was received; its effect is not "
    "disclosed. Each network counts once. A comment is held for review after reports from as many networks as the "
    "site's settings ask for.",
    body=CommentReport,
    forms=True,
    parse=False,
    answers={202: "Received. A browser's form is answered with a page."},
    errors=(403, 404, 429),
    tags=("submission",),
)
def submit_report(site: str, id: str) -> ResponseReturnValue:
    found = site_cache.get_site(site)
    site_access.check_site_origin(found, request, deps().settings)
    body = request_body.read_request_body(request, forms=True)
    report, comment = validated(CommentReport, body.fields, strict=True), readable_comment(deps(), found, id)
    add_report(deps(), found, comment, report.reason)
    if body.form and prefers_html():
        return Response(_page(found, comment, sent=True), 202, mimetype="text/html")
    return Response(status=202)


def _page(site: Site, comment: Comment, sent: bool = False) -> str:
    back = thread_back_link(site, comment.thread)
    return render_template(
        "reading/report.html", site=site, comment=comment, sent=sent, back=back and f"{back}#comment-{comment.id}"
    )


def readable_comment(deps: Deps, site: Site, id: str) -> Comment:
    """Return a comment that readers can see. Raises NotFound."""
    comment = deps.storage.comments.get(site.id, id)
    if not deps.storage.threads.is_visible(comment):
        raise NotFound("readers see no such comment")
    return comment


def add_report(deps: Deps, site: Site, comment: Comment, reason: ReportReason) -> None:
    """Store a report of the current reader, and hold the comment once enough networks reported it.

    Reports from the author's own network, or from an unknown one, do not count. Raises TooMany, StorageDown.
    """
    origin = client_network(deps)
    if origin in ("", comment.origin):
        return
    now = deps.now()
    address = request.remote_addr or ""
    browser = deps.pseudonyms.user_agent(address, request.user_agent.string)
    report = ReaderReport(reason, origin, *deps.pseudonyms.reader_networks(address), now, browser)
    plausible = plausible_reports(deps.storage.reports.add(comment, report, site.per_minute), comment)
    (replies,) = deps.storage.threads.replies(site.id, [comment])
    if 0 < reports_needed(site.reports_hold, now - comment.received, replies) <= len(plausible):
        _hold(deps, site, comment, plausible)


def _may_hold(deps: Deps, site: Site) -> bool:
    """Count a hold. Returns False over the limit of an hour, which owners and the audit learn once."""
    if _is_within(deps, f"holds by reports {site.id}", MAX_REPORT_HOLDS):
        return True
    if _is_within(deps, f"notice of reports {site.id}", 1):
        deps.storage.audit.append(AuditEntry(DECIDED_BY_READERS, AuditAction.REPORTS_LIMITED, site=site.id))
        now = deps.now()
        item = NoticeItem(NoticeTopic.LIMIT, f"{now:%Y-%m-%d %H:%M} UTC")
        queue_notices(deps.storage, site, {NoticeTopic.LIMIT: [item]}, now, deps.settings.sends_mail)
    return False


def _is_within(deps: Deps, key: str, n: int) -> bool:
    try:
        deps.storage.people.attempt(key, n, HOLDS_WINDOW)
    except TooMany:
        return False
    return True


def _hold(deps: Deps, site: Site, comment: Comment, reports: Sequence[ReaderReport]) -> None:
    is_counted = False
    for _ in range(HOLD_ATTEMPTS):
        found, draft = deps.storage.comments.load_with_draft(comment.site, comment.id)
        if found is None or found.status is not Status.APPROVED or is_approved_by_moderator(found, draft):
            return
        if not (is_counted or _may_hold(deps, site)):
            return
        is_counted = True
        after = after_takedown(found, held_for_reports(found, reports_by_reason(reports), deps.now()), site)
        if all(deps.storage.comments.decide(comment.site, [CommentChange(found, after)])):
            return
