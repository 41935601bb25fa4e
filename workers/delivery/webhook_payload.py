"""The body and headers of a webhook request: an event as JSON, and the signature that proves its origin."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
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
    return visible_depths(comments, [comment])[0]


def visible_depths(comments: Comments, of: Sequence[Comment]) -> list[int | None]:
    """Return the depths of comments of one site. Loads a level of all parents at a time."""
    depths: list[int | None] = [0 if comment.status is Status.APPROVED else None for comment in of]
    above = {i: comment.parent for i, comment in enumerate(of) if depths[i] is not None and comment.parent}
    depth = 0
    while above:
        depth += 1
        parents = dict.fromkeys(above.values())
        loaded = dict(zip(parents, comments.load(of[0].site, list(parents)), strict=True))
        for i, id in [*above.items()]:
            parent = loaded[id]
            is_reached = parent is not None and node_state(parent) is not NodeState.HIDDEN
            depths[i] = depth if is_reached else None
            if parent is not None and is_reached and parent.parent:
                above[i] = parent.parent
            else:
                del above[i]
    return depths


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
