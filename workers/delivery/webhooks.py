"""Send events to webhooks. A request is built and signed at the moment it is sent."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from comments.errors import Fault, NotSent
from comments.model import Comment
from comments.pseudonyms import Pseudonyms
from comments.site import Site, Webhook
from comments.storage.deliveries import Delivery

from .deps import DeliveryDeps
from .guarded_http import GuardedHTTP
from .retry_policy import Receiver, after_attempt, drop
from .webhook_payload import event_body, signed_headers, visible_depth

#: Seconds. An attempt sends its last byte at most five seconds after it began.
WEBHOOK_LEASE = 10.0


def webhook_receiver(d: DeliveryDeps, site: Site, webhook: Webhook) -> Receiver:
    return Receiver(webhook.id, WEBHOOK_LEASE, partial(_attempt, d, site, webhook))


def _attempt(
    d: DeliveryDeps, site: Site, webhook: Webhook, delivery: Delivery, comment: Comment
) -> tuple[Delivery, bool | None]:
    """Send one event. A decision that was undone before it was sent is dropped; the undo itself is always sent."""
    if comment.was_undone(delivery.version):
        return drop(delivery, d.now()), None
    body = event_body(delivery, comment, visible_depth(d.storage.comments, comment))
    answer, error = post_event(d.http, Pseudonyms(d.settings.secret_key), site.id, webhook, body, d.now())
    return after_attempt(replace(delivery, answer=answer, error=error or ""), d.now()), not error


def post_event(
    http: GuardedHTTP, pseudonyms: Pseudonyms, site: str, webhook: Webhook, body: bytes, now: datetime
) -> tuple[int, Fault | None]:
    """Send a signed request. Return the response's status, or 0, and the error if there is one."""
    secrets = [pseudonyms.webhook_secret(site, webhook.id, key) for key in webhook.keys]
    try:
        status = http.post(webhook.url, signed_headers(secrets, now, body), body)
    except NotSent as error:
        return 0, error.kind
    if 200 <= status < 300:
        return status, None
    return status, "redirect" if 300 <= status < 400 else "refused"
