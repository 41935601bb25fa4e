"""The body and headers of a webhook request: an event as JSON, and the signature that proves its origin."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime

from pydantic_core import to_json

from comments.lifecycle import OUTCOME, Status
from comments.model import Comment
from comments.public_view import public_fields
from comments.storage.deliveries import Delivery
from comments.storage.interfaces import Comments
from comments.storage.thread_tree import NodeState, node_state

SIGNATURE = "Replygate-Signature"


def event_type(status: Status) -> str:
    """Return the type of the event for a change to `status`: one of WEBHOOK_EVENTS."""
    return "published" if status is Status.APPROVED else "decision"


def event_body(delivery: Delivery, comment: Comment, depth: int | None) -> bytes:
    """Return the event as JSON. It contains the comment only if readers can see it (see `visible_depth`)."""
    visible = event_type(delivery.status) == "published" and depth is not None
    return to_json(
        {
            "id": delivery.event,
            "type": event_type(delivery.status),
            "site": comment.site,
            "thread": comment.thread,
            "comment_id": comment.id,
            "outcome": OUTCOME[delivery.status],
            "comment": public_fields(comment, depth or 0) if visible else None,
        }
    )


def test_event(site: str, at: datetime) -> bytes:
    """Return the event that `replygate webhook test` sends, which has no comment."""
    return to_json({"id": f"test:{at.timestamp():.0f}", "type": "test", "site": site})


def visible_depth(comments: Comments, comment: Comment) -> int | None:
    """Return the depth of a comment in its thread; None if readers do not see it."""
    if comment.status is not Status.APPROVED:
        return None
    depth, above = 0, comment.parent
    while above:
        (parent,) = comments.load(comment.site, [above])
        if parent is None or node_state(parent) is NodeState.HIDDEN:
            return None
        depth, above = depth + 1, parent.parent
    return depth


def signed_headers(secrets: Iterable[str], at: datetime, body: bytes) -> Mapping[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "Replygate",
        SIGNATURE: signature(secrets, round(at.timestamp()), body),
    }


def signature(secrets: Iterable[str], t: int, body: bytes) -> str:
    """`t=<unix seconds>,v1=<hex>`, with one v1 for each secret: HMAC-SHA256 of the time, a dot and the body."""
    signed = b"%d.%s" % (t, body)
    digests = (hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets)
    return ",".join((f"t={t}", *(f"v1={digest}" for digest in digests)))
