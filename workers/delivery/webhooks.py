"""Send events to webhooks. A request is built and signed at the moment it is sent."""

from collections.abc import Iterator, Sequence
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
from .http_session import HTTPSession
from .retry_policy import Attempted, Receiver, after_attempt, drop
from .webhook_payload import event_body, signed_headers, visible_depths

#: Seconds. An attempt sends its last byte at most five seconds after it began.
WEBHOOK_LEASE = 10.0
#: Deliveries that one sender claims and records together. A sender that is killed leaves as many to be sent again.
WEBHOOK_BATCH = 10


def webhook_receiver(d: DeliveryDeps, site: Site, webhook: Webhook) -> Receiver:
    return Receiver(webhook.id, WEBHOOK_LEASE, partial(_attempt_all, d, site, webhook), WEBHOOK_BATCH)


def _attempt_all(
    d: DeliveryDeps, site: Site, webhook: Webhook, http: HTTPSession, pairs: Sequence[tuple[Delivery, Comment]]
) -> Iterator[Attempted]:
    """Send events. A decision that was undone before it was sent is dropped; the undo itself is always sent."""
    depths = visible_depths(d.storage.comments, [comment for _, comment in pairs])
    secrets = webhook_secrets(Pseudonyms(d.settings.secret_key), site.id, webhook)
    for (delivery, comment), depth in zip(pairs, depths, strict=True):
        if comment.was_undone(delivery.version):
            yield drop(delivery, d.now()), None
        else:
            answer, error = post_event(http, secrets, webhook.url, event_body(delivery, comment, depth), d.now())
            yield after_attempt(replace(delivery, answer=answer, error=error or ""), d.now()), not error


def webhook_secrets(pseudonyms: Pseudonyms, site: str, webhook: Webhook) -> list[str]:
    return [pseudonyms.webhook_secret(site, webhook.id, key) for key in webhook.keys]


def post_event(
    http: HTTPSession | GuardedHTTP, secrets: Sequence[str], url: str, body: bytes, now: datetime
) -> tuple[int, Fault | None]:
    """Send a signed request. Return the response's status, or 0, and the error if there is one."""
    try:
        status = http.post(url, signed_headers(secrets, now, body), body)
    except NotSent as error:
        return 0, error.kind
    if 200 <= status < 300:
        return status, None
    return status, "redirect" if 300 <= status < 400 else "refused"
