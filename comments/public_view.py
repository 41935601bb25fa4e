"""A published comment as everybody may have it: the one place that says which of its fields leave, and in what form."""

from collections.abc import Mapping
from datetime import datetime

from .markdown import html
from .model import Comment
from .validation import is_web_address


def public(comment: Comment, depth: int) -> Mapping[str, str | int | datetime]:
    """Never the e-mail address or the origin, and nothing made from them."""
    return {
        "id": comment.id,
        "thread": comment.thread,
        "parent": comment.parent,
        "depth": depth,
        "author": comment.author,
        # Checked when it was submitted; comments also come by other ways than the door, and rules change.
        "url": comment.url if is_web_address(comment.url) else "",
        "content": comment.public_content,
        "html": html(comment.public_content),
        "received": comment.received,
    }
