"""For operators: what is on its way to webhooks and by mail, how the last deliveries ended, sending one once more."""

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
from comments.storage.values import DeliveryStatus
from service.accounts.audit_trail import entry
from service.accounts.sessions import check_csrf, require_operator
from service.deps import deps

blueprint = Blueprint("delivery_pages", __name__, url_prefix="/ops/deliveries")

#: Deliveries on the page; as many are kept.
SHOWN = 200

#: What `workers.deliveries`, `workers.outgoing` and `workers.mailer` write down, for people.
ERRORS: Mapping[Fault, str] = {
    "address": "not an address that is called, or that the mail server knows how to write",
    "broken": "broke off, or spoke another language",
    "connect": "nobody listens there",
    "dns": "the name has no address",
    "gone": "the comment does not exist any more",
    "header": "a header cannot be sent",
    "redirect": "redirects, which is not followed",
    "refused": "answered with an error",
    "timeout": "no answer in time",
    "tls": "TLS failed: certificate or name",
    "too big": "answered without end",
    "too late": "a day went by",
}

#: The colour of a pill.
COLOURS: Mapping[DeliveryStatus, str] = {
    DeliveryStatus.PENDING: "warn",
    DeliveryStatus.DELIVERED: "good",
    DeliveryStatus.FAILED: "bad",
    DeliveryStatus.DROPPED: "",  # taken down, or unsubscribed from, before it was sent
}


@blueprint.get("")
def page() -> str:
    signed, storage = require_operator(), deps().storage
    sites = storage.sites.all()
    site = _chosen(sites, request.args.get("site", ""))
    return render_template(
        "ops/deliveries.html",
        signed=signed,
        sites=sites,
        site=site,
        posted=storage.deliveries.figures(site.id) if site else None,
        rows=storage.deliveries.recent(site.id, SHOWN) if site else [],
        alive=_alive(site) if site else set(),
        mails=MAILS if deps().settings.sends_mail else (),
        outcomes=OUTCOME,
        errors=ERRORS,
        colours=COLOURS,
    )


def _alive(site: Site) -> set[str]:
    """Receivers to whom something may be sent once more."""
    hooks = {webhook.id for webhook in site.webhooks if webhook.enabled}
    return hooks | set(MAILS) if deps().settings.sends_mail else hooks


def _chosen(sites: list[Site], id: str) -> Site | None:
    """The site of that id; without one the first that has webhooks, or any. Raises NotFound."""
    if not id:
        return next((site for site in sites if site.webhooks), sites[0] if sites else None)
    found = next((site for site in sites if site.id == id), None)
    if found is None:
        raise NotFound("there is no such site")
    return found


@blueprint.post("/<site>/<id>/replay")
def replay(site: str, id: str) -> Response:
    """Begin a delivery anew, whether it is over or waits; one that changes at this moment stays as it is."""
    signed, of = require_operator(), deps()
    check_csrf(signed)
    before, now = of.storage.deliveries.get(site, id), of.now()
    if before.webhook not in _alive(of.storage.sites.get(site)):
        raise NotFound("its receiver is gone, or is switched off")
    fresh = replace(before, began=now, due=now, course=DeliveryStatus.PENDING, attempts=0, answer=0, error="", ms=0)
    if of.storage.deliveries.finish(site, before, fresh):
        of.storage.audit.append(
            entry(signed, AuditAction.WEBHOOK_REPLAY, before.webhook, before.course, before.event, site)
        )
    of.jobs.enqueue(DELIVER, site)
    return redirect(url_for("delivery_pages.page", site=site), 303)
