"""Webhook and email deliveries for operators: figures, the log, and sending again."""

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from comments.audit import AuditAction
from comments.email_subscriptions import MAILS
from comments.errors import Fault, NotFound
from comments.job_queue import DELIVER
from comments.lifecycle import OUTCOME
from comments.site import Site
from comments.storage.deliveries import DeliveryAttempt, DeliveryStatus, waits_for_receiver
from service.accounts.audit_trail import entry
from service.accounts.sessions import check_csrf, require_operator
from service.deps import deps

blueprint = Blueprint("delivery_pages", __name__, url_prefix="/ops/deliveries")

#: Deliveries on the page; storage keeps as many.
MAX_DELIVERIES = 200

#: Sentences for the errors that `workers.delivery` stores.
ERROR_MESSAGES: Mapping[Fault, str] = {
    "address": "address not allowed or not valid",
    "broken": "connection broken, or not a valid answer",
    "connect": "connection refused",
    "dns": "host name not found",
    "gone": "comment deleted",
    "header": "a header cannot be sent",
    "redirect": "redirects are not followed",
    "refused": "error from the receiver",
    "timeout": "timed out",
    "tls": "TLS failed: certificate or host name",
    "too big": "answer too long",
    "too late": "gave up after a day",
}

DELIVERY_LABELS: Mapping[DeliveryStatus, str] = {
    DeliveryStatus.PENDING: "Pending",
    DeliveryStatus.DELIVERED: "Sent",
    DeliveryStatus.FAILED: "Failed",
    DeliveryStatus.DROPPED: "Cancelled",
}
#: CSS class of the label.
DELIVERY_COLOURS: Mapping[DeliveryStatus, str] = {
    DeliveryStatus.PENDING: "warn",
    DeliveryStatus.DELIVERED: "good",
    DeliveryStatus.FAILED: "bad",
    DeliveryStatus.DROPPED: "",  # comment removed, or subscriber gone, before it was sent
}


@blueprint.get("")
def deliveries_page() -> str:
    signed, storage = require_operator(), deps().storage
    sites = storage.sites.all()
    site = _selected_site(sites, request.args.get("site", ""))
    return render_template(
        "ops/deliveries.html",
        signed=signed,
        sites=sites,
        site=site,
        figures=storage.deliveries.figures(site.id) if site else None,
        rows=storage.deliveries.recent(site.id, MAX_DELIVERIES) if site else [],
        active=_active_receivers(site) if site else set(),
        mails=MAILS if deps().settings.sends_mail else (),
        outcomes=OUTCOME,
        errors=ERROR_MESSAGES,
        labels=DELIVERY_LABELS,
        colours=DELIVERY_COLOURS,
        waits_for_receiver=waits_for_receiver,
        now=deps().now(),
    )


def _active_receivers(site: Site) -> set[str]:
    """Receivers that a delivery can be sent to again."""
    hooks = {webhook.id for webhook in site.webhooks if webhook.enabled}
    return hooks | set(MAILS) if deps().settings.sends_mail else hooks


def _selected_site(sites: list[Site], id: str) -> Site | None:
    """The site with this id; without an id the first with webhooks, or the first. Raises NotFound."""
    if not id:
        return next((site for site in sites if site.webhooks), sites[0] if sites else None)
    found = next((site for site in sites if site.id == id), None)
    if found is None:
        raise NotFound("there is no such site")
    return found


@blueprint.post("/<site>/<id>/replay")
def replay(site: str, id: str) -> Response:
    """Send a delivery again, or a pending one now. Changes nothing if the delivery changes at the same moment."""
    signed, of = require_operator(), deps()
    check_csrf(signed)
    before, now = of.storage.deliveries.get(site, id), of.now()
    if before.webhook not in _active_receivers(of.storage.sites.get(site)):
        raise NotFound("the receiver of this delivery was removed or turned off")
    fresh = replace(before, began=now, due=now, state=DeliveryStatus.PENDING, attempts=0, answer=0, error="", ms=0)
    if of.storage.deliveries.finish(site, [DeliveryAttempt(before, fresh)]) == [True]:
        of.storage.audit.append(
            entry(signed, AuditAction.WEBHOOK_REPLAY, before.webhook, before.state, before.event, site)
        )
    of.jobs.enqueue(DELIVER, site)
    return redirect(url_for("delivery_pages.deliveries_page", site=site), 303)
