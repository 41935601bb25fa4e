"""What a webhook is told: an event as JSON, and the header with which its receiver can tell that it comes from us."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime

from pydantic_core import to_json

from comments.lifecycle import OUTCOME, Status
from comments.model import Comment
from comments.public_view import public_fields
from comments.storage.interfaces import Comments
from comments.storage.values import Delivery

SIGNATURE = "Replygate-Signature"


def kind(status: Status) -> str:
    """The type of the event that a comment went to `status`: one of WEBHOOK_EVENTS."""
    return "published" if status is Status.APPROVED else "decision"


def body(delivery: Delivery, comment: Comment, depth: int | None) -> bytes:
    """The event as JSON; the comment itself only while readers see it (`depth`, see `depth_of`)."""
    told = kind(delivery.status) == "published" and depth is not None
    return to_json(
        {
            "id": delivery.event,
            "type": kind(delivery.status),
            "site": comment.site,
            "thread": comment.thread,
            "comment_id": comment.id,
            "outcome": OUTCOME[delivery.status],
            "comment": public_fields(comment, depth or 0) if told else None,
        }
    )


def test_event(site: str, at: datetime) -> bytes:
    """Return the event that `replygate webhook test` sends, which has no comment."""
    return to_json({"id": f"test:{at.timestamp():.0f}", "type": "test", "site": site})


def depth_of(comments: Comments, comment: Comment) -> int | None:
    """How deep a comment stands in its thread; None while readers do not see it, or something above it."""
    depth = 0
    while comment.status is Status.APPROVED:
        if not comment.parent:
            return depth
        (above,) = comments.load(comment.site, [comment.parent])
        if above is None:
            return None
        comment, depth = above, depth + 1
    return None


def headers(secrets: Iterable[str], at: datetime, body: bytes) -> Mapping[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "Replygate",
        SIGNATURE: signature(secrets, round(at.timestamp()), body),
    }


def signature(secrets: Iterable[str], t: int, body: bytes) -> str:
    """`t=<unix seconds>,v1=<hex>`, with one v1 for each secret: HMAC-SHA256 over the time, a dot and the body."""
    signed = b"%d.%s" % (t, body)
    marks = (hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets)
    return ",".join((f"t={t}", *(f"v1={mark}" for mark in marks)))
