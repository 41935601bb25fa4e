"""Tells a webhook: what is due for it, made and signed when it is sent."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from comments.errors import Fault, NotSent
from comments.model import Comment
from comments.pseudonyms import Pseudonyms
from comments.site import Site, Webhook
from comments.storage.values import Delivery
from workers.deps import Deps

from .guarded_http import Outgoing
from .retry_policy import Receiver, dropped, settled
from .webhook_payload import body, depth_of, headers

#: Seconds. An attempt never sends later than five after it began.
LEASE = 10.0


def receiver(d: Deps, site: Site, webhook: Webhook) -> Receiver:
    return Receiver(webhook.id, LEASE, partial(_attempted, d, site, webhook))


def _attempted(
    d: Deps, site: Site, webhook: Webhook, delivery: Delivery, comment: Comment
) -> tuple[Delivery, bool | None]:
    """What was taken back before anybody was told of it is not told; taking back is, whatever was told before."""
    if comment.was_undone(delivery.version):
        return dropped(delivery, d.now()), None
    text = body(delivery, comment, depth_of(d.storage.comments, comment))
    answer, error = post(d.outgoing, Pseudonyms(d.settings.secret_key), site.id, webhook, text, d.now())
    return settled(replace(delivery, answer=answer, error=error or ""), d.now()), not error


def post(
    outgoing: Outgoing, pseudonyms: Pseudonyms, site: str, webhook: Webhook, text: bytes, now: datetime
) -> tuple[int, Fault | None]:
    """The answer's status, or 0, and what went wrong."""
    secrets = [pseudonyms.webhook_secret(site, webhook.id, key) for key in webhook.keys]
    try:
        status = outgoing.post(webhook.url, headers(secrets, now, text), text)
    except NotSent as error:
        return 0, error.kind
    if 200 <= status < 300:
        return status, None
    return status, "redirect" if 300 <= status < 400 else "refused"
